"""Around an anomaly: what it comes from, what else moved on that day, what the difference is worth."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hotdash.base.money import quantum
from hotdash.insights.anomalies.baseline import WEEKS
from hotdash.insights.anomalies.catalog import Watched
from hotdash.insights.anomalies.driving import (
    Driven,
    driven_ratio,
    driven_sum,
    most_surprising,
    orders_and_value,
)
from hotdash.insights.anomalies.finding import Beside, fine
from hotdash.insights.anomalies.judge import Seen, see
from hotdash.insights.anomalies.reading import Days, ShopReading, usual_of
from hotdash.insights.anomalies.series import Series, day_of
from hotdash.insights.contributions import Driver
from hotdash.insights.metrics.definition import Metric, Unit
from hotdash.insights.metrics.period import Window
from hotdash.insights.tiles.values import unit_of

MOVED_FROM = 2.5
STEADY_UNTIL = 1.5
MOST_BESIDE = 6
_WORTH_DAYS = 28
_WORTH = frozenset({"orders", "sessions", "units", "new_customers", "organic_clicks"})
"""Of these one more is worth what each brought on the days before."""
_PROMISES = frozenset({"sessions", "organic_clicks"})
"""Of which more is worth nothing until somebody buys; fewer cost what they would have brought."""


def alike(series: Series, step: int) -> list[date]:
    """The same weekdays of the weeks before that may tell of this one."""
    season = series.grain.season
    steps = (step - season * back for back in range(1, WEEKS + 1))
    return [day_of(each, series.grain) for each in steps if series.tells_of_others(each)]


def drive(
    reading: ShopReading, watched: Watched, series: Series, seen: Seen, part: str | None
) -> tuple[Driven | None, tuple[Driver, ...]]:
    """A part with a series of its own is its own driver."""
    day, like = day_of(seen.step, series.grain), alike(series, seen.step)
    if part is not None or not like:
        return None, ()
    window = Window(min(like), day)
    unit = _unit(reading, watched.metric)
    found = [
        driven
        for dimension in watched.drivers
        if (driven := _drive(reading, watched, dimension, window, (day, like), seen, unit))
    ]
    return most_surprising(found), _split(reading, watched.metric, day, like, unit)


def _drive(
    reading: ShopReading,
    watched: Watched,
    dimension: str,
    window: Window,
    days: tuple[date, Sequence[date]],
    seen: Seen,
    unit: Decimal,
) -> Driven | None:
    if dimension == "carrier":
        return driven_ratio(dimension, *reading.arrived(window), days, unit)
    if watched.ratio_of is not None:
        above, below = (reading.parts(each, dimension, window) for each in watched.ratio_of)
        return driven_ratio(dimension, above, below, days, unit)
    whole = reading.days[watched.metric][days[0]], fine(seen.expected)
    return driven_sum(
        dimension, reading.parts(watched.metric, dimension, window), days, whole, unit
    )


def _split(
    reading: ShopReading, metric: str, day: date, like: Sequence[date], unit: Decimal
) -> tuple[Driver, ...]:
    """Revenue by how many orders there were and what each was worth, against the mean of the like days."""
    if metric != "revenue":
        return ()
    told: list[tuple[Decimal, Decimal]] = []
    for name in ("orders", "revenue"):
        days = reading.days.get(name, {})
        now, usual = days.get(day), usual_of(days, like)
        if now is None or usual is None:
            return ()
        told.append((now, usual))
    return orders_and_value(told[0], told[1], unit)


def _unit(reading: ShopReading, metric: str) -> Decimal:
    unit = reading.metrics[metric].unit
    if unit is Unit.MONEY:
        return quantum(reading.currency)
    return Decimal("0.0001") if unit is Unit.SHARE else Decimal("0.01")


def beside(
    reading: ShopReading, wholes: Mapping[str, Series], metric: str, step: int
) -> tuple[tuple[Beside, ...], tuple[Beside, ...]]:
    """What moved as well, the farthest first, and what did not: that sales fell without visits says much."""
    found = [
        (seen, name)
        for name, series in wholes.items()
        if name != metric and (seen := see(series, step)) is not None
    ]
    moved = sorted(
        (each for each in found if abs(each[0].z) >= MOVED_FROM),
        key=lambda each: (-abs(each[0].z), each[1]),
    )
    steady = [each for each in found if abs(each[0].z) <= STEADY_UNTIL]
    return (
        tuple(_beside(reading, *each) for each in moved[:MOST_BESIDE]),
        tuple(_beside(reading, *each) for each in steady[:MOST_BESIDE]),
    )


def _beside(reading: ShopReading, seen: Seen, name: str) -> Beside:
    metric = reading.metrics[name]
    return Beside(
        name,
        metric.title,
        unit_of(metric, reading.currency),
        fine(seen.value),
        fine(seen.expected),
        fine(seen.z, 2),
    )


def worth_of(
    reading: ShopReading, metric: Metric, day: date, difference: Decimal
) -> Decimal | None:
    """In the shop's money, where one of it has a price; nothing is invented for the others."""
    if metric.unit is Unit.MONEY and metric.name != "aov":
        return difference.quantize(quantum(reading.currency), rounding=ROUND_HALF_UP)
    if metric.name == "aov":
        return _times(difference, reading.days.get("orders", {}).get(day), reading.currency)
    if metric.name in _PROMISES and difference > 0:
        return None
    if metric.name in _WORTH:
        before = [day - timedelta(days=back) for back in range(1, _WORTH_DAYS + 1)]
        each = _ratio(reading.days.get("revenue", {}), reading.days[metric.name], before)
        return _times(difference, each, reading.currency)
    if metric.name == "conversion":
        return _worth_of_rate(reading, day, difference)
    return None


def _worth_of_rate(reading: ShopReading, day: date, difference: Decimal) -> Decimal | None:
    """What came against what the usual rate makes of the visits; those of a crawler never meant to buy.

    So where it fell not more visits than usual are reckoned with, and by visits alone nothing was lost.
    """
    before = [day - timedelta(days=back) for back in range(1, _WORTH_DAYS + 1)]
    order = _ratio(reading.days.get("revenue", {}), reading.days.get("orders", {}), before)
    visits = reading.days.get("sessions", {})
    came, usual = visits.get(day), usual_of(visits, before)
    rate = reading.days["conversion"].get(day)
    if came is None or rate is None:
        return None
    meant = came if usual is None or difference > 0 else min(came, usual)
    orders = rate * came - (rate - difference) * meant
    worth = _times(orders, order, reading.currency)
    return worth if worth and (worth < 0) == (difference < 0) else None


def _ratio(above: Days, below: Days, days: Sequence[date]) -> Decimal | None:
    known = [day for day in days if day in above and day in below]
    size = sum((below[day] for day in known), Decimal(0))
    return sum((above[day] for day in known), Decimal(0)) / size if size > 0 else None


def _times(difference: Decimal, each: Decimal | None, currency: str) -> Decimal | None:
    return (
        None
        if each is None
        else (difference * each).quantize(quantum(currency), rounding=ROUND_HALF_UP)
    )
