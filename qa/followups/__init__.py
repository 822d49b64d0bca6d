"""What a follow-up means after the question before it: for `qa.condense`.

opening                  how it begins: "no, I meant", "something else now:", "who's"
clause                   questions taken apart and put together again
told                     what the answer before it states, quotes and names
refer, meant, pronouns   what "she", "there" and "that meeting" mean
matter                   "that" and "it" for all that was said or done, and what is left out altogether
retime, switch           the same question asked of another time, or of another person or thing
"""
