"""The app database: what is served and what must never be lost."""
