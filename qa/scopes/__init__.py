"""Which reports a question is about, as it says itself: for `qa.events`.

scope      what comes out: the events and reports it is narrowed to
asked      the time it names, in whatever words
anchors    events named by what came before or after them
timed      the events at the times it names
places     the places and publishers it names
coverage   what a reader is told when nothing covers them
"""
