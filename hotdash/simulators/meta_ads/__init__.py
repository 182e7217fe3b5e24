"""Meta's Marketing API, simulated: insights at once and in jobs, limits told on every answer."""
