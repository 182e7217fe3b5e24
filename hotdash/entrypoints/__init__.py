"""The doors, thin: wiring, web, command line."""
