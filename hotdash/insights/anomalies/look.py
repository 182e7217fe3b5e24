"""Everything out of the ordinary on some days of a shop, each with what stood around it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.insights.anomalies import given_back, hourly
from hotdash.insights.anomalies import pages as landing
from hotdash.insights.anomalies.before import events_before
from hotdash.insights.anomalies.budget import (
    Rung,
    Tuned,
    history_of,
    rung_in,
    together,
    tuned,
)
from hotdash.insights.anomalies.catalog import WATCHED, Watched
from hotdash.insights.anomalies.context import beside, drive, worth_of
from hotdash.insights.anomalies.driving import Parts
from hotdash.insights.anomalies.finding import Context, Finding, LookedAt, fine
from hotdash.insights.anomalies.given_back import (
    look_at_returns,
    returns_of,
    rung_of_returns,
    steps_of_returns,
)
from hotdash.insights.anomalies.hourly import look_at_hours, rung_of_hours
from hotdash.insights.anomalies.judge import Limits, Seen, level_of
from hotdash.insights.anomalies.keeping import places_of
from hotdash.insights.anomalies.pages import look_at_pages, read_pages, rung_of_pages
from hotdash.insights.anomalies.reading import ShopReading, read_shop, with_noughts
from hotdash.insights.anomalies.replay import Told, cooled, seen_of
from hotdash.insights.anomalies.series import Grain, Series, day_of, day_step
from hotdash.insights.anomalies.wording import tuned_because
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.tiles.values import unit_of
from hotdash.storage.appdb.repositories.anomalies import Place

SEPARATOR = "/"
_NOTHING = frozenset[tuple[int, bool]]()


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
class _Watching:
    """A series with the limits its metric asks for; group names what shares one limit."""

    watched: Watched
    series: Series
    asked: Limits
    dimension: str | None = None
    part: str | None = None

    @property
    def group(self) -> str:
        return SEPARATOR.join(filter(None, (self.watched.metric, self.dimension)))


def look(session: Session, shop_id: str, now: datetime, days: int) -> Looked | None:
    """At the last so many complete days, and the hours of the last; None where nothing is published."""
    reading = read_shop(session, shop_id, now)
    if reading is None:
        return None
    last = day_step(reading.window.last)
    steps = range(last - days + 1, last + 1)
    watching = [*_watching(reading)]
    wholes = {each.series.name: each.series for each in watching if each.part is None}
    pages, returned = read_pages(reading), returns_of(reading)
    of_returns = steps_of_returns(reading, days)
    asked = {each.group: each.asked for each in watching}
    rung = _rung_of_days(watching, steps.start) | {
        hourly.KEY: rung_of_hours(reading, day_of(steps.start, Grain.DAY)),
        landing.KEY: rung_of_pages(pages, Limits()),
        given_back.KEY: rung_of_returns(returned, of_returns.start, Limits()),
    }
    limits = tuned(rung, {name: asked.get(name, Limits()) for name in rung})
    looked = [
        _look_at_days(reading, watching, limits, wholes, steps),
        look_at_hours(reading, limits[hourly.KEY]),
        look_at_pages(reading, pages, limits[landing.KEY]),
        look_at_returns(reading, returned, of_returns, wholes, limits[given_back.KEY]),
    ]
    return Looked(
        shop_id,
        reading.window.last,
        len(watching),
        tuple(found for each in looked for found in each.found),
        frozenset[Place]().union(*(each.judged for each in looked)),
        {name: because for name, each in limits.items() if (because := tuned_because(each))},
    )


def limits_of(metric: Metric) -> Limits:
    own = metric.thresholds.anomalies
    if own is None:
        return Limits()
    return Limits(float(own.digest), float(own.alert), float(own.least_share))


def _watching(reading: ShopReading) -> Iterator[_Watching]:
    for watched in WATCHED:
        days = reading.days.get(watched.metric, {})
        if watched.metric not in reading.metrics or not reading.has_enough(watched.metric):
            continue
        asked = limits_of(reading.metrics[watched.metric])
        if days:
            yield _Watching(watched, reading.series(watched.metric, days), asked)
        if watched.by is None:
            continue
        for name, told in sorted(_parts_of(reading, watched).items()):
            key = SEPARATOR.join((watched.metric, watched.by, name))
            part = reading.series(watched.metric, told, key)
            yield _Watching(watched, part, asked, watched.by, name)


def _rung_of_days(watching: Sequence[_Watching], before: int) -> dict[str, Rung]:
    """The parts of a metric count together; what their total told rings once."""
    found: dict[str, list[Rung]] = {}
    told: dict[str, frozenset[tuple[int, bool]]] = {}
    for each in watching:
        history, metric = history_of(each.series, before), each.watched.metric
        if each.part is None:
            told[metric] = frozenset(
                (one.step, one.z > 0) for one in history if level_of(one, each.asked)
            )
        already = told.get(metric, _NOTHING) if each.part is not None else _NOTHING
        found.setdefault(each.group, []).append(rung_in(each.series, history, each.asked, already))
    return {group: together(rung) for group, rung in found.items()}


def _parts_of(reading: ShopReading, watched: Watched) -> Parts:
    """Those that are large enough to be told apart, also where one without a rate leaves the total untold."""
    assert watched.by is not None
    found = reading.parts(watched.metric, watched.by, reading.window)
    whole = reading.days.get(watched.metric) or {day for told in found.values() for day in told}
    found = with_noughts(found, whole)
    return {name: told for name, told in found.items() if _is_large(told, watched)}


_LEAST_DAYS = 56


def _is_large(told: Mapping[date, Decimal], watched: Watched) -> bool:
    newest = [value for _, value in sorted(told.items())[-_LEAST_DAYS:]]
    if len(newest) < _LEAST_DAYS:
        return False
    return float(sorted(newest)[len(newest) // 2]) >= watched.least_of_part


def _look_at_days(
    reading: ShopReading,
    watching: Sequence[_Watching],
    limits: Mapping[str, Tuned],
    wholes: Mapping[str, Series],
    steps: range,
) -> LookedAt:
    told_wholes: set[tuple[str, int, bool]] = set()
    found, places = list[Finding](), set[Place]()
    for each in watching:
        seen, tuned = seen_of(each.series, steps), limits[each.group]
        places |= places_of(each.series, seen)
        if each.part is not None:
            # The whole tells it, and names this part where it is its driver.
            seen = [one for one in seen if _told_at(each, one) not in told_wholes]
        rung = reading.rung_of(each.series.name, each.series.grain, steps.start)
        for told in cooled(each.series, seen, tuned.limits, rung):
            if each.part is None:
                told_wholes.add(_told_at(each, told.seen))
            found.append(_finding(reading, each, told, wholes, tuned))
    return LookedAt(tuple(found), frozenset(places))


def _told_at(each: _Watching, seen: Seen) -> tuple[str, int, bool]:
    return each.watched.metric, seen.step, seen.z > 0


def _finding(
    reading: ShopReading, each: _Watching, told: Told, wholes: Mapping[str, Series], tuned: Tuned
) -> Finding:
    metric, seen = reading.metrics[each.watched.metric], told.seen
    day = day_of(seen.step, each.series.grain)
    unit = unit_of(metric, reading.currency)
    value, expected, low, high = (
        fine(number) for number in (seen.value, seen.expected, seen.low, seen.high)
    )
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
            events_before(reading, day),
            tuned_because(tuned),
        ),
    )
