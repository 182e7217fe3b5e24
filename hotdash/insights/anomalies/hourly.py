"""The hours of the last day and night: whether orders stopped is worth knowing before the day is over."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hotdash.insights.anomalies.before import events_before
from hotdash.insights.anomalies.budget import TUNED_ON_WEEKS, Rung, Tuned
from hotdash.insights.anomalies.context import worth_of
from hotdash.insights.anomalies.finding import Context, Finding, LookedAt, fine
from hotdash.insights.anomalies.keeping import places_of
from hotdash.insights.anomalies.reading import ShopReading
from hotdash.insights.anomalies.replay import Told, cooled, seen_of
from hotdash.insights.anomalies.series import Grain, Series, day_of, hour_step
from hotdash.insights.anomalies.states import State
from hotdash.insights.anomalies.wording import tuned_because
from hotdash.insights.metrics.publication import load_published
from hotdash.insights.statements import statement
from hotdash.insights.tiles.values import unit_of

HOURS_JUDGED = 24
_WEEKS_READ = 10
ORDERS = "orders"
KEY = "orders/hour"


def rung_of_hours(reading: ShopReading, before: date) -> Rung:
    """As it was sent: half a year of hours would take longer to judge anew than everything else."""
    first = min(max(before - timedelta(weeks=TUNED_ON_WEEKS), reading.watched_since), before)
    return Rung(
        tuple(
            each.size
            for each in reading.rung
            if each.place.key == KEY
            and first <= each.place.day < before
            and each.state != State.EXPLAINED
        ),
        (before - first).days / 7,
    )


def look_at_hours(reading: ShopReading, tuned: Tuned) -> LookedAt:
    """Up to the last hour that was over when the orders were read."""
    series = hours_of(reading)
    last = max(series.known, default=None)
    if last is None or ORDERS not in reading.metrics:
        return LookedAt()
    first = last - HOURS_JUDGED + 1
    judged = seen_of(series, range(first, last + 1))
    rung = reading.rung_of(KEY, Grain.HOUR, first)
    return LookedAt(
        tuple(
            _finding(reading, told, tuned) for told in cooled(series, judged, tuned.limits, rung)
        ),
        places_of(series, judged),
    )


def hours_of(reading: ShopReading) -> Series:
    published = load_published(reading.session, reading.shop_id)
    read_at = min(published.as_of.values()).astimezone(ZoneInfo(reading.timezone))
    ends = hour_step(read_at)
    first = read_at.date() - timedelta(weeks=_WEEKS_READ)
    asked = {
        "shop_id": reading.shop_id,
        "timezone": reading.timezone,
        "first": first,
        "last": read_at.date(),
    }
    rows = reading.session.execute(statement(__file__, "hours.sql"), asked)
    counted = {
        hour_step(datetime(row.day.year, row.day.month, row.day.day, row.hour)): float(row.orders)
        for row in rows
    }
    begins = hour_step(datetime(first.year, first.month, first.day))
    since = max(begins, min(counted, default=ends))
    known = {step: counted.get(step, 0.0) for step in range(since, ends)}
    return Series(KEY, known, Grain.HOUR, counted=True)


def _finding(reading: ShopReading, told: Told, tuned: Tuned) -> Finding:
    seen, metric = told.seen, reading.metrics[ORDERS]
    day = day_of(seen.step, Grain.HOUR)
    value, expected, low, high = map(fine, (seen.value, seen.expected, seen.low, seen.high))
    return Finding(
        shop_id=reading.shop_id,
        key=KEY,
        metric=ORDERS,
        title=metric.title,
        dimension=None,
        part=None,
        grain=Grain.HOUR,
        day=day,
        hour=seen.step % 24,
        level=told.level,
        is_new=told.is_new,
        is_better=seen.z > 0,
        value=value,
        expected=expected,
        low=low,
        high=high,
        unit=unit_of(metric, reading.currency),
        z=fine(seen.z, 2),
        method=seen.method,
        judged_by=seen.judged_by,
        money=worth_of(reading, metric, day, value - expected),
        currency=reading.currency,
        context=Context(before=events_before(reading, day), tuned=tuned_because(tuned)),
    )
