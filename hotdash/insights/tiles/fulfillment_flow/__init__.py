"""Fulfillment Flow: whether orders leave the house and arrive in time."""
