"""Explore: any metric, split and compared, down to the orders behind a day."""
