import numpy as np

from hotdash.insights.forecasting.series import (
    HORIZON,
    METHODS,
    NAIVE,
    forecast_series,
    seasonal_average,
    seasonal_naive,
)

WEEK = np.array([100.0, 80, 80, 90, 110, 160, 140])
PLAIN = {"seasonal average": seasonal_average, NAIVE: seasonal_naive}


def test_weekdays_by_hand():
    assert seasonal_average(np.array([1.0, 2, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7, 8, 9]), 8).tolist() == [
        *[2, 3, 4, 5, 6, 7, 8],
        2,
    ]
    assert seasonal_naive(np.arange(9.0), 8).tolist() == [2, 3, 4, 5, 6, 7, 8, 2]


def test_a_week_that_only_repeats_itself_is_foretold_without_error():
    found = forecast_series(np.resize(WEEK, 365), PLAIN)
    assert found is not None
    # 365 days are 52 weeks and a day.
    assert found.values.tolist() == np.resize(np.roll(WEEK, -1), HORIZON).tolist()
    assert found.sums[0].value == WEEK.sum()
    assert found.sums[0].low == found.sums[0].high == WEEK.sum()
    # Repeating last week errs by nothing, so there is nothing to measure by.
    assert found.naive_mase is None


def test_all_four_methods_are_tried_and_the_least_error_is_kept():
    chance = np.random.default_rng(8)
    noisy = np.resize(WEEK, 300) * np.exp(chance.normal(0, 0.15, 300))
    found = forecast_series(noisy)
    assert found is not None
    assert tuple(score.method for score in found.scores) == METHODS
    least = min(score.mase for score in found.scores if score.mase is not None)
    assert {score.method: score.mase for score in found.scores}[found.method] == least
    assert found.naive_mase is not None
    assert least < found.naive_mase
    assert np.abs(found.values / np.resize(np.roll(WEEK, -300 % 7), HORIZON) - 1).max() < 0.15


def test_eight_of_ten_days_lay_within_their_range():
    chance = np.random.default_rng(9)
    told = [
        forecast_series(np.resize(WEEK, 500) * np.exp(chance.normal(0, 0.2, 500)), PLAIN)
        for _ in range(10)
    ]
    coverage = [each.coverage for each in told if each is not None and each.coverage is not None]
    assert len(coverage) == 10
    assert 0.75 <= np.mean(coverage) <= 0.85


def test_few_windows_tell_a_forecast_without_a_range():
    found = forecast_series(np.resize(WEEK, 120), PLAIN)
    assert found is not None
    assert found.windows == 6
    assert found.low is None
    assert found.sums[0].low is None
    assert found.coverage is None


def test_too_few_days_tell_nothing():
    assert forecast_series(np.resize(WEEK, 55), PLAIN) is None
    assert forecast_series(np.full(300, np.nan), PLAIN) is None


def test_an_unknown_day_judges_nobody():
    values = np.resize(WEEK, 400)
    values[[50, 390]] = np.nan
    found = forecast_series(values, PLAIN)
    assert found is not None
    assert found.sums[0].value == WEEK.sum()


def test_a_shop_without_sales_is_foretold_none():
    found = forecast_series(np.zeros(200))
    assert found is not None
    assert not found.values.any()
    assert found.sums[1].high == 0
