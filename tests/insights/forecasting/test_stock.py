import numpy as np
import pytest

from hotdash.insights.forecasting.demand import HORIZONS, DemandForecast, forecast_demand, ranges_of
from hotdash.insights.forecasting.demand_sum import (
    Sum,
    chance_to_reach,
    expected_short,
    quantile,
)
from hotdash.insights.forecasting.stock import (
    NEVER,
    StockOnHand,
    StockOutlook,
    stock_outlook,
    whole,
)

CHANCE = np.random.default_rng(6)
DEMAND = CHANCE.poisson(2.0, (200, 420)).astype(np.float64)


@pytest.fixture(scope="module")
def found() -> DemandForecast:
    return forecast_demand(DEMAND)


def outlook(found: DemandForecast, available: int, **given: int) -> StockOutlook:
    items = len(found.method)
    asked = {
        "incoming": 0,
        "lead_days": 14,
        "cover_days": 30,
        "overstock_days": 180,
        "pack_size": 1,
    }
    columns = {name: whole([value] * items) for name, value in (asked | given).items()}
    stock = StockOnHand(
        available=whole([available] * items), service=np.full(items, 0.95), **columns
    )
    return stock_outlook(found, ranges_of(found), stock)


def test_two_a_day_from_forty_last_twenty_days(found: DemandForecast):
    told = outlook(found, 40)
    assert np.median(told.lasts) == pytest.approx(20, abs=1)
    assert (told.earliest <= told.lasts).all()
    assert ((told.latest >= told.lasts) | (told.latest == NEVER)).all()
    assert np.median(told.earliest) < 20 < np.median(told.latest)


def test_the_chance_to_run_out_is_as_often_as_it_happens(found: DemandForecast):
    # Fourteen days of two a day: 28 on average, and 28 or more in 52.5 of 100 (Poisson).
    told = outlook(found, 28)
    happened = CHANCE.poisson(28.0, 100_000) >= 28
    assert told.run_out.mean() == pytest.approx(happened.mean(), abs=0.05)
    assert (outlook(found, 80).run_out < 0.001).all()
    assert (outlook(found, 5).run_out > 0.999).all()


def test_what_is_expected_to_be_missing(found: DemandForecast):
    # Of 28 asked for, 10 are there.
    assert outlook(found, 10).short.mean() == pytest.approx(18, abs=0.7)
    assert outlook(found, 0).short.mean() == pytest.approx(28, abs=0.7)
    assert (outlook(found, 100).short < 0.01).all()


def test_the_reorder_point_holds_nineteen_of_twenty_refills(found: DemandForecast):
    told = outlook(found, 100)
    asked = CHANCE.poisson(28.0, 5_000)
    held = asked[:, None] <= told.reorder_point
    assert held.mean() == pytest.approx(0.95, abs=0.03)


def test_an_order_is_whole_packs_up_to_what_lasts_for_the_cover(found: DemandForecast):
    told = outlook(found, 20, pack_size=12)
    assert (told.reorder_quantity % 12 == 0).all()
    after = 20 + told.reorder_quantity
    assert (after >= told.order_up_to).all()
    assert (after < told.order_up_to + 12).all()
    assert (told.order_up_to - told.reorder_point).mean() == pytest.approx(60, abs=2)


def test_what_is_on_its_way_is_not_ordered_again(found: DemandForecast):
    assert not outlook(found, 20, incoming=200).reorder_quantity.any()
    assert outlook(found, 20).reorder_quantity.all()


def test_what_lasts_beyond_enough_is_too_much(found: DemandForecast):
    # 180 days of two a day are 360.
    assert outlook(found, 500).overstock.mean() == pytest.approx(140, abs=12)
    assert not outlook(found, 200).overstock.any()


def test_an_empty_shelf_is_out_today(found: DemandForecast):
    told = outlook(found, -3)
    assert not told.lasts.any()
    assert (told.run_out == 1).all()


def test_what_nobody_asks_for_never_runs_out_and_is_not_ordered():
    nothing = forecast_demand(np.zeros((2, 300)))
    told = outlook(nothing, 5)
    assert told.lasts.tolist() == told.earliest.tolist() == [NEVER, NEVER]
    assert not told.run_out.any()
    assert not outlook(nothing, 0).reorder_quantity.any()
    assert told.overstock.tolist() == [5, 5]


def test_the_chance_falls_with_the_stock():
    within = Sum(np.full(30, 12.0), np.full(30, 30.0))
    chances = chance_to_reach(within, whole(range(30)))
    assert chances[0] == 1
    assert (np.diff(chances) <= 0).all()


def test_a_negative_binomial_by_hand():
    # Mean 2 and variance 4 are two halves: P(0) = .25, P(1) = 2 * .5^3 = .25, P(2) = 3 * .5^4 = .1875.
    within = Sum(np.full(4, 2.0), np.full(4, 4.0))
    assert chance_to_reach(within, whole([0, 1, 2, 3])).tolist() == pytest.approx(
        [1, 0.75, 0.5, 0.3125]
    )
    # Of none there two are missing; of one 2 - .75; of two .5 less; of three .3125 less.
    assert expected_short(within, whole([0, 1, 2, 3])).tolist() == pytest.approx(
        [2, 1.25, 0.75, 0.4375]
    )
    # None are enough in .25 of cases, one in .5, two in .6875, three in more.
    assert quantile(within, np.array([0.24, 0.49, 0.68, 0.69])).tolist() == [0, 1, 2, 3]


def test_what_chance_alone_asks_for_is_a_poisson_number():
    within = Sum(np.full(2, 28.0), np.full(2, 28.0))
    # P(X >= 28) = .5251 and P(X >= 36) = .0822 of a mean of 28.
    assert chance_to_reach(within, whole([28, 36])).tolist() == pytest.approx(
        [0.5251, 0.0822], abs=0.001
    )


def test_horizons_are_whole_weeks():
    assert all(horizon % 7 == 0 for horizon in HORIZONS)
