"""Days whose ads were not read are unknown, from the first build on, and no build forgets to say so."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hotdash.insights.metrics.registry import registry
from hotdash.pipeline.transform.build import BuildMode
from tests.fixtures.raw_orders import Line, Order, Product, Row
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.touches import before, tell_journey, visit
from tests.fixtures.warehouses import BuiltWarehouse

SHOP, WITHOUT_ADS = "spender", "thrifty"
PARTS = [Product(1, cost="30.00")]
MARTS = ("fct_roas", "fct_margins", "fct_cac")


def orders(*days: int) -> list[Order]:
    return [
        Order(
            day, f"2026-03-{day:02d}T12:00Z", [Line(day, "100.00", product_id=1)], customer_id=day
        )
        for day in days
    ]


def tell_ads(
    world: RawWorld,
    platform: str,
    days: Sequence[int],
    spend: dict[int, str] | None = None,
    name: str = "Spring",
) -> None:
    """A day without spend was read, and had none."""
    cost = "spend" if platform == "meta_ads" else "cost"
    rows: list[Row] = [
        {
            "day": date(2026, 3, day),
            "campaign_id": 1,
            "campaign_name": name,
            "currency": "USD",
            cost: Decimal(amount),
        }
        for day, amount in (spend or {}).items()
    ]
    read = [date(2026, 3, day) for day in days]
    world.slices(SHOP, platform, {f"{platform}_campaign_days": rows}, days=read)


def spend_by_day(built: BuiltWarehouse, mart: str, column: str) -> dict[int, str | None]:
    found = built.rows(
        f"select day, {column} as spend from marts.{mart} where shop_id = '{SHOP}' order by day"
    )
    days: dict[int, str | None] = {}
    for row in found:
        told = row["spend"]
        before = days.get(row["day"].day, "0")
        unknown = told is None or before is None
        days[row["day"].day] = None if unknown else str(int(told) + int(before or 0))
    return days


def all_days(built: BuiltWarehouse) -> list[dict[int, str | None]]:
    columns = {"fct_margins": "ad_spend"}
    return [spend_by_day(built, mart, columns.get(mart, "spend")) for mart in MARTS]


def contributions(built: BuiltWarehouse, shop_id: str) -> dict[int, Decimal | None]:
    """By day, as the definition makes it of the mart's components."""
    metric = registry().get("contribution")
    found: dict[int, Decimal | None] = {}
    for row in built.rows(f"select * from marts.fct_margins where shop_id = '{shop_id}'"):
        components = {name: row[name] for name in metric.components}
        is_known = None not in components.values()
        found[row["day"].day] = metric.evaluate(components) if is_known else None
    return found


def marts(built: BuiltWarehouse) -> dict[str, list[dict[str, Any]]]:
    return {
        mart: sorted(built.rows(f"select * from marts.{mart} where shop_id = '{SHOP}'"), key=str)
        for mart in (*MARTS, "fct_ad_spend")
    }


@pytest.mark.law(4)
@pytest.mark.law(10)
def test_what_was_not_read_is_unknown_after_every_build(built_duckdb: BuiltWarehouse) -> None:
    built = built_duckdb
    world = built.new_world()
    world.shop(SHOP, "UTC", "USD")
    world.load(SHOP, orders(1, 3), products=PARTS)
    world.shop(WITHOUT_ADS, "UTC", "USD")
    world.load(WITHOUT_ADS, orders(1, 3), products=PARTS)
    world.policy(WITHOUT_ADS, "no_ads_bought", "anywhere", "2026-03-02")
    built.build()
    nothing_known = dict.fromkeys((1, 2, 3))
    assert all_days(built) == 3 * [nothing_known], "no source: neither on days without an order"
    # Sold for 100.00 what cost 30.00, and since the second it buys no ads.
    assert contributions(built, WITHOUT_ADS) == {1: None, 3: 70}

    # Meta is read from the second on: 12.00 on the second, nothing on the third.
    tell_ads(world, "meta_ads", [2, 3], {2: "12"})
    built.build()
    assert all_days(built) == 3 * [{1: None, 2: "12", 3: "0"}]

    # An order of the sixth: of the fourth to the sixth nobody has read the ads.
    world.load(SHOP, orders(6))
    assert built.build().mode is BuildMode.INCREMENTAL
    longer = {1: None, 2: "12", 3: "0", 4: None, 5: None, 6: None}
    assert all_days(built) == 3 * [longer]

    # Google is connected, and was read for the third and the fourth alone.
    tell_ads(world, "google_ads", [3, 4], {3: "5"})
    tell_ads(world, "meta_ads", [4, 5, 6])
    assert built.build().mode is BuildMode.INCREMENTAL
    both = {1: None, 2: None, 3: "5", 4: "0", 5: None, 6: None}
    found = all_days(built)
    # Without a counted order a day of no ads has no row where there is nothing else to say.
    assert [{day: spend for day, spend in each.items() if day != 4} for each in found] == 3 * [
        {day: spend for day, spend in both.items() if day != 4}
    ]
    assert [each.get(4, "0") for each in found] == 3 * ["0"]
    step_by_step = marts(built)
    built.build(BuildMode.FULL)
    assert marts(built) == step_by_step

    # Google is disconnected, and nothing is bought there since the fifth.
    world.policy(SHOP, "no_ads_bought", "google", "2026-03-05")
    assert built.build().mode is BuildMode.FULL
    said = both | {5: "0", 6: "0"}
    for each in all_days(built):
        assert {day: each.get(day, "0") for day in said} == said
    # 100.00 - 30.00 - 5.00 of ads on the third, 100.00 - 30.00 on the sixth; of the second 12.00 are known.
    assert contributions(built, SHOP) == {1: None, 2: None, 3: 65, 6: 70}


def campaigns_of(built: BuiltWarehouse) -> dict[str, tuple[int, int]]:
    """By campaign of Meta what it cost and what it is credited with, on all days together."""
    found: dict[str, tuple[int, int]] = {}
    for row in built.rows(
        "select campaign, spend, attributed_revenue from marts.fct_roas "
        f"where shop_id = '{SHOP}' and platform = 'meta'"
    ):
        spend, credited = found.get(row["campaign"], (0, 0))
        found[row["campaign"]] = (
            spend + int(row["spend"]),
            credited + int(row["attributed_revenue"]),
        )
    return found


@pytest.mark.law(4)
def test_a_campaign_keeps_its_name_on_days_without_spend(built_duckdb: BuiltWarehouse) -> None:
    """100.00 spent on the first, paused since; 50.00 credited on the first and 400.00 on the third."""
    built = built_duckdb
    world = built.new_world()
    world.shop(SHOP, "UTC", "USD")
    told = [
        Order(1, "2026-03-01T12:00Z", [Line(1, "50.00")], customer_id=1),
        Order(3, "2026-03-03T12:00Z", [Line(3, "400.00")], customer_id=3),
    ]
    world.load(SHOP, told)
    link = "utm_source=facebook&utm_medium=paid_social&utm_campaign=Summer%20Sale"
    journeys = {
        order.order_id: [visit(order.order_id, before(order.at, hours=1), link)] for order in told
    }
    tell_journey(world, SHOP, journeys)
    tell_ads(world, "meta_ads", [1, 2, 3], {1: "100"}, "Summer Sale")
    built.build()
    assert campaigns_of(built) == {"Summer Sale": (100, 450)}

    # Read again for the first alone, it is called otherwise: so it is on the third.
    tell_ads(world, "meta_ads", [1], {1: "100"}, "Late Summer")
    assert built.build().mode is BuildMode.INCREMENTAL
    assert campaigns_of(built) == {"Late Summer": (100, 450)}
    step_by_step = marts(built)
    built.build(BuildMode.FULL)
    assert marts(built) == step_by_step
