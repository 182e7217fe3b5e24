"""Search Console as one of the simulated vendors."""
