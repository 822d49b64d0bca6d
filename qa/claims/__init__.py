"""Whether a sentence follows from a quotation: for `qa.verify`.

parts                      a sentence taken apart: clauses, speaker, negation, values
entail, gaps, edges        following by leaving out what may be left out
paraphrase, frames         other orders of the same words
agree                      who did what: words, pronouns, speakers against the evidence
repair                     what a draft dropped, put back
"""
