"""Searching what was written down, and reading one document of it."""
