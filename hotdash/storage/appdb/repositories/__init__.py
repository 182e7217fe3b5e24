"""The queries of the app database, one module per subject; each takes the caller's transaction."""
