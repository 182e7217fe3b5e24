"""Message, routing and channel apart."""
