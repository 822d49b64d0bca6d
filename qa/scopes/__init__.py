"""Which reports a question is about, as it says itself: for `qa.events`.

asked      the time it names, in whatever words
anchors    events named by what came before or after them
places     the places and publishers it names
coverage   what a reader is told when nothing covers them
"""
