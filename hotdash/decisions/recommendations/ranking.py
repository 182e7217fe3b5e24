"""What comes first: the probability of approval times money at risk times urgency; one place is there to learn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hotdash.storage.appdb.repositories.recommendations import OPEN, RecommendationRecord

SHOWN_ON_TODAY = 3
PLACE_TO_LEARN = 3

_FACTORS = (
    (timedelta(days=1), Decimal(4)),
    (timedelta(days=3), Decimal(2)),
    (timedelta(days=7), Decimal(1)),
)
_LATER = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Estimate:
    """How likely it is approved; sampled is one that may be so as well, by what is not known yet."""

    approval: Decimal
    sampled: Decimal


Estimates = Mapping[UUID, Estimate]
NOTHING_LEARNT: Estimates = {}


def urgency(deadline: datetime, now: datetime) -> Decimal:
    """Four within a day and beyond the deadline, two within three days, one within a week, else half."""
    left = deadline - now
    return next((factor for within, factor in _FACTORS if left <= within), _LATER)


def ranked(
    records: Iterable[RecommendationRecord], estimates: Estimates = NOTHING_LEARNT
) -> list[RecommendationRecord]:
    """Those that wait get their place; the others have none. With nothing learnt all are as likely."""
    waiting: list[RecommendationRecord] = []
    rest: list[RecommendationRecord] = []
    for record in records:
        (waiting if record.status == OPEN else rest).append(record)
    waiting.sort(key=lambda record: _order(record, _approval(record, estimates)))
    trial = _trial(waiting, estimates)
    if trial is not None:
        waiting.remove(trial)
        waiting.insert(PLACE_TO_LEARN - 1, trial)
    placed = [
        replace(record, rank=place, is_trial=record is trial)
        for place, record in enumerate(waiting, start=1)
    ]
    return [*placed, *(replace(record, rank=None, is_trial=False) for record in rest)]


def _trial(
    waiting: list[RecommendationRecord], estimates: Estimates
) -> RecommendationRecord | None:
    """Whoever wins the last place on Today by the draw; None where it had it anyway."""
    rest = waiting[PLACE_TO_LEARN - 1 :]
    if len(rest) < 2 or not estimates:
        return None
    drawn = min(rest, key=lambda record: _order(record, _sampled(record, estimates)))
    return None if drawn is rest[0] else drawn


def _approval(record: RecommendationRecord, estimates: Estimates) -> Decimal:
    found = estimates.get(record.recommendation_id)
    return found.approval if found else Decimal(1)


def _sampled(record: RecommendationRecord, estimates: Estimates) -> Decimal:
    found = estimates.get(record.recommendation_id)
    return found.sampled if found else Decimal(1)


def _order(record: RecommendationRecord, chance: Decimal) -> tuple[Decimal, datetime, str, str]:
    return (
        -record.score * chance,
        record.deadline or record.opened_at,
        record.kind,
        record.subject,
    )
