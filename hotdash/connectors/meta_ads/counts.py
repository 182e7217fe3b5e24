"""Campaigns against their account, day by day: what was read must add up to what Meta itself counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from hotdash.connectors.records import Parse, UnfitValueError, ratio, whole

# Campaigns and account are rounded to cents each for itself.
_ROUNDED_BY = Decimal("0.01")

COUNTED = ("spend", "impressions", "clicks")
_READ: Mapping[str, Parse] = {"spend": ratio, "impressions": whole, "clicks": whole}

Sums = Mapping[tuple[str, str], Decimal]


def differences(campaigns: Sequence[Any], account: Sequence[Any]) -> list[str]:
    """In words, the days on which they do not agree; a value nobody can read is not counted there."""
    read, unread = _sums(campaigns)
    counted, uncounted = _sums(account)
    rows = _rows_per_day(campaigns)
    found: list[str] = []
    for key in sorted({*read, *counted} - unread - uncounted):
        day, figure = key
        here, there = read.get(key, Decimal(0)), counted.get(key, Decimal(0))
        allowed = _ROUNDED_BY * (rows[day] + 1) if figure == "spend" else Decimal(0)
        if abs(here - there) > allowed:
            found.append(f"{day} has {figure} {here} in its campaigns and {there} in the account")
    return found


def _sums(records: Iterable[Any]) -> tuple[Sums, set[tuple[str, str]]]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    unread: set[tuple[str, str]] = set()
    for record in _objects(records):
        for figure in COUNTED:
            key = (str(record.get("date_start")), figure)
            try:
                sums[key] += _READ[figure](record.get(figure))
            except UnfitValueError:
                unread.add(key)
    return sums, unread


def _rows_per_day(records: Iterable[Any]) -> Mapping[str, int]:
    rows: dict[str, int] = defaultdict(int)
    for record in _objects(records):
        rows[str(record.get("date_start"))] += 1
    return rows


def _objects(records: Iterable[Any]) -> list[Mapping[str, Any]]:
    return [cast("Mapping[str, Any]", each) for each in records if isinstance(each, dict)]
