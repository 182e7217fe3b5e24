"""Which channel brought the orders, what came back for its cost, and why an order is credited as it is."""
