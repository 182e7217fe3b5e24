"""The two databases, the keys to what is secret in them, and the Postgres that comes along."""
