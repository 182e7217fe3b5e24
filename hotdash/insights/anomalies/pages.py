"""Landing pages week by week against their own weeks, so that the noise of a small page is no news."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import exp, log
from statistics import median

from hotdash.insights.anomalies.baseline import SIGMA_PER_MAD
from hotdash.insights.anomalies.before import events_before
from hotdash.insights.anomalies.budget import TUNED_ON_WEEKS, Rung, Tuned, together
from hotdash.insights.anomalies.context import worth_of
from hotdash.insights.anomalies.finding import Context, Finding, LookedAt, fine
from hotdash.insights.anomalies.judge import Level, Limits, Method
from hotdash.insights.anomalies.reading import ShopReading
from hotdash.insights.anomalies.replay import Rang, rings
from hotdash.insights.anomalies.series import DAYS_A_WEEK, day_step
from hotdash.insights.anomalies.wording import WEEK, tuned_because
from hotdash.insights.metrics.definition import Unit
from hotdash.insights.statements import statement
from hotdash.storage.appdb.repositories.anomalies import WHOLE_DAY, Place

WEEKS_BEFORE = 12
WEEKS_READ = 1 + TUNED_ON_WEEKS + WEEKS_BEFORE
LEAST_WEEKS = 4
KEY = "sessions/page"
"""Of all pages together: they ring by one limit."""
LEAST_SESSIONS = 50
_LEAST_SPREAD = 0.05
SESSIONS = "sessions"


@dataclass(frozen=True, slots=True)
class PageWeek:
    """usual is the median of the weeks before, one peak week of which moves nothing."""

    sessions: int
    usual: float
    low: float
    high: float
    z: float
    weeks: int

    def level(self, limits: Limits) -> Level | None:
        """What would be told of a page that nobody comes to any other week is left out."""
        if (
            max(self.usual, self.sessions) < LEAST_SESSIONS
            or self.low <= self.sessions <= self.high
        ):
            return None
        if abs(self.z) > limits.alert:
            return Level.ALERT
        return Level.DIGEST if abs(self.z) > limits.digest else None


def page_week(sessions: int, before: Sequence[int]) -> PageWeek | None:
    """before are the weeks before it, the newest first, of which the tested one is none."""
    before = before[:WEEKS_BEFORE]
    if len(before) < LEAST_WEEKS:
        return None
    logs = [_log(each) for each in before]
    usual = median(logs)
    misses = [
        abs(each - median([*logs[:place], *logs[place + 1 :]])) for place, each in enumerate(logs)
    ]
    size = max(exp(usual) - 0.5, 0.0)
    chance = (1 + size) ** -0.5
    spread = max(SIGMA_PER_MAD * median(misses), _LEAST_SPREAD, chance)
    reach = max(sorted(misses)[min(len(misses) - 1, int(0.9 * len(misses)))], 2 * spread)
    return PageWeek(
        sessions,
        size,
        max(exp(usual - reach) - 0.5, 0.0),
        exp(usual + reach) - 0.5,
        (_log(sessions) - usual) / spread,
        len(before),
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """The weeks of each page, the newest first, which ends with the last day."""

    last: date | None
    weeks: Mapping[str, Sequence[int]]


def rung_of_pages(pages: Pages, limits: Limits) -> Rung:
    return together(rung_in_weeks(weeks, limits) for weeks in pages.weeks.values())


def rung_in_weeks(weeks: Sequence[int], limits: Limits) -> Rung:
    """The newest is not among them: it is what is judged now."""
    judged = min(len(weeks) - 1 - LEAST_WEEKS, TUNED_ON_WEEKS)
    if judged < 1 or max(weeks) < LEAST_SESSIONS:
        return Rung()
    known, sizes = list[Rang](), list[float]()
    for back in range(judged, 0, -1):
        found = page_week(weeks[back], weeks[back + 1 :])
        if found is None or found.level(limits) is not Level.ALERT:
            continue
        now = Rang(-DAYS_A_WEEK * back, found.z > 0)
        if rings(now, known):
            known.append(now)
            sizes.append(abs(found.z))
    return Rung(tuple(sizes), float(judged))


def look_at_pages(reading: ShopReading, pages: Pages, tuned: Tuned) -> LookedAt:
    if pages.last is None or SESSIONS not in reading.metrics:
        return LookedAt()
    told, judged = list[Finding](), set[Place]()
    for page, weeks in sorted(pages.weeks.items()):
        found = page_week(weeks[0], weeks[1:]) if weeks else None
        if found is None:
            continue
        level = found.level(tuned.limits)
        judged |= weeks_of(page, pages.last, is_told=level is not None)
        if level is not None:
            told.append(_finding(reading, page, pages.last, found, level, tuned))
    return LookedAt(tuple(told), frozenset(judged))


def weeks_of(page: str, last: date, *, is_told: bool) -> set[Place]:
    """A week that is told stands for those of its page that share a day with it."""
    days = range(DAYS_A_WEEK if is_told else 1)
    return {Place(key_of(page), WEEK, last - timedelta(days=back), WHOLE_DAY) for back in days}


def key_of(page: str) -> str:
    return f"{KEY}/{page}"


def since_first(weeks: Mapping[int, int]) -> list[int]:
    """The newest first; weeks before a page was first visited say nothing, those between were empty."""
    return [weeks.get(week, 0) for week in range(max(weeks) + 1)] if weeks else []


def read_pages(reading: ShopReading) -> Pages:
    rows = reading.session.execute(
        statement(__file__, "pages.sql"), {"shop_id": reading.shop_id, "weeks": WEEKS_READ}
    ).all()
    found: dict[str, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row.page, {})[row.week] = row.sessions
    weeks = {page: since_first(each) for page, each in found.items()}
    return Pages(rows[0].last_day if rows else None, weeks)


def _is_new(reading: ShopReading, page: str, last: date, found: PageWeek) -> bool:
    """What nobody answered of the weeks that share a day with it is this one."""
    newest = day_step(last)
    rung = reading.rung_of(key_of(page), WEEK, newest - DAYS_A_WEEK + 1)
    return rings(Rang(newest, found.z > 0), rung)


def _finding(
    reading: ShopReading, page: str, last: date, found: PageWeek, level: Level, tuned: Tuned
) -> Finding:
    metric = reading.metrics[SESSIONS]
    value, expected = Decimal(found.sessions), fine(found.usual, 1)
    return Finding(
        shop_id=reading.shop_id,
        key=key_of(page),
        metric=SESSIONS,
        title=metric.title,
        dimension="page",
        part=page,
        grain=WEEK,
        day=last,
        hour=None,
        level=level,
        is_new=_is_new(reading, page, last, found),
        is_better=found.z > 0,
        value=value,
        expected=expected,
        low=fine(found.low, 1),
        high=fine(found.high, 1),
        unit=Unit.COUNT.value,
        z=fine(found.z, 2),
        method=Method.PROPORTION,
        judged_by=found.weeks,
        money=worth_of(reading, metric, last, value - expected),
        currency=reading.currency,
        context=Context(
            before=events_before(reading, last, DAYS_A_WEEK), tuned=tuned_because(tuned)
        ),
    )


def _log(sessions: int) -> float:
    return log(sessions + 0.5)
