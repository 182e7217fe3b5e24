"""Google Analytics as one of the simulated vendors: the Data API, and an MCP host beside it."""
