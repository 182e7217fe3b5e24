from datetime import date, timedelta

import numpy as np
import pytest

from hotdash.insights.forecasting.arrival import A_YEAR, PERIOD, arrival

LAST = date(2026, 11, 1)


def grown(rate: float, periods: int = 26, chance: float = 0.0) -> list[float]:
    noise = np.random.default_rng(1).normal(0, chance, periods) if chance else np.zeros(periods)
    return [
        100.0 * (1 + rate) ** number * float(np.exp(noise[number])) for number in range(periods)
    ]


def test_growth_without_chance_arrives_on_the_day_that_arithmetic_says():
    told = grown(0.02)
    # Thirteen periods grow by 1.02 each; the target is what they make nine periods on.
    target = sum(told[-A_YEAR:]) * 1.02**9 * 0.9999
    found = arrival(told, LAST, target, seed=1, is_reached=False)
    assert found is not None
    assert found.day == found.earliest == found.latest == LAST + timedelta(days=9 * PERIOD)
    assert found.share == 1
    assert found.rate == pytest.approx(0.02)
    assert found.knows_season


def test_a_season_is_no_growth():
    year = [100.0, 90, 80, 80, 90, 100, 110, 100, 90, 100, 160, 220, 140]
    found = arrival([*year, *year], LAST, 2 * sum(year), seed=1, is_reached=False)
    assert found is not None
    assert found.rate == pytest.approx(0)
    assert found.day is None
    assert found.share == 0


def test_chance_makes_a_range():
    told = grown(0.03, chance=0.08)
    found = arrival(told, LAST, 3 * sum(told[-A_YEAR:]), seed=1, is_reached=False)
    assert found is not None
    assert found.day is not None
    assert found.earliest is not None
    assert found.earliest < found.day
    assert found.latest is None or found.latest > found.day


def test_the_same_seed_is_the_same_future():
    told = grown(0.03, chance=0.08)
    asked = told, LAST, 3 * sum(told[-A_YEAR:])
    assert arrival(*asked, seed=5, is_reached=False) == arrival(*asked, seed=5, is_reached=False)
    assert arrival(*asked, seed=5, is_reached=False) != arrival(*asked, seed=6, is_reached=False)


def test_of_one_year_the_season_is_not_known():
    found = arrival(grown(0.02, periods=13), LAST, 1e9, seed=1, is_reached=False)
    assert found is not None
    assert not found.knows_season


def test_who_has_arrived_is_there():
    """Whoever knows 365 days says so: the thirteen periods, of 364, may still fall short of it."""
    told = grown(0.02)
    target = sum(told[-A_YEAR:]) + 1
    found = arrival(told, LAST, target, seed=1, is_reached=True)
    assert found is not None
    assert (found.day, found.latest, found.share) == (LAST, LAST, 1.0)
    not_yet = arrival(told, LAST, target, seed=1, is_reached=False)
    assert not_yet is not None
    assert not_yet.day is not None
    assert not_yet.day > LAST


def test_less_than_a_year_or_a_period_without_revenue_tells_no_date():
    assert arrival(grown(0.02, periods=12), LAST, 1e9, seed=1, is_reached=False) is None
    assert arrival([*grown(0.02), 0.0], LAST, 1e9, seed=1, is_reached=False) is None
