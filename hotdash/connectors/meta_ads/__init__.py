"""Meta's Marketing API: what each campaign spent and is said to have sold, day by day."""
