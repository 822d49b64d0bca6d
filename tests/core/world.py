"""Made-up reports of two regattas and a council, for the tests of the stages that answer."""

from __future__ import annotations

from datetime import date

from support import make_document

from qa.records import Event

LINDOW = Event(date(2014, 6, 3), "Lindow")
OSTBY = Event(date(2016, 6, 5), "Ostby")
COUNCIL = Event(date(2016, 9, 12), "Ostby")

OLD = make_document(
    "Regatta at Lindow draws a crowd\n\n"
    "Mayor Ada Brook opened the regatta on Tuesday. At least 1,200 people came to the pier. "
    "“The wind was kind to us,” Brook said. She thanked the Harbour Club for the lead boat, a B-12 sloop. "
    "Brook did not name the winner. The club had warned Syrland against sending its frigate.\n",
    "reports/old.txt",
    title="Regatta at Lindow draws a crowd",
    publisher="The Courier",
    published=date(2014, 6, 4),
    event=LINDOW,
)
NEW = make_document(
    "Rain spoils the regatta\n\n"
    "Mayor Carl Dunn opened the regatta on Sunday. Nine hundred people came to the pier. "
    "“We shall be back. The sea is patient,” Dunn said after the race. Rain fell all day.\n",
    "reports/new.txt",
    title="Rain spoils the regatta",
    published=date(2016, 6, 5),
    event=OSTBY,
)
VOTE = make_document(
    "The council of Ostby voted for a new lighthouse. The lighthouse will cost 4.5 million crowns. "
    "Councillor Erna Falk voted against it, as she had in March 2015.\n",
    "reports/vote.txt",
    title="A lighthouse for Ostby",
    publisher="The Courier",
    published=date(2016, 9, 13),
    event=COUNCIL,
)
ALL = (OLD, NEW, VOTE)
