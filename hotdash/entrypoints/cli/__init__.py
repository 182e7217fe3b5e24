"""One command per file; output and errors in one place."""
