"""Admin: who may come in, what programs hold, what is connected, and how a shop's metrics are decided."""
