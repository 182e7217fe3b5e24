"""Orders that came back, by the day they were placed: a bad batch shows on one day, whenever it is returned."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hotdash.base.money import quantum
from hotdash.insights.anomalies.before import events_before
from hotdash.insights.anomalies.budget import Rung, Tuned, history_of, rung_in
from hotdash.insights.anomalies.catalog import watched
from hotdash.insights.anomalies.context import alike, beside
from hotdash.insights.anomalies.driving import Driven, driven_sum, most_surprising
from hotdash.insights.anomalies.finding import Context, Finding, LookedAt, fine
from hotdash.insights.anomalies.holidays import country_of, holidays_of
from hotdash.insights.anomalies.judge import Limits
from hotdash.insights.anomalies.keeping import places_of
from hotdash.insights.anomalies.reading import ShopReading, usual_of
from hotdash.insights.anomalies.replay import Told, cooled, seen_of
from hotdash.insights.anomalies.series import Grain, Series, day_of, day_step
from hotdash.insights.anomalies.wording import tuned_because
from hotdash.insights.metrics.definition import Unit
from hotdash.insights.metrics.period import Window
from hotdash.insights.statements import statement

REFUNDS = "refunds"
KEY = "refunds/orders"
TITLE = "Orders given back"
RETURNED_WITHIN = 45
"""Days; what is placed today comes back later, so that older days are judged again."""


def rung_of_returns(series: Series, before: int, limits: Limits) -> Rung:
    history = history_of(series, before)
    more = [each for each in history if each.z > 0]
    return replace(rung_in(series, more, limits), weeks=len(history) / series.grain.season)


def look_at_returns(
    reading: ShopReading, series: Series, steps: range, wholes: Mapping[str, Series], tuned: Tuned
) -> LookedAt:
    """Only more than expected is told: of young orders fewer have come back."""
    if REFUNDS not in reading.metrics:
        return LookedAt()
    judged = seen_of(series, steps)
    rung = reading.rung_of(KEY, Grain.DAY, steps.start)
    told = [each for each in cooled(series, judged, tuned.limits, rung) if each.seen.z > 0]
    found = tuple(_finding(reading, series, each, wholes, tuned) for each in told)
    return LookedAt(found, places_of(series, judged))


def steps_of_returns(reading: ShopReading, days: int) -> range:
    last = day_step(reading.window.last)
    return range(last - max(days, RETURNED_WITHIN) + 1, last + 1)


def returns_of(reading: ShopReading) -> Series:
    window = Window(reading.window.last - timedelta(days=180), reading.window.last)
    asked = {"shop_id": reading.shop_id, "first": window.first, "last": window.last}
    rows = reading.session.execute(statement(__file__, "given_back.sql"), asked).all()
    found = {row.day: Decimal(row.orders) for row in rows}
    known = {
        day: found.get(day, Decimal(0)) for day in window.days() if found and day >= min(found)
    }
    return Series(
        KEY,
        {day_step(day): float(value) for day, value in known.items()},
        Grain.DAY,
        counted=True,
        labelled=reading.explained_steps(KEY),
        holidays=holidays_of(known, country_of(reading.currency)),
    )


def _driven(reading: ShopReading, series: Series, told: Told) -> Driven | None:
    """Of how many units of each product came back nothing is published, of their money it is."""
    day, like = day_of(told.seen.step, Grain.DAY), alike(series, told.seen.step)
    refunds = reading.days.get(REFUNDS, {})
    usual = usual_of(refunds, like)
    if usual is None or day not in refunds:
        return None
    window = Window(min(like), day)
    unit = quantum(reading.currency)
    found = [
        driven
        for dimension in watched(REFUNDS).drivers
        if (
            driven := driven_sum(
                *(dimension, reading.parts(REFUNDS, dimension, window), (day, like)),
                (refunds[day], usual),
                unit,
            )
        )
    ]
    return most_surprising(found)


def _finding(
    reading: ShopReading, series: Series, told: Told, wholes: Mapping[str, Series], tuned: Tuned
) -> Finding:
    """What drives it is told of the money that was given back."""
    seen, day = told.seen, day_of(told.seen.step, Grain.DAY)
    value, expected, low, high = map(fine, (seen.value, seen.expected, seen.low, seen.high))
    driven = _driven(reading, series, told)
    moved, steady = beside(reading, wholes, REFUNDS, seen.step)
    worth = None if driven is None else sum((each.change for each in driven.drivers), Decimal(0))
    return Finding(
        shop_id=reading.shop_id,
        key=KEY,
        metric=REFUNDS,
        title=TITLE,
        dimension=None,
        part=None,
        grain=Grain.DAY,
        day=day,
        hour=None,
        level=told.level,
        is_new=told.is_new,
        is_better=False,
        value=value,
        expected=expected,
        low=low,
        high=high,
        unit=Unit.ORDERS.value,
        z=fine(seen.z, 2),
        method=seen.method,
        judged_by=seen.judged_by,
        money=worth,
        currency=reading.currency,
        context=Context(
            *(driven, (), moved, steady, events_before(reading, day), tuned_because(tuned)),
            driven_in=reading.currency,
        ),
    )
