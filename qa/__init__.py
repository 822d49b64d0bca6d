"""Dateline: answers over a folder of documents that are never worse than their evidence.

The modules in the order the data takes:

    documents in        load → split → embed → index (store, vectors, lock)
    questions through   condense → retrieve → select (rank, context) → generate → verify → present
    what they mean      question, events, occasions (what reports tell of their events), collection
    both, in order      pipeline (a question's way), dateline (the whole, opened for a front end)
    underneath          records, errors, config, words, prompts
    the model           llm/
    front ends          __main__ (command line), doctor, server/ (HTTP and page), and app.py beside this folder

Imports point one way: stages import what is underneath and never each other; only `pipeline` knows them all.
"""

__version__ = "0.1.0"
