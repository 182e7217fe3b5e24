"""How the shop is run: its own settings, its growth, and what its people decide."""
