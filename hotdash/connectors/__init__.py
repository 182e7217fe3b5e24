"""Vendor in, rows out. One folder per vendor; vendors do not know each other."""
