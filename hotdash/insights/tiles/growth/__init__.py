"""Growth: the twelve months on the way to the target."""
