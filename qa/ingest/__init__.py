"""Documents on their way into the index, and what keeps it whole.

report   how an ingest is asked for, and what it tells of what it did
sync     what changed between the files and the index, found by looking
outcome  what a change means for documents, passages and vectors, before anything is written
write    the change itself: passages embedded, their vectors written, then their documents' rows
upkeep   opening an index to change it, mending what a crash left, building its vectors anew
watch    following folders
collections  several in one data directory
backup   a collection as one file, back again, and as plain lines
"""
