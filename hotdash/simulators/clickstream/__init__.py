"""Clicks of the simulated shops: as files, and replayed against a running collector."""
