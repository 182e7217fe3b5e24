"""Ops Pulse: whether people decide in time, and whether the pipeline is well."""
