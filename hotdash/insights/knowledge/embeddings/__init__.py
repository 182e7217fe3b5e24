"""Texts become vectors: by an endpoint, by a model on this machine, or by hashed words, which says so."""
