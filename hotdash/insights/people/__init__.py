"""Which pseudonym an order or a conversation carries."""
