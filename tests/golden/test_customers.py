"""Every order of the ledger of customers is what a person said it is, on both engines, after two builds."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from hotdash.pipeline.transform.build import BuildMode
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt
from tests.golden.conftest import Marts
from tests.golden.ledger_customers import (
    AGAIN,
    CASES,
    NEITHER,
    NEVER,
    NEW,
    NEXT,
    POLICIES,
    TWIN,
    ZEROLESS,
    Bought,
)

SHOPS = (NEVER, NEXT, ZEROLESS, TWIN)


@pytest.fixture(scope="module", params=ENGINES)
def marts(request: pytest.FixtureRequest, built_on: OpenBuilt) -> Marts:
    built: BuiltWarehouse = built_on(request.param)
    world = built.new_world()
    for shop in SHOPS:
        world.shop(shop, "UTC")
    for shop, policy, value in POLICIES:
        world.policy(shop, policy, value, "2026-01-01")
    for number in (0, 1):
        for shop in SHOPS:
            cases = [case for case in CASES if case.shop == shop]
            orders = [each for c in cases for each in (c.first_load, c.second_load)[number]]
            customers = [row for case in cases for row in case.customers[number]]
            world.load(shop, orders, told={"customers": customers})
        mode = built.build().mode
    assert mode is BuildMode.INCREMENTAL, "the second load has to mend what the first one said"
    return built.marts()


def named(case: Bought) -> str:
    return f"{case.shop}: {case.name}"


def rows_of(marts: Marts, shop: str) -> dict[int, dict[str, Any]]:
    return {row["order_id"]: row for row in marts["fct_orders"] if row["shop_id"] == shop}


def judgement(row: dict[str, Any]) -> str:
    assert not (row["is_first_order"] and row["is_repeat_order"])
    return NEW if row["is_first_order"] else AGAIN if row["is_repeat_order"] else NEITHER


@pytest.mark.parametrize("case", CASES, ids=named)
def test_bought(marts: Marts, case: Bought) -> None:
    rows = rows_of(marts, case.shop)
    judged = {order_id: judgement(rows[order_id]) for order_id in case.judged}
    assert judged == case.judged, case.by_hand
    assert len({rows[each]["customer_key"] for each in case.same}) <= 1, case.by_hand
    assert len({rows[each]["customer_key"] for each in case.apart}) == len(case.apart), case.by_hand


def test_two_shops_never_share_a_person(marts: Marts) -> None:
    assert rows_of(marts, NEVER)[2]["customer_key"] != rows_of(marts, TWIN)[2]["customer_key"]


def test_days_hold_the_people_of_their_orders(marts: Marts) -> None:
    """On 15 February one person ordered twice, new with the first order and no returning customer."""
    (day,) = (
        row
        for row in marts["fct_customers"]
        if (row["shop_id"], row["day"]) == (NEVER, date(2026, 2, 15))
    )
    figures = ("counted_orders", "new_customers", "returning_customers", "repeat_orders")
    assert [day[name] for name in (*figures, "ordering_customers")] == [2, 1, 0, 1, 1]


@pytest.mark.parametrize("shop", SHOPS)
def test_every_new_customer_stands_in_one_cohort_and_one_day(marts: Marts, shop: str) -> None:
    by_hand = Counter(said for case in CASES if case.shop == shop for said in case.judged.values())[
        NEW
    ]
    days = [row["new_customers"] for row in marts["fct_customers"] if row["shop_id"] == shop]
    values = [row["new_customers"] for row in marts["fct_customer_value"] if row["shop_id"] == shop]
    cohorts = {
        row["day"]: row["customers"] for row in marts["fct_cohorts"] if row["shop_id"] == shop
    }
    assert sum(days) == sum(values) == sum(cohorts.values()) == by_hand


def test_a_record_without_orders_is_known_and_a_guest_is_not(marts: Marts) -> None:
    rows = rows_of(marts, NEVER)
    known = {row["customer_key"]: row["is_known"] for row in marts["dim_customers"]}
    assert known[rows[39]["customer_key"]] is True
    assert known[rows[41]["customer_key"]] is False, "the record was deleted"
    assert known[rows[35]["customer_key"]] is False
