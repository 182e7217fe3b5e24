"""The weekly insight packet: one object of a shop's week, and the documents that are made of it."""
