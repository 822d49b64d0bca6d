"""Questions made of what reports say, by rules.

`clause` reads the one clause of a sentence that can be asked about; `templates` turns it into questions. They
are drafts: whoever offers one asks it first (qa/suggest.py, eval/drafting/init.py).
"""
