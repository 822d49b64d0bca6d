"""Answers over all reports, read by rules: lists, comparisons, what each report tells, where they differ.

gather              whether a question asks for any of these, and which
occasions           when and where the events took place
amounts, compare    numbers with what they count, set side by side
groups, listing, sayings    who and what is named, in which reports, and what was said at each event
about               what is said of somebody or something
differ              where reports of one event disagree
"""
