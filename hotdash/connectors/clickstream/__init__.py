"""Clicks from the own collector and from files."""
