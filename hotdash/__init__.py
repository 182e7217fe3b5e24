"""The open operator control center for Shopify merchants."""

__version__ = "0.1.0"
