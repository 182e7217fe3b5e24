"""Inventory Watch: what runs out before it can be refilled."""
