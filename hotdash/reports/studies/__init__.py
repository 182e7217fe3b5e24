"""The studies as they are answered for a shop: from published data, with the query, the same bytes for the same build."""
