"""The evaluation suite: `python -m eval`. Its packages in their order; each imports only from those before it:

- `schema`: `cases` reads and checks cases/*.jsonl with their gold evidence; `text` says when a value of a case
  occurs in a text.
- further cases: `corpora` (collections of the repository), `public` (data sets given by path), `worlds` (the
  reports and their gold rewritten: `make` with `words`, `reports` and `gold`).
- `systems`, which are asked: `system` (Dateline, and the way to the others), `ablations` of it, the stock
  `peer`; `bench` opens Dateline's stages one by one, `asked` is what came back.
- `scoring` of one answer: `claims` and `evidence` (whether a sentence stands in what it cites), `score` (a case
  and its answer), `ranking` (where the gold evidence stood).
- `metrics` over all scores: `figures` (what a figure is), `rates` (its interval), `summary` with `families` and
  `calibration` (all of them: `summarise`), `comparison` (two runs).
- `reporting`: `gates` (what must be reached), `results` (a line for each case, readable back), `report` with
  `cells` and `stories`, in Markdown; `report_html` with `plots` and report.css, as one page; `looks` (the log
  of the sealed cases).
- `running`: `options` → `plan` → `asking`, which puts each case to a system, several `jobs` at a time, and has
  a `memory` of answers; `run` ties it all together.
- `drafting`: `init` and `feedback`: drafts of cases, to be edited by hand.

`eval` shares none of the text handling of `qa`: a fault there must not hide itself here.
"""
