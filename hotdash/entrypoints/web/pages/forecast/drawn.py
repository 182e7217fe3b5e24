"""A forecast as a line: the days that are known, those that are expected, and the band between its ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hotdash.entrypoints.web import drawing, formatting

WIDTH, HEIGHT = 1000, 160
DAY_LABELS = 5
Document = Mapping[str, Any]
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ForecastLine:
    known: str
    expected: str
    band: str
    begins: str
    ticks: tuple[str, ...]
    grid: tuple[str, ...]
    day_labels: tuple[str, ...]
    summary: str


def line_of(document: Document) -> ForecastLine | None:
    days: Sequence[Document] = document.get("days") or ()
    if not days:
        return None
    recent: Sequence[Document] = document["recent"]
    known = [_number(each["value"]) for each in recent]
    expected = [_number(each["value"]) for each in days]
    low, high = ([_number(each[end]) for each in days] for end in ("low", "high"))
    currency: str | None = document["currency"]
    scale = drawing.scale_for(known, expected, high, steps=3, is_whole=currency is None)
    # The line goes on from the last known day, so that no gap is drawn where none is.
    behind, ahead = len(known), len(days)
    joined = [*[None] * (behind - 1), known[-1], *expected] if known else expected
    dates = [date.fromisoformat(each["day"]) for each in (*recent, *days)]
    return ForecastLine(
        known=drawing.path([*known, *[None] * ahead], scale, WIDTH, HEIGHT),
        expected=drawing.path(joined, scale, WIDTH, HEIGHT),
        band=_band(low, high, scale, behind),
        begins=_n(Decimal(WIDTH) * max(behind - 1, 0) / max(1, behind + ahead - 1)),
        ticks=tuple(formatting.quantity_axis(tick, currency or "count") for tick in scale.ticks),
        grid=tuple(_n(_height(tick, scale)) for tick in scale.ticks),
        day_labels=_labels(dates),
        summary=_summary(document, dates, behind),
    )


def _band(
    low: Sequence[Decimal | None],
    high: Sequence[Decimal | None],
    scale: drawing.Scale,
    behind: int,
) -> str:
    """Along the high end and back along the low one."""
    across = Decimal(WIDTH) / max(1, behind + len(low) - 1)
    ends = [
        (across * (behind + place), below, above)
        for place, (below, above) in enumerate(zip(low, high, strict=True))
        if below is not None and above is not None
    ]
    if not ends:
        return ""
    there = [f"{_n(x)} {_n(_height(above, scale))}" for x, _, above in ends]
    back = [f"{_n(x)} {_n(_height(below, scale))}" for x, below, _ in reversed(ends)]
    return f"M{'L'.join([*there, *back])}Z"


def _height(value: Decimal, scale: drawing.Scale) -> Decimal:
    return HEIGHT - (value - scale.low) * HEIGHT / (scale.high - scale.low)


def _labels(days: Sequence[date]) -> tuple[str, ...]:
    count = min(DAY_LABELS, len(days))
    places = (round(place * (len(days) - 1) / max(count - 1, 1)) for place in range(count))
    return tuple(formatting.day(days[place]) for place in places)


def _summary(document: Document, days: Sequence[date], behind: int) -> str:
    title, first, last = document["title"], formatting.day(days[behind]), formatting.day(days[-1])
    return f"{title} of the {behind} newest days, and as expected from {first} to {last}."


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _n(value: Decimal) -> str:
    return f"{value.quantize(_TENTH):f}"
