"""Perturbed worlds: the reports and their cases rewritten together, so that nothing can be hard-coded."""
