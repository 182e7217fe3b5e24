"""Attempts of one analysis: staged in a DuckDB file of their own that is thrown away, and asked there."""
