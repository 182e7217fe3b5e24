"""Questions that are asked again and again of the same published series, and what each needs to be answered."""
