"""Where numbers come from, by page: search, a picture, and what breaks if a column changes."""
