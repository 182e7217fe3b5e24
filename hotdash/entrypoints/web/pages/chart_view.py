"""A metric's chart: drawn here, told in words, and as a table; the browser may make it livelier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from hotdash.entrypoints.web import drawing, formatting
from hotdash.entrypoints.web.pages.explore.state import ExploreState
from hotdash.entrypoints.web.pages.marks_view import MarkView, marks_in
from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.metrics.query.question import Against
from hotdash.insights.tiles.chart import MetricDays
from hotdash.insights.tiles.contract import SeriesPoint
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord

WIDTH, HEIGHT = 1000, 280
_DAY_LABELS = 6
_HOUR, _DAY = 60, 1440
_COUNTED = frozenset({"orders", "units", "count"})


@dataclass(frozen=True, slots=True)
class RowView:
    day: str
    value: str
    base_day: str
    base_value: str


@dataclass(frozen=True, slots=True)
class SwitchView:
    title: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ChartView:
    title: str
    metric_title: str
    has_days: bool
    empty: str
    summary: str
    base_title: str | None
    unit: str
    ticks: tuple[str, ...]
    y_ticks: str
    y_labels: str
    x_ticks: str
    grid: tuple[str, ...]
    path: str
    base_path: str
    day_labels: tuple[str, ...]
    rows: tuple[RowView, ...]
    days_url: str
    vega_url: str
    csv_url: str | None
    excel_url: str | None
    explore_url: str
    saved_as: str
    definition_url: str
    switches: tuple[SwitchView, ...]
    marks: tuple[MarkView, ...]


def chart_view(
    days: MetricDays,
    shop_id: str,
    period: Period,
    *,
    vega_url: str,
    may_export: bool,
    switches: tuple[SwitchView, ...] = (),
    annotations: Sequence[AnnotationRecord] = (),
) -> ChartView:
    values = [point.value for point in days.points]
    base = [point.base_value for point in days.points]
    has_base = any(value is not None for value in base)
    scale = _scale(days.unit, values, base)
    days_on_axis = _spread(days.points)
    ticks = tuple(formatting.quantity_axis(tick, days.unit) for tick in scale.ticks)
    metric = days.metric
    query = urlencode(
        {"shop": shop_id, "range": period.range.value, "compare": period.compare.value}
    )
    is_exported = may_export and days.build is not None
    seen = ExploreState(
        shop=shop_id,
        metrics=(metric.name,),
        range=period.range,
        compare=Against(period.compare.value),
    )
    return ChartView(
        title=f"{metric.title} by day",
        metric_title=metric.title,
        has_days=any(value is not None for value in values),
        empty=f"No day of {metric.title} to draw yet: the first published day appears here.",
        summary=_summary(days),
        base_title=period.compare_title if has_base else None,
        unit=days.unit,
        ticks=ticks,
        y_ticks=" ".join(f"{tick:f}" for tick in scale.ticks),
        y_labels="|".join(ticks),
        x_ticks=" ".join(day.isoformat() for day in days_on_axis),
        grid=tuple(_heights(scale)),
        path=drawing.path(values, scale, WIDTH, HEIGHT),
        base_path=drawing.path(base, scale, WIDTH, HEIGHT) if has_base else "",
        day_labels=tuple(formatting.day(day) for day in days_on_axis),
        rows=tuple(_rows(days)),
        days_url=f"/api/v1/metrics/{metric.name}/days?{query}",
        vega_url=vega_url,
        csv_url=seen.export_url("csv") if is_exported else None,
        excel_url=seen.export_url("xlsx") if is_exported else None,
        explore_url=seen.url,
        saved_as=f"{metric.title}, {period.title.lower()}",
        definition_url=f"/definitions/{metric.name}",
        switches=switches,
        marks=marks_in(annotations, [Window(point.day, point.day) for point in days.points]),
    )


def _scale(unit: str, *lines: drawing.Values) -> drawing.Scale:
    """In steps that read well: whole things, and whole hours or days where minutes are many."""
    per = _minutes_per_step(lines) if unit == "minutes" else 1
    scaled = [[None if value is None else value / per for value in line] for line in lines]
    scale = drawing.scale_for(*scaled, is_whole=unit in _COUNTED)
    return drawing.Scale(scale.low * per, scale.high * per, scale.step * per)


def _minutes_per_step(lines: Sequence[drawing.Values]) -> int:
    most = max((value for line in lines for value in line if value is not None), default=Decimal(0))
    return next((per for per in (_DAY, _HOUR) if most >= 2 * per), 1)


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


def _summary(days: MetricDays) -> str:
    title = days.metric.title
    known = [(point.value, point.day) for point in days.points if point.value is not None]
    if not known:
        return f"{title} by day: no day yet."
    (low, low_day), (high, high_day) = min(known), max(known)
    return (
        f"{title} by day, a line chart. "
        f"Lowest {formatting.quantity(low, days.unit)} on {formatting.day(low_day)}, "
        f"highest {formatting.quantity(high, days.unit)} on {formatting.day(high_day)}. "
        "The same numbers stand in the table below."
    )


def _rows(days: MetricDays) -> list[RowView]:
    """The newest first; the year only where the days have two."""
    years = {point.day.year for point in days.points}
    name = formatting.day if len(years) == 1 else formatting.day_with_year
    return [
        RowView(
            day=f"{point.day:%a} {name(point.day)}",
            value=formatting.quantity(point.value, days.unit),
            base_day=name(point.base_day) if point.base_day else formatting.MISSING,
            base_value=formatting.quantity(point.base_value, days.unit),
        )
        for point in reversed(days.points)
    ]
