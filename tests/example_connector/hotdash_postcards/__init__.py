"""Postcards that a shop sends to its customers, and what they cost."""
