"""Three false alerts a week are shared by all that can ring; who takes too much is asked for more."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from hotdash.insights.anomalies.budget import (
    FALSE_ALERTS_A_WEEK,
    MOST_OF_ONE,
    Rung,
    Tuned,
    history_of,
    rung_in,
    share_of,
    together,
    tuned,
)
from hotdash.insights.anomalies.hourly import rung_of_hours
from hotdash.insights.anomalies.judge import Level, Limits
from hotdash.insights.anomalies.pages import rung_in_weeks
from hotdash.insights.anomalies.reading import ShopReading
from hotdash.insights.anomalies.replay import told_of
from hotdash.insights.anomalies.series import Series
from hotdash.insights.anomalies.states import State
from hotdash.insights.anomalies.wording import tuned_because
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.storage.appdb.repositories.anomalies import Place, RungAlert
from tests.insights.anomalies.test_replay import DAYS, FIRST, ordinary

HALF_A_YEAR = 26.0


def alone(series: Series) -> Tuned:
    rung = rung_in(series, history_of(series, FIRST + DAYS), Limits())
    return tuned({"revenue": rung}, {"revenue": Limits()})["revenue"]


def restless() -> Series:
    spikes = {FIRST + day: 1_000.0 * (2 + day / 100) for day in range(120, 300, 10)}
    series = ordinary()
    return replace(series, known={**series.known, **spikes})


def test_a_quiet_series_keeps_its_limit() -> None:
    found = alone(ordinary())

    assert found.limits == Limits()
    assert found.alerts <= found.allowed
    assert tuned_because(found) is None


def test_a_series_that_rings_every_other_week_is_asked_for_more() -> None:
    """Nothing takes more than a fifteenth: five alerts in 26 weeks; one every ten days is many more."""
    found = alone(restless())

    assert found.allowed == 5
    assert found.alerts > found.allowed
    assert found.is_raised
    steps = range(FIRST + DAYS - 26 * 7, FIRST + DAYS)
    left = [each for each in told_of(restless(), steps, found.limits) if each.level is Level.ALERT]
    assert sum(each.is_new for each in left) <= found.allowed
    assert "for everything that can ring is 5" in str(tuned_because(found))


@pytest.mark.parametrize(
    ("weeks", "told"), [(3 / 7, "3 days"), (1 / 7, "1 day"), (1.9, "13 days"), (2, "2 weeks")]
)
def test_a_young_shop_reads_its_days(weeks: float, told: str) -> None:
    raised = Tuned(replace(Limits(), alert=9.0), Limits(), alerts=2, allowed=1, weeks=weeks)
    assert f"in the {told} before it would have rung 2 times" in str(tuned_because(raised))


def test_a_labelled_incident_tunes_nothing() -> None:
    series = restless()
    spikes = frozenset(FIRST + day for day in range(120, 300, 10))

    assert alone(replace(series, labelled=spikes)).limits == Limits()


def test_what_the_total_told_is_no_alert_of_a_part() -> None:
    series = restless()
    history = history_of(series, FIRST + DAYS)
    told = {(each.step, each.z > 0) for each in history}

    assert rung_in(series, history, Limits(), told).sizes == ()
    assert rung_in(series, history, Limits()).sizes


@pytest.mark.parametrize(
    ("rates", "share"),
    [
        pytest.param([], MOST_OF_ONE, id="nothing rings"),
        pytest.param([0.1] * 20 + [2.0], MOST_OF_ONE, id="20 leave 1 of 3, of which 1/15 of all"),
        pytest.param([0.2] * 30, 0.1, id="30 alike share 3"),
        pytest.param([0.02] * 25 + [0.4] * 20, 2.5 / 20, id="25 take 0.5, 20 share what is left"),
    ],
)
def test_what_some_leave_of_their_share_is_the_others(rates: list[float], share: float) -> None:
    assert share_of(rates) == pytest.approx(share)
    assert sum(min(each, share) for each in rates) <= FALSE_ALERTS_A_WEEK + 1e-9


def test_many_restless_ones_are_all_asked_for_more_than_one_of_them_would_be() -> None:
    """Of 30 with 4 alerts in 26 weeks each may keep 2 (3 a week / 30 x 26 = 2.6); one alone keeps its 4."""
    rung = Rung((4.1, 4.7, 5.3, 9.0), HALF_A_YEAR)
    every = {f"campaign {number}": rung for number in range(30)}

    found = tuned(every, dict.fromkeys(every, Limits()))
    one = tuned({"a": rung}, {"a": Limits()})["a"]

    assert {(each.allowed, each.limits.alert) for each in found.values()} == {(2, 4.7)}
    assert (one.allowed, one.limits.alert) == (5, 4.0)


def test_the_one_largest_of_half_a_year_is_never_too_many() -> None:
    every = {f"part {number}": Rung((12.0,), HALF_A_YEAR) for number in range(200)}

    found = tuned(every, dict.fromkeys(every, Limits()))

    assert not any(each.is_raised for each in found.values())


def test_landing_pages_ring_by_one_limit_of_their_own_weeks() -> None:
    """Newest first: a page that had a peak 13 and 26 weeks ago has rung twice in half a year."""
    weeks = [400 if week % 13 else 1_600 for week in range(39)]
    calm = [400] * 39

    rung = together(rung_in_weeks(each, Limits()) for each in (weeks, calm))

    assert (len(rung.sizes), rung.weeks) == (2, HALF_A_YEAR)
    assert rung_in_weeks([3] * 39, Limits()) == Rung()


class TestOfHours:
    """Counted as they rang, three times in the two weeks before the fifteenth."""

    BEFORE = date(2026, 11, 15)

    def rung(self, connected: date) -> Rung:
        days = [date(2026, 11, day) for day in (3, 7, 14)]
        alerts = [
            RungAlert(Place("orders/hour", "hour", day, 3), is_up=False, size=9.0, state=State.NEW)
            for day in days
        ]
        session = Session()
        reading = ShopReading(
            *(session, "shop", "Asia/Tokyo", "JPY", datetime(2026, 11, 16, tzinfo=UTC)),
            Window(self.BEFORE, self.BEFORE),
            Snapshot(session),
            rung=alerts,
            watched_since=connected,
        )
        return rung_of_hours(reading, self.BEFORE)

    def test_of_a_shop_that_is_here_for_two_weeks_these_two_count(self) -> None:
        assert self.rung(date(2026, 11, 1)).a_week == 1.5

    def test_of_an_old_shop_half_a_year_counts(self) -> None:
        assert self.rung(date(2020, 1, 1)) == Rung((9.0, 9.0, 9.0), HALF_A_YEAR)

    def test_of_a_shop_of_today_nothing_is_known(self) -> None:
        assert self.rung(date(2026, 11, 16)).a_week == 0
