"""What is kept, and where: documents in one SQLite file, their passages' vectors in Chroma.

lock      who owns a data directory
database  the SQLite file: its tables, its transactions, and what SQLite's errors mean
rows      documents and their names as rows, and back
store     the documents
seen      whether a file is as it was when it was last read
vectors   the one place that knows Chroma
"""
