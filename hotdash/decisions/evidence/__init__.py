"""Bundles of evidence about a window of time: made from what is here, and proven unchanged."""
