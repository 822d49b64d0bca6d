"""What is in a file: the bytes of one become articles, each a text with what the file says of it.

    kinds       which suffix is read by what; the way in
    article     what comes out: `Article`, `Place`s in it, and what was left out
    limits      how much of a file is read
    builder     puts a text together and remembers where pages and headings begin
    days        days as files write them
    decode      bytes to text
    paragraphs  printed lines to paragraphs
    markdown html pdf docx epub mail table feed    a reader each: `read(name, data, limits)`
    zipped      ZIP archives, and what DOCX and EPUB have in common with them
    worker      runs a reader in a child process, `child`, with limits of time and memory

A reader is a pure function of the bytes: it opens no file and no connection. Only `worker` starts a process.
"""
