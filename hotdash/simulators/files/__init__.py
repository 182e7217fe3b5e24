"""Another loader's tables of the simulated shops."""
