"""Annotations as charts draw them: a line at the day, a band over several, their words beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from hotdash.entrypoints.web import formatting
from hotdash.insights.marks.annotations import KIND_TITLES
from hotdash.insights.metrics.period import Window
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord

_LEVELS = 3
_LINE_HEIGHT, _TOP = 15, 11
_CROWDED = Decimal(22)
_TURNS_AT = Decimal(68)
_LONGEST_LABEL = 30


@dataclass(frozen=True, slots=True)
class MarkView:
    """Places are percents of the width, so that one drawing fits every window."""

    annotation_id: UUID
    number: int
    title: str
    kind: str
    days: str
    label: str
    at: str
    until: str | None
    width: str | None
    anchor: str
    text_at: str
    text_y: int


def marks_in(
    annotations: Sequence[AnnotationRecord], buckets: Sequence[Window]
) -> tuple[MarkView, ...]:
    """Those of the days that are drawn, in their order."""
    if len(buckets) < 2:
        return ()
    drawn = Window(buckets[0].first, buckets[-1].last)
    seen = [
        each
        for each in annotations
        if each.first_day <= drawn.last and each.last_day >= drawn.first
    ]
    marks: list[MarkView] = []
    taken: list[tuple[Decimal, int]] = []
    for number, each in enumerate(seen, start=1):
        at, until = _place(each, buckets)
        level = _free_level(at, taken)
        taken.append((at, level))
        marks.append(_mark(each, number, at, until, level))
    return tuple(marks)


def _place(each: AnnotationRecord, buckets: Sequence[Window]) -> tuple[Decimal, Decimal]:
    inside = [
        index
        for index, bucket in enumerate(buckets)
        if bucket.last >= each.first_day and bucket.first <= each.last_day
    ]
    steps = Decimal(len(buckets) - 1)
    return inside[0] * 100 / steps, inside[-1] * 100 / steps


def _free_level(at: Decimal, taken: Sequence[tuple[Decimal, int]]) -> int:
    near = {level for other, level in taken if abs(other - at) < _CROWDED}
    return next((level for level in range(_LEVELS) if level not in near), 0)


def _mark(each: AnnotationRecord, number: int, at: Decimal, until: Decimal, level: int) -> MarkView:
    turned = at > _TURNS_AT
    return MarkView(
        annotation_id=each.annotation_id,
        number=number,
        title=each.title,
        kind=KIND_TITLES[each.kind],
        days=formatting.day_span(each.first_day, each.last_day),
        label=_shortened(each.title),
        at=_percent(at),
        until=_percent(until) if until > at else None,
        width=_percent(until - at) if until > at else None,
        anchor="end" if turned else "start",
        text_at=_percent(at - Decimal("0.6") if turned else at + Decimal("0.6")),
        text_y=_TOP + level * _LINE_HEIGHT,
    )


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_LABEL else f"{title[: _LONGEST_LABEL - 1].rstrip()}…"


def _percent(place: Decimal) -> str:
    return f"{place.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):f}%"
