"""Shopify's Admin API as a connector: GraphQL in, Arrow out."""
