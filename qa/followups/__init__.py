"""What a follow-up means after the question before it: for `qa.condense`.

clause             questions taken apart and put together again
refer, pronouns    what "she", "there" and "that meeting" mean
retime, switch     the same question asked of another time, or of another person or thing
"""
