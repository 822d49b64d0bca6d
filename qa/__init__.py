"""Dateline: answers over a folder of documents that are never worse than their evidence.

The modules in the order the data takes:

    documents in        load → split → embed → index (store, collection)
    questions through   condense → question, events → retrieve → select → generate → verify → present
    both, in order      pipeline
    underneath          records, errors, config, words, prompts
    the model           llm/
    front ends          __main__ (command line), doctor, server/ (HTTP and page), and app.py beside this folder

Imports point one way: stages import what is underneath and never each other; only `pipeline` knows them all.
"""

__version__ = "0.1.0"
