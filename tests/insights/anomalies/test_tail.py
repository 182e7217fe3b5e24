"""The tails of small counts against figures reckoned by hand, and that chances are chances."""

import itertools
from math import exp
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.insights.anomalies.judge import Level, Limits, Method, level_of, see
from hotdash.insights.anomalies.series import Series
from hotdash.insights.anomalies.tail import CountBaseline, count_baselines, is_small, surprise

NORMAL = NormalDist()


def test_none_where_three_are_usual() -> None:
    """Poisson of 3 gives e^-3 = 4.98% to none; half of it is the middle of its tail: -1.96."""
    assert surprise(0, CountBaseline(3.0, 1.0)) == pytest.approx(NORMAL.inv_cdf(exp(-3) / 2))
    assert surprise(0, CountBaseline(3.0, 1.0)) == pytest.approx(-1.962, abs=0.001)


def test_none_of_crowded_counts_is_less_of_a_surprise() -> None:
    """Negative binomial of mean 3, variance 6: size 3, none at all with 2^-3 = 12.5%."""
    assert surprise(0, CountBaseline(3.0, 2.0)) == pytest.approx(NORMAL.inv_cdf(0.0625))


@given(mean=st.floats(0.05, 29), crowded=st.floats(1, 6))
@settings(max_examples=60)
def test_all_chances_together_are_one(mean: float, crowded: float) -> None:
    """Steps of the middle-tail chances: they rise from nought to one and never fall."""
    told = CountBaseline(mean, crowded)
    chances = [NORMAL.cdf(surprise(count, told)) for count in range(600)]

    assert all(one <= other + 1e-12 for one, other in itertools.pairwise(chances))
    assert chances[-1] == pytest.approx(1.0, abs=1e-6)


@given(mean=st.floats(0.05, 29), count=st.integers(0, 60))
@settings(max_examples=60)
def test_hardly_crowded_counts_are_poisson(mean: float, count: int) -> None:
    assert surprise(count, CountBaseline(mean, 1 + 1e-6)) == pytest.approx(
        surprise(count, CountBaseline(mean, 1.0)), abs=0.02
    )


def test_a_day_without_any_is_nothing_where_one_is_usual() -> None:
    known = {day: float((1, 0, 2, 1, 0, 1, 3)[day % 7]) for day in range(700, 770)} | {770: 0.0}

    found = see(Series("refunds", known, counted=True), 770)

    assert found is not None
    assert found.method is Method.COUNT
    assert level_of(found, Limits()) is None


def test_forty_where_four_are_usual_is_an_alert() -> None:
    known = {day: float((4, 3, 5, 4, 6, 2, 4)[day % 7]) for day in range(700, 770)} | {770: 40.0}

    found = see(Series("orders", known, counted=True), 770)

    assert found is not None
    assert level_of(found, Limits()) is Level.ALERT
    assert 3 < found.expected < 5


def test_one_odd_day_does_not_excuse_the_next() -> None:
    """Fifty where four are usual would make the variance that of a crowd; it is left out of it."""
    week = (4.0, 3.0, 5.0, 4.0, 6.0, 2.0, 4.0)
    by_place = {place: [count] * 8 for place, count in enumerate(week)}
    by_place[6][-1] = 50.0

    told = count_baselines(by_place)[0]

    assert told.crowded == pytest.approx(1.0, abs=0.3)
    assert 3 < told.mean < 5


@pytest.mark.parametrize(
    ("counts", "small"), [([3.0, 4.0], True), ([31.0, 30.0], False), ([3.0, 4.5], False)]
)
def test_only_small_whole_counts_have_a_tail(counts: list[float], small: bool) -> None:
    assert is_small(counts) is small
