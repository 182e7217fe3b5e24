"""Which touches brought an order: learned weights, and the explanation of every credit."""
