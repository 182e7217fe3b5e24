"""The watched series of a shop as they are published, day by day, and split where a part is judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median

from sqlalchemy.orm import Session

from hotdash.insights.anomalies.catalog import LABELS, METRICS, watched
from hotdash.insights.anomalies.driving import Parts
from hotdash.insights.anomalies.holidays import country_of, holidays_of
from hotdash.insights.anomalies.replay import Rang
from hotdash.insights.anomalies.series import Grain, Series, day_step, step_of
from hotdash.insights.anomalies.states import State
from hotdash.insights.anomalies.wording import NOT_NAMED
from hotdash.insights.metrics.definition import Metric, Unit
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import Windows, load_published
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.statements import statement
from hotdash.storage.appdb.repositories.anomalies import RungAlert, days_in_state, rung_alerts
from hotdash.storage.appdb.repositories.incidents import IncidentRecord, labelled_incidents

DAYS_READ = 430
"""A year for last year's holidays, and the weeks before them."""
COUNTED = frozenset({Unit.ORDERS, Unit.UNITS, Unit.COUNT})
Days = Mapping[date, Decimal]


@dataclass(frozen=True)
class ShopReading:
    """Everything of one shop that is judged, from one snapshot; last is its last complete day."""

    session: Session
    shop_id: str
    timezone: str
    currency: str
    now: datetime
    window: Window
    snapshot: Snapshot = field(compare=False)
    metrics: Mapping[str, Metric] = field(default_factory=dict[str, Metric])
    days: Mapping[str, Days] = field(default_factory=dict[str, Days])
    incidents: Sequence[IncidentRecord] = ()
    explained: Sequence[tuple[str, date]] = ()
    """Series and day of what somebody explained: an incident of that series alone."""

    rung: Sequence[RungAlert] = ()
    watched_since: date = date.min
    """The day it was connected: nothing could ring before."""

    def parts(self, metric: str, dimension: str, window: Window) -> Parts:
        answer = self.answer([metric], window, by=["day", dimension])
        found: dict[str, dict[date, Decimal]] = {}
        for row in answer.rows:
            value = row.cells[metric].value
            if value is not None:
                named = row.key[dimension]
                name = str(named) if named not in (None, "") else NOT_NAMED
                name = name.removeprefix("Channel::")
                found.setdefault(name, {})[row.days.first] = value
        return found

    def arrived(self, window: Window) -> tuple[Parts, Parts]:
        """Parcels in time and parcels that arrived, by carrier."""
        asked = {"shop_id": self.shop_id, "first": window.first, "last": window.last}
        above: dict[str, dict[date, Decimal]] = {}
        below: dict[str, dict[date, Decimal]] = {}
        for row in self.session.execute(statement(__file__, "carriers.sql"), asked):
            above.setdefault(row.name, {})[row.day] = Decimal(row.above)
            below.setdefault(row.name, {})[row.day] = Decimal(row.below)
        return above, below

    def answer(self, metrics: Sequence[str], window: Window, by: Sequence[str]) -> Answer:
        question = Question.parse(
            shops=[self.shop_id], metrics=metrics, by=by, first=window.first, last=window.last
        )
        asked = (self.session, question, self.now)
        return query(*asked, windows=Windows(window, None), snapshot=self.snapshot)

    def series(self, metric: str, days: Days, name: str | None = None) -> Series:
        """Days of labelled incidents and holidays are known to be unlike their weekday."""
        key = name or metric
        bent = {
            day_step(day)
            for each in self.incidents
            if metric in LABELS.get(each.series, (each.series,))
            for day in Window(each.first_day, each.last_day).days()
        }
        return Series(
            key,
            {day_step(day): float(value) for day, value in days.items()},
            Grain.DAY,
            counted=self.metrics[metric].unit in COUNTED,
            labelled=frozenset(bent) | self.explained_steps(key),
            holidays=holidays_of(days, country_of(self.currency)),
            out_of=self._out_of(metric),
        )

    def explained_steps(self, key: str) -> frozenset[int]:
        return frozenset(day_step(day) for explained, day in self.explained if explained == key)

    def rung_of(self, key: str, grain: str, first: int) -> list[Rang]:
        """Before the first step that is judged again, or answered since, which no look changes."""
        told = (
            (Rang(step_of(each.place.day, each.place.hour, grain), each.is_up), each.is_answered)
            for each in self.rung
            if (each.place.key, each.place.grain) == (key, grain)
        )
        return [rang for rang, is_answered in told if is_answered or rang.step < first]

    def _out_of(self, metric: str) -> dict[int, float]:
        other = watched(metric).out_of
        if other is None or self.metrics[metric].unit is not Unit.SHARE:
            return {}
        return {day_step(day): float(value) for day, value in self.days.get(other, {}).items()}

    def has_enough(self, metric: str) -> bool:
        """Whether a day of the shop usually has so many that a share of them says something."""
        asked = watched(metric)
        if asked.out_of is None:
            return True
        newest = [value for _, value in sorted(self.days.get(asked.out_of, {}).items())[-56:]]
        return bool(newest) and float(median(newest)) >= asked.least_out_of


def read_shop(session: Session, shop_id: str, now: datetime) -> ShopReading | None:
    """None where nothing is published."""
    published = load_published(session, shop_id)
    last = published.last_complete
    if published.manifest is None or last is None:
        return None
    window = Window(last - timedelta(days=DAYS_READ - 1), last)
    bare = ShopReading(
        session,
        shop_id,
        published.timezone,
        published.currency,
        now,
        window,
        Snapshot(session),
    )
    answer = bare.answer(METRICS, window, by=["day"])
    return ShopReading(
        *(session, shop_id, published.timezone, published.currency, now, window, bare.snapshot),
        metrics={each.asked: each.metric for each in answer.metrics},
        days=_by_metric(answer),
        incidents=labelled_incidents(session, [shop_id]),
        explained=days_in_state(session, shop_id, State.EXPLAINED),
        rung=rung_alerts(session, shop_id, window.first),
        watched_since=published.shop_since or window.first,
    )


def _by_metric(answer: Answer) -> dict[str, dict[date, Decimal]]:
    found: dict[str, dict[date, Decimal]] = {each.asked: {} for each in answer.metrics}
    for row in answer.rows:
        for name, cell in row.cells.items():
            if cell.value is not None:
                found[name][row.days.first] = cell.value
    return found


def with_noughts(parts: Parts, whole: Iterable[date]) -> dict[str, dict[date, Decimal]]:
    """From its first day on, a part that is not told on a day that is known had nothing."""
    return {
        name: {day: told.get(day, Decimal(0)) for day in whole if day >= min(told)}
        for name, told in parts.items()
    }


def usual_of(days: Days, steps: Iterable[date]) -> Decimal | None:
    known = [days[day] for day in steps if day in days]
    return sum(known, Decimal(0)) / len(known) if known else None
