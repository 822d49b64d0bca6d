"""Draft cases from documents of one's own and from feedback, to be edited by hand."""
