"""The revenue chart: drawn here, told in words, and as a table; the browser may make it livelier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from hotdash.entrypoints.web import drawing, formatting
from hotdash.entrypoints.web.pages.marks_view import MarkView, marks_in
from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.tiles.contract import SeriesPoint, Tile
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord

WIDTH, HEIGHT = 1000, 280
_DAY_LABELS = 6


@dataclass(frozen=True, slots=True)
class RowView:
    day: str
    value: str
    base_day: str
    base_value: str


@dataclass(frozen=True, slots=True)
class ChartView:
    title: str
    has_days: bool
    empty: str
    summary: str
    base_title: str | None
    sign: str
    ticks: tuple[str, ...]
    y_ticks: str
    x_ticks: str
    grid: tuple[str, ...]
    path: str
    base_path: str
    day_labels: tuple[str, ...]
    rows: tuple[RowView, ...]
    days_url: str
    vega_url: str
    csv_url: str | None
    definition_url: str
    marks: tuple[MarkView, ...] = ()


def chart_view(
    tile: Tile,
    shop_id: str,
    period: Period,
    *,
    vega_url: str,
    may_export: bool,
    annotations: Sequence[AnnotationRecord] = (),
) -> ChartView:
    values = [point.value for point in tile.series]
    base = [point.base_value for point in tile.series]
    has_base = any(value is not None for value in base)
    scale = drawing.scale_for(values, base)
    days_on_axis = _spread(tile.series)
    query = urlencode(
        {"shop": shop_id, "range": period.range.value, "compare": period.compare.value}
    )
    return ChartView(
        title=f"{tile.metric_title} by day",
        has_days=any(value is not None for value in values),
        empty="No day to draw yet: the first published day appears here.",
        summary=_summary(tile),
        base_title=period.compare_title if has_base else None,
        sign=formatting.sign(tile.unit),
        ticks=tuple(formatting.money_axis(tick, tile.unit) for tick in scale.ticks),
        y_ticks=" ".join(f"{tick:f}" for tick in scale.ticks),
        x_ticks=" ".join(day.isoformat() for day in days_on_axis),
        grid=tuple(_heights(scale)),
        path=drawing.path(values, scale, WIDTH, HEIGHT),
        base_path=drawing.path(base, scale, WIDTH, HEIGHT) if has_base else "",
        day_labels=tuple(formatting.day(day) for day in days_on_axis),
        rows=tuple(_rows(tile)),
        days_url=f"/api/v1/metrics/revenue/days?{query}",
        vega_url=vega_url,
        csv_url=f"/exports/revenue.csv?{query}" if may_export and tile.build else None,
        definition_url=f"/definitions/{tile.metric}",
        marks=marks_in(annotations, [Window(point.day, point.day) for point in tile.series]),
    )


def _heights(scale: drawing.Scale) -> list[str]:
    up = Decimal(HEIGHT) / (scale.high - scale.low)
    return [
        f"{(HEIGHT - (tick - scale.low) * up).quantize(Decimal('0.1')):f}" for tick in scale.ticks
    ]


def _spread(series: Sequence[SeriesPoint]) -> list[date]:
    """A few days at equal distances, the first and the last among them."""
    last = len(series) - 1
    if last < _DAY_LABELS:
        return [point.day for point in series]
    steps = next(steps for steps in range(_DAY_LABELS, 0, -1) if last % steps == 0 or steps == 1)
    if steps < 3:
        steps = _DAY_LABELS - 1
    return [series[round(last * step / steps)].day for step in range(steps + 1)]


def _summary(tile: Tile) -> str:
    known = [(point.value, point.day) for point in tile.series if point.value is not None]
    if not known:
        return f"{tile.metric_title} by day: no day yet."
    (low, low_day), (high, high_day) = min(known), max(known)
    return (
        f"{tile.metric_title} by day, a line chart. "
        f"Lowest {formatting.money(low, tile.unit)} on {formatting.day(low_day)}, "
        f"highest {formatting.money(high, tile.unit)} on {formatting.day(high_day)}. "
        "The same numbers stand in the table below."
    )


def _rows(tile: Tile) -> list[RowView]:
    """The newest first; the year only where the days have two."""
    years = {point.day.year for point in tile.series}
    name = formatting.day if len(years) == 1 else formatting.day_with_year
    return [
        RowView(
            day=f"{point.day:%a} {name(point.day)}",
            value=formatting.money(point.value, tile.unit),
            base_day=name(point.base_day) if point.base_day else formatting.MISSING,
            base_value=formatting.money(point.base_value, tile.unit),
        )
        for point in reversed(tile.series)
    ]
