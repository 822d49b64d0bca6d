"""How the weights in qa/weights came about: the data's way from public files to what is checked in."""
