"""Facts about how a shop is run: typed, versioned, appended and never changed."""
