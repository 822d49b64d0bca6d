"""Scores become figures, each with its n and 95 % interval; two runs compared."""
