"""How the days of a backfill are split, so that nobody waits long for the warehouse."""

from collections.abc import Mapping
from datetime import date, timedelta

MOST_ORDERS = 40_000
"""About ten seconds of computing on two cores."""
MOST_DAYS = 31


def chunks_of(days: tuple[date, date], orders: Mapping[date, int]) -> tuple[tuple[date, date], ...]:
    """Whole days in order, each chunk as long as it stays small; a day alone may be larger."""
    first, last = days
    found = list[tuple[date, date]]()
    began, held = first, 0
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        is_full = held + orders.get(day, 0) > MOST_ORDERS or (day - began).days >= MOST_DAYS
        if day > began and is_full:
            found.append((began, day - timedelta(days=1)))
            began, held = day, 0
        held += orders.get(day, 0)
    return (*found, (began, last))
