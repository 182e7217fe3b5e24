import numpy as np
import pytest

from hotdash.insights.forecasting.demand import (
    HORIZONS,
    METHODS,
    WINDOWS,
    DemandForecast,
    forecast_demand,
    ranges_of,
)

DAYS = 420


@pytest.fixture(scope="module")
def panel() -> np.ndarray:
    chance = np.random.default_rng(2)
    week = np.array([0.5, 0.5, 0.5, 0.5, 1.0, 2.0, 2.0])
    strong = chance.poisson(40 * np.resize(week, DAYS), (60, DAYS))
    rare = chance.poisson(0.08, (60, DAYS))
    fading = chance.poisson(np.where(np.arange(DAYS) < DAYS - 60, 2.0, 0.0), (30, DAYS))
    young = np.where(np.arange(DAYS) < DAYS - 40, np.nan, chance.poisson(3.0, (30, DAYS)))
    return np.vstack([strong, rare, fading, young]).astype(np.float64)


@pytest.fixture(scope="module")
def found(panel: np.ndarray) -> DemandForecast:
    return forecast_demand(panel)


STRONG, RARE, FADING, YOUNG = slice(0, 60), slice(60, 120), slice(120, 150), slice(150, 180)


def kept(found: DemandForecast, items: slice) -> list[str]:
    return [METHODS[each] for each in found.method[items]]


def test_a_week_that_repeats_itself_is_forecast_by_its_weekdays(found: DemandForecast):
    assert kept(found, STRONG).count("seasonal average") >= 57
    busiest = found.profile[STRONG].argmax(axis=1)
    # Day 420 is a whole number of weeks, so the sixth and seventh day are the busy ones.
    assert set(busiest.tolist()) <= {5, 6}
    assert found.mase[STRONG].mean() < 0.85


def test_what_is_rare_is_intermittent_and_its_rate_is_found(found: DemandForecast):
    assert found.intermittent[RARE].all()
    assert not found.intermittent[STRONG].any()
    assert found.expected(56)[RARE].mean() == pytest.approx(0.08 * 56, rel=0.15)
    assert found.rmsse[RARE].mean() < found.naive_rmsse[RARE].mean()


def test_never_noughts_although_their_absolute_error_is_the_least(found: DemandForecast):
    assert (found.expected(28)[RARE] > 0).all()


def test_what_nobody_buys_any_more_fades(found: DemandForecast):
    assert found.expected(28)[FADING].mean() < 28 * 0.2


def test_a_young_item_is_forecast_with_the_range_of_its_shop(found: DemandForecast):
    ranges = ranges_of(found)
    assert not ranges.is_own[YOUNG].any()
    assert ranges.is_own[STRONG].all()
    assert found.expected(28)[YOUNG].mean() == pytest.approx(3.0 * 28, rel=0.1)
    assert (ranges.low[YOUNG] < ranges.expected[YOUNG]).all()
    assert (ranges.high[YOUNG] > ranges.expected[YOUNG]).all()


def test_eight_of_ten_sums_lay_within_their_range(found: DemandForecast):
    for each in ranges_of(found).pooled[:3]:
        assert each.coverage is not None
        assert 0.75 <= each.coverage <= 0.87


def test_days_without_stock_do_not_count_as_days_without_demand(panel: np.ndarray):
    sold_out = panel[STRONG].copy()
    sold_out[:, -21:-7] = 0.0
    unknown = panel[STRONG].copy()
    unknown[:, -21:-7] = np.nan
    told, censored = forecast_demand(panel[STRONG]), forecast_demand(unknown)
    assert censored.expected(28).mean() == pytest.approx(told.expected(28).mean(), rel=0.05)
    assert forecast_demand(sold_out).expected(28).mean() < 0.9 * told.expected(28).mean()


def test_what_was_told_before_a_day_is_the_same_whatever_came_then(panel: np.ndarray):
    known, changed = panel[:120], panel[:120].copy()
    day = DAYS - 70
    changed[:, day:] = np.random.default_rng(3).poisson(9.0, changed[:, day:].shape)
    before, after = forecast_demand(known), forecast_demand(changed)
    for place, horizon in enumerate(HORIZONS):
        # The newest window begins so many whole weeks before the end that its days are over.
        ends = DAYS - 7 * np.arange(WINDOWS - 1, -1, -1) - horizon
        was_told = np.append(ends <= day, False)
        was_over = ends + horizon <= day
        assert was_told.any()
        assert np.array_equal(
            before.foretold[:, place, was_told], after.foretold[:, place, was_told], equal_nan=True
        )
        assert np.array_equal(
            before.errors[:, place, was_over], after.errors[:, place, was_over], equal_nan=True
        )


def test_the_same_past_gives_the_same_forecast(panel: np.ndarray, found: DemandForecast):
    again = forecast_demand(panel)
    for name in DemandForecast.__slots__:
        assert np.array_equal(getattr(again, name), getattr(found, name), equal_nan=True)


def test_a_shop_of_ten_weeks_has_a_forecast_and_a_range():
    demand = np.random.default_rng(1).poisson(2.0, (5, 70)).astype(np.float64)
    found = forecast_demand(demand)
    ranges = ranges_of(found)
    assert found.windows.tolist() == [2] * 5
    assert np.isfinite(ranges.high).all()
    assert ranges.pooled[0].coverage is None


def test_a_shop_without_items_or_days_has_none():
    for shape in ((0, 300), (3, 0)):
        found = forecast_demand(np.empty(shape))
        ranges = ranges_of(found)
        assert ranges.expected.shape == (shape[0], len(HORIZONS))
        assert not ranges.expected.any()
