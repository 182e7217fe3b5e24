"""On the first day a shop's stock is new and its orders are two years old: what they sold is known."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from hotdash.base.clock import days_between
from hotdash.insights.forecasting.plan import read_demand
from hotdash.jobs.forecast import forecast_shop
from hotdash.storage.appdb.repositories.forecasts import StockList, StockPlanRecord, list_stock
from tests.fixtures.forecast_world import BADGE, CLAMP, HOSE, Row, forecast_rows
from tests.fixtures.marts import mart_row
from tests.fixtures.storefront import LAST_DAY, NOW, ROD, Storefront, publish_rows

SOLD_FROM = LAST_DAY - timedelta(days=120)
A_DAY = 4


def sold(number: int, item: int, day: date, units: int) -> Row:
    return mart_row(
        "fct_order_lines",
        shop_id=ROD,
        order_id=number,
        line_id=number,
        day=day,
        currency="USD",
        is_counted=True,
        variant_id=item + 100,
        units=units,
    )


@pytest.fixture
def planned(storefront: Storefront) -> dict[int, StockPlanRecord]:
    """Hoses sold four a day for four months, clamps once, a week ago; badges never."""
    rows = forecast_rows()
    rows["fct_inventory_days"] = [
        row for row in rows["fct_inventory_days"] if row["day"] == LAST_DAY
    ]
    for item in rows["fct_inventory"]:
        item["variant_id"] = item["inventory_item_id"] + 100
    lines = [(HOSE, day, A_DAY) for day in days_between(SOLD_FROM, LAST_DAY)]
    lines.append((CLAMP, LAST_DAY - timedelta(days=7), 1))
    rows["fct_order_lines"] = [
        sold(number, item, day, units) for number, (item, day, units) in enumerate(lines)
    ]
    read_at = NOW - timedelta(minutes=8)
    publish_rows(
        *(storefront.database, storefront.warehouse_home, storefront.clock, ROD, rows),
        as_of={"shopify": read_at},
    )
    forecast_shop(storefront.database, ROD, NOW)
    with storefront.database.jobs() as session:
        found = list_stock(session, ROD, StockList.ALL, limit=100)
    return {each.inventory_item_id: each for each in found}


def test_items_are_foretold_by_what_orders_told(planned: dict[int, StockPlanRecord]) -> None:
    """Forty left, four a day: ten days."""
    hose = planned[HOSE]
    assert hose.daily == Decimal("4")
    assert hose.expected_28d == Decimal("112")
    assert hose.out_on == LAST_DAY + timedelta(days=10)
    assert hose.is_warned


def test_of_what_was_hardly_seen_nothing_is_too_much(planned: dict[int, StockPlanRecord]) -> None:
    """900 clamps may be far too many; a week is too short to say so."""
    assert planned[CLAMP].overstock_units == 0
    assert planned[BADGE].overstock_units == 0


def test_days_on_which_it_was_out_are_no_days_without_demand(storefront: Storefront) -> None:
    """Read for two months and out for all but the last day; before that four a day were sold."""
    rows = forecast_rows()
    first = LAST_DAY - timedelta(days=60)
    rows["fct_inventory_days"] = [
        row | {"available": 0, "units_sold": 0} if row["day"] < LAST_DAY else row
        for row in rows["fct_inventory_days"]
        if row["inventory_item_id"] == HOSE and row["day"] >= first
    ]
    items = [{"inventory_item_id": HOSE}]
    for item in rows["fct_inventory"]:
        item["variant_id"] = item["inventory_item_id"] + 100
    rows["fct_order_lines"] = [
        sold(number, HOSE, day, A_DAY)
        for number, day in enumerate(days_between(SOLD_FROM, first - timedelta(days=1)))
    ]
    publish_rows(
        *(storefront.database, storefront.warehouse_home, storefront.clock, ROD, rows),
        as_of={"shopify": NOW - timedelta(minutes=8)},
    )
    with storefront.database.snapshot() as session:
        [known] = read_demand(session, ROD, items, LAST_DAY)
    assert np.nansum(known[:-1]) == A_DAY * 60
    assert np.isnan(known[-61:-1]).all()
