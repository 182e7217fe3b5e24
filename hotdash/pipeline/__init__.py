"""How data moves: ingest, transform, quality, publish, as durable steps of one run."""
