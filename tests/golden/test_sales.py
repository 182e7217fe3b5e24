"""Order lines, Shopify's report, margins and order values of the ledger, to the last minor unit."""

from collections import defaultdict
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.golden.conftest import CASES, Marts
from tests.golden.edge_cases import SEED, seed_text
from tests.golden.ledger_report import (
    AOV,
    LINES,
    MARGINS,
    REPORT,
    ExpectedMargin,
    ExpectedReport,
)
from tests.golden.test_ledger import AMOUNTS

BESIDE_AMOUNTS = {"shop", "day", "by_hand", "orders"}


def on(marts: Marts, mart: str, shop: str, day: str) -> list[dict[str, Any]]:
    key = (shop, date.fromisoformat(day))
    return [row for row in marts[mart] if (row["shop_id"], row["day"]) == key]


def amounts_of(expected: ExpectedReport | ExpectedMargin) -> dict[str, Decimal | None]:
    names = [each.name for each in fields(expected) if each.name not in BESIDE_AMOUNTS]
    told = {name: getattr(expected, name) for name in names}
    return {name: None if text is None else Decimal(text) for name, text in told.items()}


def test_the_ledger_is_long_enough() -> None:
    assert len(CASES) >= 60
    assert len({(case.shop, case.name) for case in CASES}) == len(CASES)


def test_analysts_find_the_ledger_as_a_seed() -> None:
    told = "Run `python -m tests.golden.edge_cases`."
    assert SEED.read_text(encoding="utf-8") == seed_text(), told


def test_every_order_is_on_exactly_one_day(marts: Marts) -> None:
    orders = [(row["shop_id"], row["order_id"]) for row in marts["fct_orders"]]
    assert len(orders) == len(set(orders))
    counted = sum(row["is_counted"] for row in marts["fct_orders"])
    assert sum(row["counted_orders"] for row in marts["fct_revenue"]) == counted


@pytest.mark.law(9)
def test_the_lines_of_every_order_add_up_to_it(marts: Marts) -> None:
    sums: dict[tuple[str, int], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in marts["fct_order_lines"]:
        for name in ("units", *AMOUNTS):
            sums[row["shop_id"], row["order_id"]][name] += row[name]
    for order in marts["fct_orders"]:
        whole = {name: order[name] for name in ("units", *AMOUNTS)}
        assert sums.pop((order["shop_id"], order["order_id"])) == whole
    assert sums == {}


@pytest.mark.parametrize("expected", LINES, ids=lambda each: f"{each[0]} {each[1]}/{each[2]}")
def test_line(marts: Marts, expected: tuple[Any, ...]) -> None:
    shop, order_id, line_id, category, units, *amounts = expected
    key = (shop, order_id, line_id)
    (row,) = [
        row
        for row in marts["fct_order_lines"]
        if (row["shop_id"], row["order_id"], row["line_id"]) == key
    ]
    names = ("gross_sales", "refunds", "shipping", "shipping_refunds", "cost_of_goods")
    assert (row["category"], row["units"]) == (category, units)
    assert [row[name] for name in names] == [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize("expected", REPORT, ids=lambda each: f"{each.shop} {each.day}")
def test_shopify_report(marts: Marts, expected: ExpectedReport) -> None:
    (row,) = on(marts, "fct_shopify_report", expected.shop, expected.day)
    assert row["orders"] == expected.orders, expected.by_hand
    wanted = amounts_of(expected)
    assert {name: row[name] for name in wanted} == wanted, expected.by_hand


def test_a_day_of_test_orders_is_not_in_the_report(marts: Marts) -> None:
    assert on(marts, "fct_shopify_report", "ny", "2026-06-15") == []


def test_the_report_reconciles_to_nothing(marts: Marts) -> None:
    """Of all days told, one has duties and a tip, which that report does not hold: 12.00 + 5.00."""
    rows = marts["fct_sales_reconciliation"]
    assert len(rows) == 8 * len(REPORT)
    differing = [row for row in rows if row["difference"]]
    assert [(row["day"].isoformat(), row["line"], row["difference"]) for row in differing] == [
        ("2026-06-04", "total_sales", Decimal(17))
    ]
    assert "duties and tips" in differing[0]["explanation"]


@pytest.mark.parametrize("expected", MARGINS, ids=lambda each: f"{each.shop} {each.day}")
def test_margin(marts: Marts, expected: ExpectedMargin) -> None:
    (row,) = on(marts, "fct_margins", expected.shop, expected.day)
    wanted = amounts_of(expected)
    assert {name: row[name] for name in wanted} == wanted, expected.by_hand


@pytest.mark.parametrize(("shop", "day", "aov", "by_hand"), AOV)
def test_average_order_value(
    marts: Marts, shop: str, day: str, aov: str | None, by_hand: str
) -> None:
    (row,) = on(marts, "fct_aov", shop, day)
    assert row["aov"] == (None if aov is None else Decimal(aov)), by_hand


def test_payments_are_kept_one_by_one(marts: Marts) -> None:
    """Three transactions of order 29, and still one order of 100.00 with 30.00 given back."""
    paid = [row for row in marts["fct_transactions"] if row["order_id"] == 29]
    assert {(row["kind"], row["amount"]) for row in paid} == {
        ("AUTHORIZATION", Decimal(100)),
        ("CAPTURE", Decimal(100)),
        ("REFUND", Decimal(30)),
    }
    assert sum(row["fees"] for row in paid) == Decimal("3.20")
