"""Who may do what, and what must never leave: the rules of access."""
