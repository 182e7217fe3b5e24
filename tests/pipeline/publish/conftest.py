"""Every publication here is of marts the test wrote."""

from tests.fixtures.marts import clock, publisher, written_marts

__all__ = ["clock", "publisher", "written_marts"]
