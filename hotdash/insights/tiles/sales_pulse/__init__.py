"""Sales Pulse: revenue and its change."""
