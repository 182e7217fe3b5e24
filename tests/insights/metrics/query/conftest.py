"""The owner of a shop who asks."""

from tests.fixtures.november import ask

__all__ = ["ask"]
