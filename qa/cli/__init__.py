"""Commands of `qa` that have more than a few lines to say, a module each; `qa/__main__.py` lists them all.

ingest     bring files and folders in, look what would change, follow folders, rebuild
documents  list what is indexed, correct what is known of it, take it out
collections  list them, take a whole one out
backup     the collection as one file, back again, and as plain lines
stopping   Ctrl-C as a wish to stop
"""
