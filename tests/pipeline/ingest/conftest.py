"""Ingest is shown on every engine."""

from tests.fixtures.engines import engine, warehouse, warehouse_url

__all__ = ["engine", "warehouse", "warehouse_url"]
