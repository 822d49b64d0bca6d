"""A run: its options, its plan, the cases put to a system, and the memory of what was asked."""
