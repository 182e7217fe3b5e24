"""What comes first: money at risk times urgency."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.storage.appdb.repositories.recommendations import OPEN, RecommendationRecord

SHOWN_ON_TODAY = 3

_FACTORS = (
    (timedelta(days=1), Decimal(4)),
    (timedelta(days=3), Decimal(2)),
    (timedelta(days=7), Decimal(1)),
)
_LATER = Decimal("0.5")


def urgency(deadline: datetime, now: datetime) -> Decimal:
    """Four within a day and beyond the deadline, two within three days, one within a week, else half."""
    left = deadline - now
    return next((factor for within, factor in _FACTORS if left <= within), _LATER)


def ranked(records: Iterable[RecommendationRecord]) -> list[RecommendationRecord]:
    """Those that wait get their place; the others have none."""
    waiting: list[RecommendationRecord] = []
    rest: list[RecommendationRecord] = []
    for record in records:
        (waiting if record.status == OPEN else rest).append(record)
    waiting.sort(key=_order)
    placed = [replace(record, rank=place) for place, record in enumerate(waiting, start=1)]
    return [*placed, *(replace(record, rank=None) for record in rest)]


def _order(record: RecommendationRecord) -> tuple[Decimal, datetime, str, str]:
    return -record.score, record.deadline or record.opened_at, record.kind, record.subject
