"""Immutable parts, a manifest and a pointer that moves in one short transaction."""
