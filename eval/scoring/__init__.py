"""One answer beside its case: whether it is right, cites the gold evidence and claims nothing else."""
