"""Dateline: answers over a folder of documents that are never worse than their evidence.

The modules in the order the data takes:

    documents in        load (formats/, metadata/) reads files, split cuts texts, embed (embed_ray on a cluster)
                        makes vectors and vector_cache keeps them; ingest/ finds what changed and drives them,
                        storage/ keeps what comes of it
    the index           index (for reading), reports (what questions look up of all documents); likeness tells
                        which texts are copies
    questions through   condense (followups/) → retrieve (rerank) → select (rank, context) → generate (reading,
                        copying) → verify (claims/) → present; telling takes a selection through the last three
    what they mean      question, office (whom one means), events (scopes/), sides/ (several things asked for),
                        collection; gathering/ answers over all reports
    both, in order      pipeline (a question's way; given remembers answers), dateline (the whole, opened for a
                        front end), shelf (several collections with one model)
    meanwhile           background (the model loads, work that can wait waits), mending (damaged vectors)
    questions to offer  drafting/ makes them of what reports say, suggest asks them before it offers them
    what readers think  feedback
    what a text says    words, and language/ on top of it
    underneath          records, errors, keys, config, words, prompts
    watching it run     observe (stages), logs, tracing; engines for doctor
    the model           llm/; weights/ has what was fitted
    front ends          __main__ and cli/ (command line), doctor, plain (answers as text), server/ (HTTP and
                        page), and app.py beside this folder; client asks a server from another program

Imports point one way: stages import what is underneath and never each other; only `pipeline` knows them all.
"""

__version__ = "0.1.0"
