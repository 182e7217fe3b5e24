"""How the app database came to its shape, step by step, up and down."""
