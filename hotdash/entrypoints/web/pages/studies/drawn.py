"""What a study draws: the correlation at every shift, and the days it was made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hotdash.entrypoints.web import drawing, formatting
from hotdash.reports.studies import sentences
from hotdash.reports.studies.contract import Baseline, Link, Series, StudyOfPair

WIDTH = 1000
BARS_HEIGHT, LINE_HEIGHT = 180, 96
DAY_LABELS = 5
_LABELLED_EVERY = 7
_REACHES = (0.25, 0.5, 0.75, 1.0)
_COUNTED = frozenset({"orders", "units", "count"})


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class Band:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Correlogram:
    """The bands are what chance stays within in nineteen of twenty studies, at each shift."""

    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]
    ticks: tuple[str, ...]
    lags: tuple[str, ...]
    summary: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    path: str
    ticks: tuple[str, ...]
    grid: tuple[str, ...]
    day_labels: tuple[str, ...]
    summary: str
    band_top: str = ""
    band_height: str = ""


def correlogram(found: StudyOfPair) -> Correlogram | None:
    link = found.link
    if link is None:
        return None
    largest = max(max(abs(each.correlation), each.stands_out_from) for each in link.lags)
    reach = next((each for each in _REACHES if each >= largest), 1.0)
    return Correlogram(
        bars=_bars(link, reach),
        bands=_bands(link, reach),
        ticks=tuple(f"{each:g}".replace("-", "−") for each in (-reach, 0, reach)),
        lags=tuple(_label(each.lag) for each in link.lags),
        summary=(f"Correlation at every shift of up to 14 days. {sentences.numbers(link)}"),
        first=found.first.title,
        second=found.second.title,
    )


def _bands(link: Link, reach: float) -> tuple[Band, ...]:
    step, half = WIDTH / len(link.lags), BARS_HEIGHT / 2
    return tuple(
        Band(
            _n(place * step),
            _n(half - each.stands_out_from / reach * half),
            _n(step),
            _n(2 * each.stands_out_from / reach * half),
        )
        for place, each in enumerate(link.lags)
    )


def _bars(link: Link, reach: float) -> tuple[Bar, ...]:
    step, half = WIDTH / len(link.lags), BARS_HEIGHT / 2
    return tuple(
        Bar(
            _n(place * step + step * 0.15),
            _n(half - max(0.0, each.correlation) / reach * half),
            _n(step * 0.7),
            _n(max(0.6, abs(each.correlation) / reach * half)),
            bool(link.effect) and each.lag == link.lag,
        )
        for place, each in enumerate(link.lags)
    )


def _label(lag: int) -> str:
    if lag % _LABELLED_EVERY:
        return ""
    return "0" if not lag else f"{'+' if lag > 0 else '−'}{abs(lag)}"


def line_of(series: Series, days: Sequence[tuple[date, Decimal | None]]) -> Line:
    values = [value for _, value in days]
    scale = drawing.scale_for(values, steps=2, is_whole=series.unit in _COUNTED)
    known = [value for value in values if value is not None]
    least, most = (_told(each, series.unit) for each in (min(known), max(known)))
    return Line(
        title=series.title,
        path=drawing.path(values, scale, WIDTH, LINE_HEIGHT),
        ticks=tuple(formatting.quantity_axis(tick, series.unit) for tick in scale.ticks),
        grid=_grid(scale),
        day_labels=_day_labels([day for day, _ in days]),
        summary=f"{series.title} by day, between {least} and {most}.",
    )


def rate_line(found: Baseline) -> Line:
    """Its axis is always the whole from nought to one."""
    scale = drawing.Scale(Decimal(0), Decimal(1), Decimal("0.5"))
    low, high = found.low or Decimal(0), found.high or Decimal(0)
    return Line(
        title="Share activated, rolling seven days",
        path=drawing.path([each.rate_7d for each in found.days], scale, WIDTH, LINE_HEIGHT),
        ticks=tuple(formatting.quantity_axis(tick, "share") for tick in scale.ticks),
        grid=_grid(scale),
        day_labels=_day_labels([each.day for each in found.days]),
        summary="The share of shops that were activated, over the seven days that end on each day.",
        band_top=_n(float(LINE_HEIGHT * (1 - high))),
        band_height=_n(float(LINE_HEIGHT * (high - low))),
    )


def _grid(scale: drawing.Scale) -> tuple[str, ...]:
    span = scale.high - scale.low
    return tuple(
        _n(float(LINE_HEIGHT - (tick - scale.low) * LINE_HEIGHT / span)) for tick in scale.ticks
    )


def _day_labels(days: Sequence[date]) -> tuple[str, ...]:
    count = min(DAY_LABELS, len(days))
    if count < 2:
        return tuple(map(formatting.day, days))
    places = (round(place * (len(days) - 1) / (count - 1)) for place in range(count))
    return tuple(formatting.day(days[place]) for place in places)


def _told(value: Decimal, unit: str) -> str:
    return formatting.quantity(value, unit)


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0")
