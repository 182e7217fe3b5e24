"""What a whole simulated history sold, against the vendor's own report of it: 0.00 apart on every day."""

from datetime import date

import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Rows, SliceDays
from hotdash.connectors.shopify.tables import SALES_REPORT_DAYS
from tests.fixtures.raw_orders import Row
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.simulator import Connecting
from tests.fixtures.warehouses import BuiltWarehouse

SHOPS = ("hot-rod-an", "kanto-garage", "nordkurve-teile")


def tell(connecting: Connecting, world: RawWorld, shop_id: str) -> set[date]:
    """A first read through the real connector; the days of the report it brought."""
    told: dict[str, list[Row]] = {}
    days: set[date] = set()
    for event in connecting.connector(shop_id).read(None, SilentProgress()):
        if isinstance(event, Rows):
            told.setdefault(event.table.name, []).extend(event.data.to_pylist())
        if isinstance(event, SliceDays) and event.table == SALES_REPORT_DAYS:
            days |= set(event.days)
    report = told.pop(SALES_REPORT_DAYS.name)
    world.tell(shop_id, "shopify", told)
    world.slices(shop_id, "shopify", {SALES_REPORT_DAYS.name: report}, days=sorted(days))
    return days


@pytest.mark.law(9)
def test_our_lines_are_those_of_the_report(
    built_duckdb: BuiltWarehouse, connecting: Connecting
) -> None:
    world = built_duckdb.new_world()
    told = {shop_id: tell(connecting, world, shop_id) for shop_id in SHOPS}
    built_duckdb.build()
    rows = built_duckdb.rows(
        "select shop_id, count(distinct day) as days, sum(abs(theirs)) as told,"
        " count(*) filter (where difference <> 0 or difference is null) as apart,"
        " sum(case when line = 'returns' then -theirs else 0 end) as given_back"
        " from marts.fct_sales_reconciliation group by shop_id order by shop_id"
    )
    assert [row["shop_id"] for row in rows] == sorted(SHOPS)
    for row in rows:
        assert row["days"] == len(told[row["shop_id"]])
        assert row["told"] > row["given_back"] > 0, "nothing was given back, so little was compared"
        assert row["apart"] == 0, row["shop_id"]
    found = {(finding.check, finding.shop_id) for finding in built_duckdb.ask().findings}
    assert found == {("revenue_refund_day_below_zero", shop_id) for shop_id in SHOPS}
