"""What a backfill changes as a page shows it: a line per metric, and the days of one as bars and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from hotdash.entrypoints.web import drawing, formatting
from hotdash.entrypoints.web.pages.backfills.words import counted
from hotdash.insights.metrics.definition import Unit
from hotdash.jobs.show_backfills import RUN
from hotdash.jobs.sum_up_diff import MetricChange
from hotdash.storage.appdb.repositories.backfill_progress import DiffRecord

WIDTH, HEIGHT = 1000, 220
MOST_BARS, MOST_ROWS, MOST_LABELS = 62, 100, 7
_TENTH = Decimal("0.1")
_COUNTED = frozenset({"orders", "units", "count"})


@dataclass(frozen=True, slots=True)
class MetricLine:
    title: str
    url: str
    is_chosen: bool
    days: str
    before: str
    after: str
    change: str
    widest: str


@dataclass(frozen=True, slots=True)
class Bar:
    kind: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class DayLine:
    day: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class ChangesView:
    """`is_done` where the run told it: then it changed, else it would change."""

    is_done: bool
    count: str
    lead: str
    lines: tuple[MetricLine, ...]
    title: str = ""
    summary: str = ""
    bars: tuple[Bar, ...] = ()
    ticks: tuple[str, ...] = ()
    grid: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    left_out: int = 0
    days: tuple[DayLine, ...] = ()
    more_url: str | None = None
    less_url: str | None = None


def changes_view(
    changes: Sequence[MetricChange],
    made_by: str,
    backfill_id: UUID,
    shop_id: str,
    chosen: str = "",
    page: int = 1,
) -> ChangesView:
    is_done = made_by == RUN
    count = sum(len(each.days) for each in changes)
    shown = next((each for each in changes if each.metric.name == chosen), None) or next(
        iter(changes), None
    )

    def url(metric: str, page: int = 1) -> str:
        more = {"page": str(page)} if page > 1 else {}
        return f"/backfills/{backfill_id}?{urlencode({'shop': shop_id, 'metric': metric} | more)}"

    lines = tuple(
        _line(each, f"{url(each.metric.name)}#changes", is_chosen=each is shown) for each in changes
    )
    told = counted(count, "number")
    if shown is None:
        return ChangesView(is_done, told, _lead(changes, is_done=is_done), lines)
    scale, days = _scale(shown), list(shown.days)[-MOST_BARS:]
    name, begin = shown.metric.name, (page - 1) * MOST_ROWS
    listed = list(reversed(shown.days))
    return ChangesView(
        *(is_done, told, _lead(changes, is_done=is_done), lines),
        title=f"{shown.metric.title} by day, before and after",
        summary=_summary(shown),
        bars=tuple(_bars(days, scale)),
        ticks=tuple(formatting.quantity_axis(tick, shown.unit) for tick in scale.ticks),
        grid=tuple(_tenth(_height_of(tick, scale)) for tick in scale.ticks),
        labels=tuple(_labels(days)),
        left_out=len(shown.days) - len(days),
        days=tuple(_day(row, shown) for row in listed[begin : begin + MOST_ROWS]),
        more_url=f"{url(name, page + 1)}#changes" if begin + MOST_ROWS < len(listed) else None,
        less_url=f"{url(name, page - 1)}#changes" if page > 1 else None,
    )


def _lead(changes: Sequence[MetricChange], *, is_done: bool) -> str:
    """The money first: what somebody who approves it answers for."""
    first = next(iter(changes), None)
    if first is None or first.change is None or first.metric.unit is not Unit.MONEY:
        return ""
    verb = "changed" if is_done else "would change"
    moved = signed(first.change, first.unit)
    days = "one day" if len(first.days) == 1 else f"{len(first.days)} days"
    return f"{first.metric.title} {verb} by {moved} on {days}."


def _line(each: MetricChange, url: str, *, is_chosen: bool) -> MetricLine:
    widest = each.widest
    return MetricLine(
        each.metric.title,
        url,
        is_chosen,
        formatting.count(len(each.days)),
        formatting.quantity(each.before, each.unit),
        formatting.quantity(each.after, each.unit),
        formatting.MISSING if each.change is None else signed(each.change, each.unit),
        f"{formatting.day(widest.day)}: {formatting.quantity(widest.before, each.unit)} → "
        f"{formatting.quantity(widest.after, each.unit)}",
    )


def signed(value: Decimal, unit: str) -> str:
    told = formatting.quantity(value, unit)
    if value > 0:
        return f"+{told}"
    is_told = value == 0 or told.startswith(formatting.MINUS)
    return told if is_told else f"{formatting.MINUS}{told}"


def _day(row: DiffRecord, of: MetricChange) -> DayLine:
    known = row.before is not None and row.after is not None
    change = (row.after or Decimal(0)) - (row.before or Decimal(0)) if known else None
    return DayLine(
        f"{row.day:%a} {formatting.day_with_year(row.day)}",
        formatting.quantity(row.before, of.unit),
        formatting.quantity(row.after, of.unit),
        formatting.MISSING if change is None else signed(change, of.unit),
    )


def _scale(of: MetricChange) -> drawing.Scale:
    sides = [[row.before for row in of.days], [row.after for row in of.days]]
    return drawing.scale_for(*sides, steps=4, is_whole=of.unit in _COUNTED)


def _bars(days: Sequence[DiffRecord], scale: drawing.Scale) -> list[Bar]:
    """Two for each day, from the line of zero; what has no number has no bar."""
    slot = Decimal(WIDTH) / len(days)
    wide = min(slot * 4 / 10, Decimal(60))
    found: list[Bar] = []
    for number, row in enumerate(days):
        middle = slot * number + slot / 2
        for kind, value, x in (
            ("before", row.before, middle - wide),
            ("after", row.after, middle),
        ):
            if value is not None:
                found.append(_bar(kind, value, x, wide, scale))
    return found


def _bar(kind: str, value: Decimal, x: Decimal, wide: Decimal, scale: drawing.Scale) -> Bar:
    zero, end = _height_of(Decimal(0), scale), _height_of(value, scale)
    top = min(zero, end)
    return Bar(kind, _tenth(x), _tenth(top), _tenth(wide * 9 / 10), _tenth(abs(zero - end)))


def _height_of(value: Decimal, scale: drawing.Scale) -> Decimal:
    return HEIGHT - (value - scale.low) * HEIGHT / (scale.high - scale.low)


def _tenth(value: Decimal) -> str:
    return f"{value.quantize(_TENTH):f}"


def _labels(days: Sequence[DiffRecord]) -> list[str]:
    """One place for each day, words at a few of them."""
    every = -(-len(days) // MOST_LABELS)
    return ["" if number % every else formatting.day(row.day) for number, row in enumerate(days)]


def _summary(of: MetricChange) -> str:
    widest = of.widest
    return (
        f"{of.metric.title} of {len(of.days)} changed days, two bars each: before and after. "
        f"Most on {formatting.day(widest.day)}, from {formatting.quantity(widest.before, of.unit)} "
        f"to {formatting.quantity(widest.after, of.unit)}. The same numbers stand in the table below."
    )
