"""The unusual day, by hand and by properties."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.base.robust import mean_before, median, robust_z, sigma_before

DAY = date(2026, 11, 2)


def weeks(*values: int, last: int) -> dict[date, Decimal]:
    """So many whole weeks before the day, the newest first, each with one value; then the day."""
    before = {
        DAY - timedelta(days=7 * week + number): Decimal(value)
        for week, value in enumerate(values)
        for number in range(1, 8)
    }
    return before | {DAY: Decimal(last)}


def z_of(days: dict[date, Decimal], **more: bool) -> Decimal:
    found = robust_z(days, DAY, **more)
    assert found is not None
    return round(found.z, 4)


def test_without_noise_the_least_spread_holds() -> None:
    """ln(10 / 100) / 0.05."""
    assert z_of(weeks(*[99] * 8, last=9)) == Decimal("-46.0517")


def test_a_count_has_the_chance_of_its_square_root() -> None:
    """ln(10 / 100) / (1 / sqrt(100))."""
    assert z_of(weeks(*[99] * 8, last=9), counted=True) == Decimal("-23.0259")


def test_residuals_are_measured_in_their_own_median_deviation() -> None:
    """Weeks of 99 and 399: usual is ln 200, every residual ln 2, and 799 is ln 4 away: 2 / 1.4826."""
    noisy = [99, 399] * 4
    assert z_of(weeks(*noisy, last=199)) == 0
    assert z_of(weeks(*noisy, last=799)) == Decimal("1.3490")


def test_usual_is_the_median_of_the_weekday() -> None:
    found = robust_z(weeks(*[99] * 8, last=9), DAY)
    assert found is not None
    assert (found.usual, found.value) == (99, 9)


def test_a_quiet_weekday_is_not_held_against_the_others() -> None:
    sundays_closed = {
        day: Decimal(0) if day.weekday() == DAY.weekday() else value
        for day, value in weeks(*[99] * 8, last=0).items()
    }
    assert z_of(sundays_closed, counted=True) == 0
    assert robust_z(sundays_closed, DAY) is None


@pytest.mark.parametrize("count", [3, 0])
def test_a_short_past_judges_nothing(count: int) -> None:
    assert robust_z(weeks(*[99] * count, last=9), DAY) is None


def test_a_day_that_was_not_told_is_not_judged() -> None:
    days = weeks(*[99] * 8, last=9)
    del days[DAY]
    assert robust_z(days, DAY) is None


def test_excluded_days_teach_nothing() -> None:
    days = weeks(99, 0, 0, 0, 99, 99, 99, 99, last=9)
    odd = frozenset(day for day, value in days.items() if value == 0)
    found = robust_z(days, DAY, odd)
    assert found is not None
    assert round(found.z, 4) == Decimal("-46.0517")


def _random(seed: int) -> dict[date, Decimal]:
    chance = Random(seed)
    return {
        DAY - timedelta(days=back): Decimal(int(10 ** chance.uniform(0, 6))) for back in range(57)
    }


series = st.integers(0, 2**32).map(_random)
quickly = settings(max_examples=25)


@quickly
@given(series, st.integers(0, 10**9))
def test_more_is_never_less_unusual_upwards(days: dict[date, Decimal], other: int) -> None:
    here, there = robust_z(days, DAY), robust_z(days | {DAY: Decimal(other)}, DAY)
    assert here is not None
    assert there is not None
    assert (here.z <= there.z) == (days[DAY] <= other) or here.z == there.z


@quickly
@given(series, st.integers(0, 10**9))
def test_the_day_itself_is_not_in_its_baseline(days: dict[date, Decimal], other: int) -> None:
    here, there = robust_z(days, DAY), robust_z(days | {DAY: Decimal(other)}, DAY)
    assert here is not None
    assert there is not None
    assert here.usual == there.usual


@quickly
@given(series, st.integers(1, 56), st.integers(0, 10**9))
def test_a_labelled_day_may_hold_whatever_it_likes(
    days: dict[date, Decimal], back: int, other: int
) -> None:
    labelled = frozenset({DAY - timedelta(days=back)})
    changed = days | dict.fromkeys(labelled, Decimal(other))
    assert robust_z(days, DAY, labelled) == robust_z(changed, DAY, labelled)


@quickly
@given(st.integers(0, 10**9))
def test_one_odd_day_bends_nothing(odd: int) -> None:
    days = weeks(*[99] * 8, last=9) | {DAY - timedelta(days=7): Decimal(odd)}
    assert z_of(days) == Decimal("-46.0517")


def test_median_of_an_even_number_lies_between() -> None:
    assert median([Decimal(value) for value in (4, 1, 3, 2)]) == Decimal("2.5")
    assert median([Decimal(value) for value in (9, 1, 3)]) == 3


def test_mean_and_sigma_of_the_days_before() -> None:
    """90 and 110 in turn for 28 days: squares 2800, over 27, root 10.1835."""
    days = {
        DAY - timedelta(days=back): Decimal(110 if back % 2 else 90) for back in range(1, 29)
    } | {DAY: Decimal(1000)}
    sigma = sigma_before(days, DAY, 28)
    assert sigma is not None
    assert (mean_before(days, DAY, 28), round(sigma, 4)) == (100, Decimal("10.1835"))


def test_half_a_past_is_no_mean() -> None:
    days = {DAY - timedelta(days=back): Decimal(1) for back in range(1, 14)}
    assert mean_before(days, DAY, 28) is None
    assert mean_before(days, DAY, 26) == 1
