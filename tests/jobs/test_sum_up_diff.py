"""What a backfill changes in all: known days add up, an unknown one is never nought."""

from datetime import date
from decimal import Decimal

import pytest

from hotdash.jobs.sum_up_diff import sum_up
from hotdash.storage.appdb.repositories.backfill_progress import DiffRecord

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


def row(day: date, before: str | None, after: str | None) -> DiffRecord:
    sides = [None if each is None else Decimal(each) for each in (before, after)]
    return DiffRecord("hot-rod-an", "ad_spend", "1", day, "USD", *sides)


@pytest.mark.parametrize(
    ("days", "together"),
    [
        ([row(MONDAY, "10", "12"), row(TUESDAY, "5", "4.50")], ("15", "16.50", "1.50")),
        ([row(MONDAY, "10", "12"), row(TUESDAY, "5", None)], ("15", None, None)),
        ([row(MONDAY, None, "12"), row(TUESDAY, "5", "0")], (None, "12", None)),
    ],
)
def test_a_day_without_a_number_leaves_its_side_without_one(
    days: list[DiffRecord], together: tuple[str | None, ...]
) -> None:
    [change] = sum_up(days)
    expected = tuple(None if each is None else Decimal(each) for each in together)
    assert (change.before, change.after, change.change) == expected
