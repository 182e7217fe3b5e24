"""The vendor's own schema, to hold our side to it."""

from tests.fixtures.vendor_schema import vendor_schema

__all__ = ["vendor_schema"]
