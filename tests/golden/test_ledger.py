"""Every order and day of the ledger comes out as a person computed it, to the last minor unit."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hotdash.storage.warehouse.contract import Engine
from tests.golden.conftest import BESIDE, CASES, Built, Marts
from tests.golden.expected import Case, Expected, ExpectedDay
from tests.golden.ledger_days import DAYS, EMPTY_DAYS

AMOUNTS = "gross_sales discounts refunds shipping shipping_refunds taxes tax_refunds".split()


def named(case: Case) -> str:
    return f"{case.shop}: {case.name}"


def order_of(marts: Marts, case: Case) -> list[dict[str, Any]]:
    key = (case.shop, case.versions[0].order_id)
    return [row for row in marts["fct_orders"] if (row["shop_id"], row["order_id"]) == key]


def day_of(marts: Marts, shop: str, day: str) -> list[dict[str, Any]]:
    key = (shop, date.fromisoformat(day))
    return [row for row in marts["fct_revenue"] if (row["shop_id"], row["day"]) == key]


def figures(expected: Expected) -> dict[str, Any]:
    amounts = (
        expected.gross,
        expected.discounts,
        expected.refunds,
        expected.shipping,
        expected.shipping_refunds,
        expected.taxes,
        expected.tax_refunds,
    )
    return dict(zip(AMOUNTS, map(Decimal, amounts), strict=True))


@pytest.mark.parametrize("case", [case for case in CASES if case.expected is not None], ids=named)
def test_order(marts: Marts, case: Case) -> None:
    (row,) = order_of(marts, case)
    expected = case.expected
    assert expected is not None
    assert row["day"] == date.fromisoformat(expected.day), case.by_hand
    assert row["is_counted"] is expected.counted, case.by_hand
    assert row["units"] == expected.units, case.by_hand
    assert {name: row[name] for name in AMOUNTS} == figures(expected), case.by_hand


def test_a_deleted_order_never_was(marts: Marts) -> None:
    gone = [case for case in CASES if case.expected is None]
    assert gone
    assert [order_of(marts, case) for case in gone] == [[] for _ in gone]


def test_there_are_no_other_orders(marts: Marts) -> None:
    told = [row for row in marts["fct_orders"] if row["shop_id"] != BESIDE]
    assert len(told) == sum(case.expected is not None for case in CASES)


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day.shop} {day.day}")
def test_day(marts: Marts, day: ExpectedDay) -> None:
    (row,) = day_of(marts, day.shop, day.day)
    sold = row["gross_sales"] - row["discounts"] + row["shipping"]
    by_order_day = sold - row["refunds"] - row["shipping_refunds"]
    by_refund_day = sold - row["refunds_by_refund_day"] - row["shipping_refunds_by_refund_day"]
    assert row["counted_orders"] == day.orders, day.by_hand
    assert by_order_day == Decimal(day.by_order_day), day.by_hand
    assert by_refund_day == Decimal(day.by_refund_day), day.by_hand


@pytest.mark.parametrize(("shop", "day", "why"), EMPTY_DAYS)
def test_a_day_without_counted_orders_has_no_row(
    marts: Marts, shop: str, day: str, why: str
) -> None:
    assert day_of(marts, shop, day) == [], why


def test_two_guests_are_two_buyers_and_none_of_them_returned(marts: Marts) -> None:
    guests = {order_of(marts, case)[0]["customer_key"] for case in CASES if "guest" in case.name}
    assert len(guests) == 2
    ordered = [row for row in marts["dim_customers"] if row["customer_key"] in guests]
    assert [row["counted_orders"] for row in ordered] == [1, 1]


def test_a_customer_returns_within_one_shop_only(marts: Marts) -> None:
    """Customer 900 ordered twice in New York; Berlin's customer 900 is somebody else."""
    orders = {case.name: order_of(marts, case)[0] for case in CASES if case.expected}
    first = orders["plain paid order"]
    assert orders["gift card sold beside a part"]["customer_key"] == first["customer_key"]
    assert orders["the same order id as in New York"]["customer_key"] != first["customer_key"]
    (customer,) = [
        row for row in marts["dim_customers"] if row["customer_key"] == first["customer_key"]
    ]
    assert customer["counted_orders"] == 2
    assert customer["first_order_day"] == date(2026, 1, 5)
    assert customer["last_order_day"] == date(2026, 1, 7)


@pytest.mark.law(9)
def test_no_money_is_a_float(marts: Marts) -> None:
    floats = [
        (mart, name)
        for mart, rows in marts.items()
        for row in rows
        for name, value in row.items()
        if isinstance(value, float)
    ]
    assert floats == []


def test_the_ledger_itself_passes_the_gate(golden: Built) -> None:
    """Only the goodwill day and days that only gave back are below zero, and ads in euros have no
    rate: no more than warnings."""
    report = golden[1]
    assert {
        (finding.check, finding.shop_id) for finding in report.findings if finding.shop_id != BESIDE
    } == {
        ("revenue_day_below_zero", "ny"),
        ("assert_aov_not_negative", "ny"),
        ("ad_spend_is_in_the_shops_currency", "ny"),
    } | {("revenue_refund_day_below_zero", shop) for shop in ("ny", "berlin", "tokyo", "kuwait")}


@pytest.mark.law(4)
@pytest.mark.law(9)
def test_both_engines_make_the_same_marts_row_by_row(
    golden_marts: Callable[[Engine], Built],
) -> None:
    on_duckdb, on_postgres = golden_marts("duckdb")[0], golden_marts("postgres")[0]
    for mart, rows in on_duckdb.items():
        assert rows, f"{mart} is empty, so nothing was compared"
        assert rows == on_postgres[mart], mart
