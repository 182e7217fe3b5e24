"""Everything out of the ordinary on some days of a shop, each with what stood around it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.insights.anomalies.before import events_before
from hotdash.insights.anomalies.catalog import WATCHED, Watched
from hotdash.insights.anomalies.context import beside, drive, worth_of
from hotdash.insights.anomalies.driving import Parts
from hotdash.insights.anomalies.finding import Context, Finding, LookedAt, fine
from hotdash.insights.anomalies.given_back import look_at_returns
from hotdash.insights.anomalies.hourly import look_at_hours
from hotdash.insights.anomalies.judge import Limits, Seen
from hotdash.insights.anomalies.keeping import places_of
from hotdash.insights.anomalies.pages import look_at_pages
from hotdash.insights.anomalies.reading import ShopReading, read_shop, with_noughts
from hotdash.insights.anomalies.replay import Told, Tuned, cooled, seen_of, tuned
from hotdash.insights.anomalies.series import Series, day_of, day_step
from hotdash.insights.anomalies.wording import tuned_because
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.tiles.values import unit_of
from hotdash.storage.appdb.repositories.anomalies import Place

SEPARATOR = "/"


@dataclass(frozen=True)
class Looked:
    """raised says which series were asked for more than usual, and why."""

    shop_id: str
    last: date
    series: int
    found: tuple[Finding, ...]
    judged: frozenset[Place]
    raised: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class _Judged:
    watched: Watched
    series: Series
    tuned: Tuned
    asked: Limits
    dimension: str | None = None
    part: str | None = None


def look(session: Session, shop_id: str, now: datetime, days: int) -> Looked | None:
    """At the last so many complete days, and the hours of the last; None where nothing is published."""
    reading = read_shop(session, shop_id, now)
    if reading is None:
        return None
    steps = range(day_step(reading.window.last) - days + 1, day_step(reading.window.last) + 1)
    judged = [*_judged(reading, steps)]
    looked = [
        _look_at_days(reading, judged, steps),
        look_at_hours(reading),
        look_at_pages(reading),
        look_at_returns(reading, days),
    ]
    return Looked(
        shop_id,
        reading.window.last,
        len(judged),
        tuple(found for each in looked for found in each.found),
        frozenset[Place]().union(*(each.judged for each in looked)),
        {
            each.series.name: tuned_because(each.tuned, each.asked)
            for each in judged
            if each.tuned.is_raised_from(each.asked)
        },
    )


def limits_of(metric: Metric) -> Limits:
    own = metric.thresholds.anomalies
    if own is None:
        return Limits()
    return Limits(float(own.digest), float(own.alert), float(own.least_share))


def _judged(reading: ShopReading, steps: range) -> Iterator[_Judged]:
    for watched in WATCHED:
        days = reading.days.get(watched.metric, {})
        if not days or not reading.has_enough(watched.metric):
            continue
        asked = limits_of(reading.metrics[watched.metric])
        series = reading.series(watched.metric, days)
        yield _Judged(watched, series, tuned(series, steps.start, asked), asked)
        if watched.by is None:
            continue
        for name, told in sorted(_parts_of(reading, watched).items()):
            key = SEPARATOR.join((watched.metric, watched.by, name))
            part = reading.series(watched.metric, told, key)
            limits = tuned(part, steps.start, asked)
            yield _Judged(watched, part, limits, asked, watched.by, name)


def _parts_of(reading: ShopReading, watched: Watched) -> Parts:
    """Those that are large enough to be told apart."""
    assert watched.by is not None
    whole = reading.days[watched.metric]
    found = reading.parts(watched.metric, watched.by, reading.window)
    found = with_noughts(found, whole)
    return {name: told for name, told in found.items() if _is_large(told, watched)}


_LEAST_DAYS = 56


def _is_large(told: Mapping[date, Decimal], watched: Watched) -> bool:
    newest = [value for _, value in sorted(told.items())[-_LEAST_DAYS:]]
    if len(newest) < _LEAST_DAYS:
        return False
    return float(sorted(newest)[len(newest) // 2]) >= watched.least_of_part


def _look_at_days(reading: ShopReading, judged: Sequence[_Judged], steps: range) -> LookedAt:
    wholes = {each.series.name: each.series for each in judged if each.part is None}
    told_wholes: set[tuple[str, int, bool]] = set()
    found, places = list[Finding](), set[Place]()
    for each in judged:
        seen = seen_of(each.series, steps)
        places |= places_of(each.series, seen)
        if each.part is not None:
            # The whole tells it, and names this part where it is its driver.
            seen = [one for one in seen if _told_at(each, one) not in told_wholes]
        rung = reading.rung_of(each.series.name, each.series.grain, steps.start)
        for told in cooled(each.series, seen, each.tuned.limits, rung):
            if each.part is None:
                told_wholes.add(_told_at(each, told.seen))
            found.append(_finding(reading, each, told, wholes))
    return LookedAt(tuple(found), frozenset(places))


def _told_at(each: _Judged, seen: Seen) -> tuple[str, int, bool]:
    return each.watched.metric, seen.step, seen.z > 0


def _finding(
    reading: ShopReading, each: _Judged, told: Told, wholes: Mapping[str, Series]
) -> Finding:
    metric, seen = reading.metrics[each.watched.metric], told.seen
    day = day_of(seen.step, each.series.grain)
    unit = unit_of(metric, reading.currency)
    value, expected, low, high = (
        fine(number) for number in (seen.value, seen.expected, seen.low, seen.high)
    )
    campaigns = reading.parts("ad_spend", "campaign", reading.window_before(day))
    moved, steady = beside(reading, wholes, each.watched.metric, seen.step)
    driven, split = drive(reading, each.watched, each.series, seen, each.part)
    return Finding(
        shop_id=reading.shop_id,
        key=each.series.name,
        metric=metric.name,
        title=metric.title,
        dimension=each.dimension,
        part=each.part,
        grain=each.series.grain,
        day=day,
        hour=None,
        level=told.level,
        is_new=told.is_new,
        is_better=not each.watched.is_wanted_steady and (seen.z > 0) == (metric.direction == "up"),
        value=value,
        expected=expected,
        low=low,
        high=high,
        unit=unit,
        z=fine(seen.z, 2),
        method=seen.method,
        judged_by=seen.judged_by,
        money=worth_of(reading, metric, day, value - expected),
        currency=reading.currency,
        context=Context(
            driven,
            split,
            moved,
            steady,
            events_before(reading, day, campaigns),
            tuned_because(each.tuned, each.asked)
            if each.tuned.is_raised_from(each.asked)
            else None,
        ),
    )
