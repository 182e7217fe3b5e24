"""One module per way a message can travel."""
