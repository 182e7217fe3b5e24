"""A packet as documents: the same packet, the same bytes."""
