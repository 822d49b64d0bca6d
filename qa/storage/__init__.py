"""What is kept: documents in one SQLite file, their passages' vectors in Chroma, their words in Tantivy.

lock        who owns a data directory
database    the SQLite file: its tables, its transactions, and what SQLite's errors mean
rows        documents and their names as rows, and back
store       the documents
seen        whether a file is as it was when it was last read
digest      what is kept of a document beside its text
word_index  the one place that knows Tantivy
vectors     the one place that knows Chroma
"""
