"""Shopify's Admin API over the simulated world."""
