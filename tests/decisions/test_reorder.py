"""How bad a shortage is told to be, so that an answer holds near the reorder point."""

from datetime import date
from decimal import Decimal

import pytest

from hotdash.decisions.recommendations.rules.reorder import magnitude_of
from hotdash.storage.appdb.repositories.signals.found import Foretold
from hotdash.storage.appdb.repositories.signals.reading import StockSignal


def counted(*, sold: int, days: int, short: int, foretold: Foretold | None = None) -> StockSignal:
    return StockSignal(
        inventory_item_id=801,
        sku="HOSE-8",
        product_title=None,
        variant_title=None,
        supplier=None,
        as_of_day=date(2026, 11, 21),
        available=27,
        units_sold_56d=sold,
        days_in_stock_56d=days,
        lead_time_days=14,
        days_of_stock=13,
        reorder_quantity=60,
        units_short=short,
        money_at_risk=None,
        unit_cost=None,
        is_out_of_stock=False,
        foretold=foretold,
    )


def foretold(*, daily: str, short: str) -> Foretold:
    return Foretold(
        daily=Decimal(daily),
        out_on=None,
        out_earliest=None,
        out_latest=None,
        run_out=Decimal("0.6"),
        run_out_noticed=Decimal("0.8"),
        expected_short=Decimal(short),
        expected_loss=None,
        planned_quantity=24,
        order_cost=None,
        is_asked=True,
    )


@pytest.mark.parametrize(
    ("sold", "days", "short", "magnitude"),
    # Two a day are 14 in a week; five in 28 days are 1.25, and two in 28 half a piece.
    [(56, 28, 1, 14), (56, 28, 22, 22), (5, 28, 0, 1), (2, 28, 0, 1), (0, 0, 0, 1)],
)
def test_less_than_a_week_of_sales_counts_as_that_week(
    sold: int, days: int, short: int, magnitude: int
) -> None:
    assert magnitude_of(counted(sold=sold, days=days, short=short)) == magnitude


@pytest.mark.parametrize(
    ("daily", "short", "magnitude"),
    # 0.5 a day are 3.5 in a week, which is four whole pieces.
    [("2", "0.31", 14), ("2", "22.4", 22), ("0.5", "0.92", 4), ("0.05", "0.13", 1)],
)
def test_by_its_forecast_where_one_speaks(daily: str, short: str, magnitude: int) -> None:
    item = counted(sold=56, days=28, short=1, foretold=foretold(daily=daily, short=short))
    assert magnitude_of(item) == magnitude
