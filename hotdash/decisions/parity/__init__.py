"""Whether the mirror's rows are ours, row by row."""
