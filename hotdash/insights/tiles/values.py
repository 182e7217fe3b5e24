"""Values, changes and days of a tile, from the answers of the one question about metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hotdash.insights.metrics.definition import Metric, Unit
from hotdash.insights.metrics.period import Compare, Period, Window
from hotdash.insights.metrics.publication import Published, Windows
from hotdash.insights.metrics.query.answer import Answer, Cell, rounded
from hotdash.insights.metrics.query.buckets import shifted
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Against, MetricName, Question
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles.contract import Delta, SeriesPoint, Verdict
from hotdash.insights.tiles.definition import TileDefinition


@dataclass(frozen=True, slots=True)
class Values:
    """By metric; last_days of those whose days end elsewhere than the tile's."""

    cells: Mapping[str, Cell]
    last_days: Mapping[str, date]
    days: Sequence[SeriesPoint]


def windows_of(
    definition: TileDefinition, headline: Published, period: Period, now: datetime
) -> Windows:
    if definition.is_live:
        zone = headline.timezone
        return Windows(period.window(now, zone), period.base_window(now, zone))
    windows = headline.windows(period, now)
    if not definition.is_standing:
        return windows
    base = shifted(windows.base, 1) if windows.base else None
    return Windows(shifted(windows.current, 1), base)


def load_values(
    snapshot: Snapshot,
    definition: TileDefinition,
    headline: Published,
    windows: Windows,
    period: Period,
    now: datetime,
) -> Values:
    session = snapshot.session
    shop_id, asked = headline.shop_id, [each for each in definition.context if not each.is_counted]
    together = [definition.metric, *(each.metric for each in asked if not each.has_own_days)]
    answer = query(session, _question(shop_id, together), now, windows=windows, snapshot=snapshot)
    cells = {name: answer.only(name) for name in together}
    last_days = dict[str, date]()
    apart = [each.metric for each in asked if each.has_own_days]
    if apart:
        own = query(session, _question(shop_id, apart, period), now, snapshot=snapshot)
        cells |= {name: own.only(name) for name in apart}
        if own.rows[0].days.last != windows.current.last:
            last_days = dict.fromkeys(apart, own.rows[0].days.last)
    days = load_days(snapshot, definition.metric, headline, windows, now)
    return Values(cells, last_days, days)


def load_days(
    snapshot: Snapshot, metric: str, published: Published, windows: Windows, now: datetime
) -> list[SeriesPoint]:
    question = _question(published.shop_id, [metric], by="day")
    answer = query(snapshot.session, question, now, windows=windows, snapshot=snapshot)
    return series_of(answer, metric)


def series_of(answer: Answer, name: str) -> list[SeriesPoint]:
    metric, currency = registry().get(name), answer.currency
    return [
        SeriesPoint(
            row.days.first,
            shown(row.cells[name].value, metric, currency),
            row.base_days.first if row.base_days else None,
            shown(row.cells[name].base, metric, currency),
        )
        for row in answer.rows
    ]


def shown(value: Decimal | None, metric: Metric, currency: str | None) -> Decimal | None:
    """Money to its minor unit, anything else without zeroes that say nothing."""
    exact = rounded(value, metric, currency)
    if exact is None or metric.unit is Unit.MONEY:
        return exact
    return exact.normalize() + 0


def unit_of(metric: Metric, currency: str) -> str:
    return currency if metric.unit is Unit.MONEY else metric.unit.value


def delta_of(metric: Metric, cell: Cell, against: str, currency: str) -> Delta | None:
    """None without a base, and for a base of zero or less: a share of it would say nothing."""
    value, base = cell.value, cell.base
    if value is None or base is None or base <= 0:
        return None
    change = value - base
    better = change > 0 if metric.direction == "up" else change < 0
    verdict = Verdict.SAME if not change else Verdict.BETTER if better else Verdict.WORSE
    return Delta(
        shown(change, metric, currency) or Decimal(0),
        change / base,
        shown(base, metric, currency) or Decimal(0),
        verdict,
        against,
    )


def against(period: Period, window: Window) -> str:
    if period.compare is Compare.YEAR:
        return "same days last year"
    return f"previous {window.length} days"


def _question(
    shop_id: str, metrics: Sequence[str], period: Period | None = None, by: str | None = None
) -> Question:
    return Question(
        (shop_id,),
        tuple(map(MetricName, metrics)),
        (by,) if by else (),
        period=period,
        against=Against(period.compare.value) if period else Against.NONE,
    )
