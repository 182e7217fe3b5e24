"""What insights read is published here from marts the tests write."""

from tests.fixtures.marts import clock, publisher, written_marts

__all__ = ["clock", "publisher", "written_marts"]
