"""Backfills: the list, a plan or a backfill with what it changes, and what people say of it."""
