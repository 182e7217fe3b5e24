"""How long things are kept: one policy file, and what would go by it."""
