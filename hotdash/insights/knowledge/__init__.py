"""Finding what was written down: documents become passages, and a question finds those that answer it."""
