"""What a goal asks of some days, and whether what is known of it is enough: computed by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from hotdash.insights.marks.goals import Progress, target_of
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.repositories.goals import GoalRecord

NOVEMBER = Window(date(2026, 11, 1), date(2026, 11, 30))


def goal(metric: str, target: str) -> GoalRecord:
    return GoalRecord(
        "hot-rod-an",
        UUID(int=1),
        datetime(2026, 11, 1, tzinfo=UTC),
        "user:1",
        metric,
        NOVEMBER.first,
        NOVEMBER.last,
        Decimal(target),
        None,
    )


def progress(metric: str, target: str, value: str | None, days: int) -> Progress:
    known = None if value is None else Decimal(value)
    return Progress(goal(metric, target), registry().get(metric), known, None, days)


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        # 60,000 over 30 days are 2,000 a day.
        (date(2026, 11, 5), date(2026, 11, 5), "2000"),
        (date(2026, 11, 2), date(2026, 11, 8), "14000"),
        (date(2026, 11, 1), date(2026, 11, 30), "60000"),
        # Of a week that begins before the goal only the goal's own days.
        (date(2026, 10, 26), date(2026, 11, 1), "2000"),
    ],
)
def test_a_sum_is_shared_out_by_days(first: date, last: date, asked: str) -> None:
    found = target_of(goal("revenue", "60000"), registry().get("revenue"), Window(first, last))
    assert found == Decimal(asked)


def test_a_ratio_is_the_same_on_every_day() -> None:
    day = Window(date(2026, 11, 5), date(2026, 11, 5))
    assert target_of(goal("aov", "150"), registry().get("aov"), day) == 150


def test_other_days_have_no_goal() -> None:
    day = Window(date(2026, 12, 1), date(2026, 12, 1))
    assert target_of(goal("revenue", "60000"), registry().get("revenue"), day) is None


@pytest.mark.parametrize(
    ("metric", "target", "value", "days", "on_track"),
    [
        # After 15 of 30 days half of it is due.
        ("revenue", "60000", "30000", 15, True),
        ("revenue", "60000", "29999.99", 15, False),
        ("revenue", "60000", None, 0, None),
        ("aov", "150", "149", 15, False),
        # Fewer refunds are better: half of the most that may be.
        ("refund_rate", "0.05", "0.04", 15, True),
        ("refund_rate", "0.05", "0.06", 15, False),
    ],
)
def test_on_track(
    metric: str, target: str, value: str | None, days: int, on_track: bool | None
) -> None:
    assert progress(metric, target, value, days).is_on_track is on_track


def test_shares() -> None:
    half = progress("revenue", "60000", "45000", 15)
    assert (half.share, half.share_of_days) == (Decimal("0.75"), Decimal("0.5"))
