"""A question that asks for several things, as one for each: of each event, in each clause, of each person.

sides   the events and the clauses, and all three in order
each    two people of whom the same is asked
"""
