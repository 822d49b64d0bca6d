"""What can be read off a text by rules: names, times, who speaks, words with their part in a sentence.

lexicon, verbs   the words that the rules know
units, grammar   a sentence as words with their parts
days, times      the times a text speaks of, as intervals of days
roles, naming    what people are called by, and where a name begins and ends
speech, mentions who is speaking, and who and what is named
"""
