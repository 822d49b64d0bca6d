"""Figures become a report in Markdown and as a page, a file of results, and verdicts of the gates."""
