"""A table as a file, piece by piece: one module per format."""
