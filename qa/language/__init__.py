"""What can be read off a text by rules: names, times, who speaks, words with their part in a sentence.

lexicon, verbs   the words that the rules know
units, grammar   a sentence as words with their parts
days, dates      days and intervals of them; those that stand in a text by themselves
times            all that a text speaks of, those too that depend on its day
roles, naming    what people are called by, and where a name begins and ends
speech, mentions who is speaking, and who and what is named
"""
