"""A step against its weeks: what it may rest on, and what it must not."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.insights.anomalies.judge import Level, Limits, Method, Seen, level_of, see
from hotdash.insights.anomalies.series import Grain, Series, day_step, hour_step, moment_of

MONDAY = day_step(date(2026, 6, 1))
DAYS = 70
JUDGED = MONDAY + DAYS - 1
WEEK = (1.1, 1.0, 0.9, 1.0, 1.0, 1.3, 0.7)


def amounts(seed: int, noise: float = 0.1, size: float = 1_000.0) -> Series:
    chance = Random(seed)
    known = {
        MONDAY + day: size * WEEK[day % 7] * (1 + chance.gauss(0, noise)) for day in range(DAYS)
    }
    return Series("revenue", known)


def with_value(series: Series, step: int, value: float) -> Series:
    return replace(series, known={**series.known, step: value})


def seen(series: Series, step: int = JUDGED) -> Seen:
    found = see(series, step)
    assert found is not None
    return found


@given(seed=st.integers(0, 999), value=st.floats(0, 1e6))
@settings(max_examples=30)
def test_the_judged_step_is_never_in_its_own_baseline(seed: int, value: float) -> None:
    series = amounts(seed)

    one, other = seen(series), seen(with_value(series, JUDGED, value))

    assert (one.expected, one.low, one.high) == (other.expected, other.low, other.high)


@given(seed=st.integers(0, 999), times=st.sampled_from([0.01, 0.5, 3.0, 150.0]))
@settings(max_examples=30)
def test_a_currency_with_smaller_units_judges_the_same(seed: int, times: float) -> None:
    series = amounts(seed)
    larger = replace(series, known={step: times * each for step, each in series.known.items()})

    assert seen(larger).z == pytest.approx(seen(series).z, rel=1e-6)
    assert seen(larger).expected == pytest.approx(times * seen(series).expected, rel=1e-6)


@given(seed=st.integers(0, 999), low=st.floats(0, 900), more=st.floats(1, 5_000))
@settings(max_examples=30)
def test_more_is_never_less_unusual_upwards(seed: int, low: float, more: float) -> None:
    series = amounts(seed)

    smaller = seen(with_value(series, JUDGED, low))
    larger = seen(with_value(series, JUDGED, low + more))

    assert smaller.z < larger.z


@given(seed=st.integers(0, 999), back=st.integers(1, 56), value=st.floats(0, 1e7))
@settings(max_examples=30)
def test_a_labelled_incident_tells_nothing_of_other_days(
    seed: int, back: int, value: float
) -> None:
    series = replace(amounts(seed), labelled=frozenset({JUDGED - back}))

    assert seen(series) == seen(with_value(series, JUDGED - back, value))


def test_what_comes_later_is_not_known() -> None:
    series = amounts(4)
    early = replace(
        series, known={step: each for step, each in series.known.items() if step < JUDGED - 3}
    )

    assert see(series, JUDGED - 4) == see(early, JUDGED - 4)


def test_a_day_70_percent_down_is_an_alert_and_an_ordinary_one_is_none() -> None:
    series = amounts(1)
    usual = seen(series).expected

    assert level_of(seen(with_value(series, JUDGED, 0.3 * usual)), Limits()) is Level.ALERT
    assert level_of(seen(with_value(series, JUDGED, 1.02 * usual)), Limits()) is None


def test_a_trend_is_followed() -> None:
    """4% a week: after eight weeks the plain median of a weekday would lie 16% behind."""
    known = {MONDAY + day: 1_000 * WEEK[day % 7] * 1.04 ** (day / 7) for day in range(DAYS)}

    assert seen(Series("revenue", known)).expected == pytest.approx(known[JUDGED], rel=0.005)


def test_four_weeks_of_a_weekday_are_the_least() -> None:
    known = dict.fromkeys(range(JUDGED - 28, JUDGED + 1), 5_000.0)

    assert see(Series("revenue", known), JUDGED) is not None
    del known[JUDGED - 28]
    assert see(Series("revenue", known), JUDGED) is None
    assert see(Series("revenue", known), JUDGED + 1) is None


def test_what_goes_below_nought_is_judged_by_its_distance() -> None:
    chance = Random(3)
    known = {MONDAY + day: chance.gauss(0, 10) for day in range(DAYS)}

    found = seen(Series("net", {**known, JUDGED: -90.0}))

    assert found.method is Method.DISTANCE
    assert found.z < -4


def test_without_the_second_opinion_nothing_is_told() -> None:
    """Six of 56 days stray farther than the judged one, so it lies within nine tenths of them."""
    chance = Random(6)
    known = {MONDAY + day: 1_000 * (1 + chance.gauss(0, 0.05)) for day in range(DAYS)}
    for back in (9, 15, 17, 25, 33, 41):
        known[JUDGED - back] = 300.0
    known[JUDGED] = 600.0

    found = seen(Series("revenue", known))

    assert found.z < -4
    assert not found.is_beyond_bounds
    assert level_of(found, Limits()) is None


def test_amounts_that_are_usually_nothing_are_not_calm() -> None:
    """Refunds on two of three days: 300 again is as usual, 6,000 is not."""
    chance = Random(8)
    known = {
        MONDAY + day: chance.uniform(100, 400) if chance.random() < 0.65 else 0.0
        for day in range(DAYS)
    }
    series = Series("refunds", known)

    assert level_of(seen(with_value(series, JUDGED, 300.0)), Limits()) is None
    assert level_of(seen(with_value(series, JUDGED, 0.0)), Limits()) is None
    assert level_of(seen(with_value(series, JUDGED, 6_000.0)), Limits()) is Level.ALERT


def test_a_change_smaller_than_the_metric_asks_for_is_no_news() -> None:
    series = amounts(1)
    struck = seen(with_value(series, JUDGED, 0.5 * seen(series).expected))

    assert level_of(struck, Limits()) is Level.ALERT
    assert level_of(struck, Limits(least_share=0.6)) is None


class TestHolidays:
    def test_it_is_judged_by_the_same_day_of_last_year(self) -> None:
        """Last year's stood at 40% of its weekday: 400 is what it should be, 1,000 is four sigma above."""
        chance = Random(9)
        known = {MONDAY + day: 1_000 * (1 + chance.gauss(0, 0.05)) for day in range(-400, DAYS)}
        before = JUDGED - 364
        known[before] = 400.0
        series = replace(Series("revenue", known), holidays={JUDGED: before, before: None})

        assert seen(with_value(series, JUDGED, 400.0)).expected == pytest.approx(400, rel=0.08)
        assert level_of(seen(with_value(series, JUDGED, 400.0)), Limits()) is None
        assert level_of(seen(with_value(series, JUDGED, 1_000.0)), Limits()) is Level.ALERT

    def test_one_that_was_never_seen_wakes_nobody(self) -> None:
        series = replace(amounts(1), holidays={JUDGED: None})

        found = seen(with_value(series, JUDGED, 100.0))

        assert found.is_unsure
        assert level_of(found, Limits()) is Level.DIGEST

    def test_it_tells_nothing_of_other_days(self) -> None:
        series = replace(amounts(1), holidays={JUDGED - 7: None})

        assert seen(series) == seen(with_value(series, JUDGED - 7, 9e9))


class TestHours:
    def test_an_hour_is_compared_with_that_hour_of_the_week(self) -> None:
        """Nights bring 40 and days 400: 40 at noon is missing orders, at night it is not."""
        chance = Random(2)
        first = MONDAY * 24
        known = {
            first + hour: float(
                round((400 if 8 <= hour % 24 < 22 else 40) * chance.uniform(0.9, 1.1))
            )
            for hour in range(70 * 24)
        }
        noon, night = first + 69 * 24 + 12, first + 69 * 24 + 3
        series = Series("orders", {**known, noon: 40.0, night: 40.0}, Grain.HOUR, counted=True)

        assert level_of(seen(series, noon), Limits()) is Level.ALERT
        assert level_of(seen(series, night), Limits()) is None

    def test_a_step_is_an_hour_of_the_clock_on_the_wall(self) -> None:
        at = moment_of(hour_step(moment_of(MONDAY * 24 + 17, Grain.HOUR)), Grain.HOUR)

        assert (at.date(), at.hour) == (date(2026, 6, 1), 17)


class TestShares:
    def share(self, out_of: float, value: float) -> Seen:
        """Nine of ten parcels arrive in time, give or take."""
        chance = Random(5)
        known = {MONDAY + day: 0.9 + chance.uniform(-0.05, 0.05) for day in range(DAYS)}
        series = Series("on_time_rate", {**known, JUDGED: value}, out_of={JUDGED: out_of})
        return seen(series)

    def test_two_parcels_of_which_one_was_late_are_no_news(self) -> None:
        assert level_of(self.share(2, 0.5), Limits()) is None

    def test_a_hundred_of_which_half_were_late_are(self) -> None:
        assert level_of(self.share(100, 0.5), Limits()) is Level.ALERT


def test_amounts_that_are_nothing_on_most_days_are_not_judged() -> None:
    known = {MONDAY + day: 500.0 if day % 9 == 0 else 0.0 for day in range(DAYS)}

    assert see(Series("refunds", {**known, JUDGED: 9_000.0}), JUDGED) is None
