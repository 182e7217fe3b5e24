"""What comes: the series of a shop, and the plan of its stock."""
