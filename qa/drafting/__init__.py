"""Questions made of what reports say, by rules.

`clause` reads the one clause of a sentence that can be asked about, `persons` whose names are people's; `counts`,
`deeds` and `spoken` turn it into questions, of which `form` says whether they can be shown, and `templates` puts
them together. `collect` makes those of a whole collection, dated where they have to be, and `choice` chooses.
They are drafts: whoever offers one asks it first (qa/suggest.py, eval/drafting/init.py).
"""
