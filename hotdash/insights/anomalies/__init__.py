"""What changed beyond what a series does by itself, and what stood around it."""
