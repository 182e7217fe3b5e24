"""What was out of the ordinary in a shop: a list, and each with what stood around it."""
