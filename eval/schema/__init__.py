"""Cases: their form, their checks, and when a value of one occurs in a text."""
