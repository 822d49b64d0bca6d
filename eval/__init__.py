"""The evaluation suite: `python -m eval`. In the order of the data:

    cases.py     cases/*.jsonl → checked cases with their gold evidence
    run.py       each case through the pipeline users get → scored results → report, gates, exit code
    text.py      canonical forms: when a value occurs in a text
    claims.py    whether a sentence's numbers, dates, names and quotations stand in its evidence
    score.py     one case and its answer → one score
    rates.py     a rate with its interval
    metrics.py   all scores → the figures of the report
    gates.py     figures that must be reached, from gates.toml
    report.py    the report in Markdown, report_html.py the same as one HTML page

`eval` uses only the public parts of `qa` (`records`, `config`, `errors`, `pipeline`), and shares none of its
text handling: a fault there must not hide itself here.
"""
