"""One scheduled piece of work per file; each ties the floors below together."""
