"""Sources: how each stands, what it did, what of it could not be read, and asking for that again."""
