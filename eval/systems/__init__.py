"""Who is asked: Dateline, Dateline without one of its parts, the stock peer; and what came back."""
