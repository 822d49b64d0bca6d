"""Questions made of what reports say, by rules.

`clause` reads the one clause of a sentence that can be asked about, `persons` tells whose names are people's;
`counts`, `deeds` and `spoken` turn it into questions, `form` says which can be shown, and `templates` has
them all. `collect` makes those of a collection, dated where they have to be, and `choice` chooses. They are
drafts: whoever offers one asks it first (qa/suggest.py, eval/drafting/init.py).
"""
