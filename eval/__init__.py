"""The evaluation suite: `python -m eval`. In the order of the data:

- cases: `cases` reads and checks cases/*.jsonl with their gold evidence; further ones come from `corpora`,
  `worlds` (the reports and their gold rewritten), `public` (data sets given by path), `init` and `feedback`
  (drafts to be edited by hand).
- asking: `options` → `plan` → `asking`, which puts each case to one of the `systems` (Dateline, an ablation of
  it, the stock `peer`), several `jobs` at a time, and has a `memory` of answers.
- scoring: `text` (when a value occurs in a text), `claims` and `evidence` (whether a sentence stands in what it
  cites), `score` (a case and its answer), `ranking` (where the gold evidence stood).
- figures: `figures` (what a figure is), `rates` (its interval), `metrics` with `families` and `calibration`
  (all of them: `metrics.summarise`), `comparison` (two runs), `gates` (what must be reached).
- report: `results` (a line for each case, readable back), `report` with `cells` and `stories`, in Markdown;
  `report_html` with `plots` and report.css, as one page. `run` ties it all together.

`eval` shares none of the text handling of `qa`: a fault there must not hide itself here.
"""
