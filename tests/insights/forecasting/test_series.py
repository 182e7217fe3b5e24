import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as drawn

from hotdash.insights.forecasting.series import (
    HORIZON,
    METHODS,
    NAIVE,
    Floats,
    Method,
    forecast_series,
    seasonal_average,
    seasonal_naive,
)

WEEK = np.array([100.0, 80, 80, 90, 110, 160, 140])
PLAIN = {"seasonal average": seasonal_average, NAIVE: seasonal_naive}


def flat(level: float) -> Method:
    return lambda _, days: np.full(days, level)


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


def test_a_range_of_four_weeks_from_few_windows_holds():
    """Ten windows that share their days say as much as four: their widest error is no tenth."""
    chance = np.random.default_rng(12)
    held = 0
    for _ in range(300):
        days = np.exp(np.cumsum(chance.normal(0, 0.02, 175))) * np.exp(chance.normal(0, 0.1, 175))
        found = forecast_series(days[:147], {NAIVE: seasonal_naive})
        assert found is not None
        month = found.sums[1]
        assert month.low is not None
        assert month.high is not None
        held += month.low <= days[147:].sum() <= month.high
    assert 0.75 <= held / 300 <= 0.87


def test_a_choice_is_judged_by_windows_that_had_no_part_in_it():
    """Tens, and from day 203 on forties; the first eight weeks differ by 7, which errors are measured by."""
    values = np.where(np.arange(357) < 203, 10.0, 40.0)
    values[:56] += np.repeat([0.0, 7.0] * 4, 7)
    found = forecast_series(values, {"ten": flat(10.0), "forty": flat(40.0)})
    assert found is not None
    # Forty windows begin on day 56, 63 ... 329: 18 see tens, three see 7, 14 and 21 forties, 19 see forties.
    # "Forty" errs in 18 + 1.5 of them, "ten" in 19 + 1.5, both by 30; their mean by 15 in all forty.
    assert found.method == "forty"
    assert {each.method: each.mase for each in found.scores}["forty"] == pytest.approx(
        30 * 19.5 / 40 / 7
    )
    # Before none of them had "forty" been the better one: "ten" was told in all 33 that came after four others.
    assert found.proven.windows == 33
    assert found.proven.mase == pytest.approx(30 * 20.5 / 33 / 7)
    # Last week repeated is wrong on 7, 14, 21 and 28 days of four windows.
    assert found.proven.naive_mase == pytest.approx(30 * 2.5 / 33 / 7)


@settings(max_examples=40)
@given(
    drawn.arrays(
        np.float64, st.integers(90, 160), elements=st.floats(1, 9) | st.just(float("nan"))
    ),
    st.integers(56, 89),
    st.floats(10, 99),
)
def test_no_origin_learns_of_a_later_day(values: Floats, day: int, later: float):
    """Whatever is filled in: a forecast that knows the days before `day` is the same whatever comes then."""
    values[0] = 5.0

    def learnt(given: Floats) -> dict[int, bytes]:
        seen: dict[int, bytes] = {}

        def remember(known: Floats, days: int) -> Floats:
            seen[len(known)] = known.tobytes()
            return seasonal_average(known, days)

        forecast_series(given, {"seasonal average": remember})
        return {length: each for length, each in seen.items() if length <= day}

    changed = values.copy()
    changed[day:] = later
    assert learnt(changed) == learnt(values)


def test_a_gap_in_the_first_week_is_filled_from_the_day_before_it():
    seen: list[Floats] = []

    def remember(known: Floats, days: int) -> Floats:
        seen.append(known)
        return seasonal_average(known, days)

    values = np.resize(WEEK, 100)
    values[[0, 1, 4, 11]] = np.nan
    forecast_series(values, {"seasonal average": remember})
    # It begins with its first known day; its third is as its second, a week later as that.
    assert seen[-1][:3].tolist() == [80, 90, 90]
    assert seen[-1][9] == 90
    assert not np.isnan(seen[-1]).any()


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
