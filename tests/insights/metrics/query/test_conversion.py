"""Money of several shops in one currency: each day with its own rate, and no number where one is missing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hotdash.insights.metrics.definition import Unit
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import QueryError, Question
from hotdash.insights.metrics.registry import registry
from tests.fixtures.marts import Publisher, mart_row, revenue_day
from tests.fixtures.november import KYOTO, NOV, ROD, days
from tests.fixtures.shops import SeededShop

TUESDAY, SUNDAY, WEDNESDAY = date(2026, 11, 3), date(2026, 11, 8), date(2026, 11, 18)
MONDAY, FRIDAY = date(2026, 11, 2), date(2026, 11, 6)


def rate(shop: str, first: date, before: date, told: str, base: str = "JPY") -> dict[str, Any]:
    """Until the day before, into dollars."""
    period = {"valid_from": first, "valid_before": before, "rate": Decimal(told)}
    return mart_row("dim_exchange_rates", shop_id=shop, bucket=3, base=base, quote="USD", **period)


KNOWN = [
    rate(KYOTO, MONDAY, FRIDAY, "0.0065"),
    rate(KYOTO, FRIDAY, date(2026, 11, 13), "0.0066"),
]


@pytest.fixture
def both(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> Publisher:
    assert two_shops
    publisher.shops = (ROD, KYOTO)
    return publisher


def publish(
    publisher: Publisher, rates: Sequence[dict[str, Any]], *more: dict[str, Any]
) -> Publisher:
    """A shop in dollars with 480.50 of 4 orders, and one in yen with 9000 and 1000 of one order each."""
    yen = [
        revenue_day(KYOTO, TUESDAY, "9000", currency="JPY"),
        revenue_day(KYOTO, SUNDAY, "1000", currency="JPY"),
        *more,
    ]
    rows = {"fct_revenue": [*days(ROD)["fct_revenue"], *yen]}
    publisher.build(rows | ({"dim_exchange_rates": rates} if rates else {}))
    return publisher


def asked(publisher: Publisher, *metrics: str, currency: str | None = "USD", **more: Any) -> Answer:
    question = Question.parse(
        shops=[ROD, KYOTO], metrics=metrics, currency=currency, **{**NOV, **more}
    )
    with publisher.database.snapshot() as session:
        return query(session, question, publisher.clock.now())


def test_every_day_has_its_own_rate(both: Publisher) -> None:
    # 9000 * 0.0065 = 58.50 on Tuesday; on Sunday Friday's rate holds: 1000 * 0.0066 = 6.60.
    answer = asked(publish(both, KNOWN), "revenue", "orders", "aov")
    assert answer.only("revenue").value == Decimal("545.60")
    assert answer.only("orders").value == 6
    assert answer.only("aov").value == Decimal("545.60") / 6
    assert (answer.currency, answer.rows[0].currency) == ("USD", "USD")


def test_a_row_of_one_shop_is_converted_as_well(both: Publisher) -> None:
    answer = asked(publish(both, KNOWN), "revenue", by=["shop"])
    told = {row.key["shop"]: (row.cells["revenue"].value, row.currency) for row in answer.rows}
    assert told == {ROD: (Decimal("480.50"), "USD"), KYOTO: (Decimal("65.10"), "USD")}


def test_the_answer_says_with_which_rates(both: Publisher) -> None:
    answer = asked(publish(both, KNOWN), "revenue")
    told = answer.as_json()
    [used] = told["conversion"]["shops"]
    assert used.pop("build")
    assert used == {
        "shop": KYOTO,
        "from": "JPY",
        "to": "USD",
        "rates": 2,
        "first": "2026-11-02",
        "last": "2026-11-06",
        "lowest": "0.0065",
        "highest": "0.0066",
    }
    assert (
        f"Money of {KYOTO} is converted from JPY to USD day by day, "
        "with 2 rates of 2026-11-02 to 2026-11-06."
    ) in answer.notes


def test_a_day_without_a_rate_has_no_number_and_no_sum(both: Publisher) -> None:
    late = revenue_day(KYOTO, WEDNESDAY, "500", currency="JPY")
    answer = asked(publish(both, KNOWN, late), "revenue", "orders", "aov")
    assert answer.only("revenue").value is None
    assert answer.only("revenue").why == (
        f"No rate converts JPY of {KYOTO} to USD on 2026-11-18: "
        "`hotdash rates import FILE`, then `hotdash run`."
    )
    assert answer.only("aov").why == answer.only("revenue").why
    assert answer.only("orders").value == 7


def test_a_day_without_money_needs_no_rate(both: Publisher) -> None:
    free = revenue_day(KYOTO, WEDNESDAY, "0", currency="JPY")
    answer = asked(publish(both, KNOWN, free), "revenue")
    assert answer.only("revenue").value == Decimal("545.60")


def test_the_other_direction_and_another_shops_rates_convert_nothing(both: Publisher) -> None:
    of_rod = rate(ROD, MONDAY, date(2026, 11, 9), "0.0065")
    turned = rate(KYOTO, MONDAY, date(2026, 11, 9), "153.8", base="USD") | {"quote": "JPY"}
    answer = asked(publish(both, [of_rod, turned]), "revenue")
    assert "on 2026-11-03" in (answer.only("revenue").why or "")


def test_nothing_published_is_no_rate(both: Publisher) -> None:
    answer = asked(publish(both, []), "revenue")
    assert answer.only("revenue").value is None
    assert "no rate of these days is published" in answer.notes[-1]


def test_without_a_currency_nothing_is_converted(both: Publisher) -> None:
    answer = asked(publish(both, KNOWN), "revenue", currency=None)
    assert "split by shop" in (answer.only("revenue").why or "")
    assert answer.as_json()["conversion"] is None


def test_shops_in_the_currency_itself_need_no_rates(both: Publisher) -> None:
    publish(both, [])
    question = Question.parse(
        shops=[ROD], metrics=["revenue", "median_order_value"], currency="usd", **NOV
    )
    with both.database.snapshot() as session:
        answer = query(session, question, both.clock.now())
    assert answer.only("revenue").value == Decimal("480.50")


def test_medians_are_refused(both: Publisher) -> None:
    with pytest.raises(QueryError, match="is a median and is not converted to USD") as error:
        asked(publish(both, KNOWN), "median_order_value")
    assert (error.value.field, f"{KYOTO} in JPY" in error.value.message) == ("currency", True)


def test_of_all_amounts_these_are_not_converted(both: Publisher) -> None:
    """One rate of its own day would make another number of them than the days they came from."""
    publish(both, KNOWN)
    refused: dict[str, str] = {}
    for metric in registry():
        if metric.unit is Unit.MONEY:
            try:
                asked(both, metric.name)
            except QueryError as error:
                refused[metric.name] = error.message
    lifetime = {"ltv_30", "ltv_60", "ltv_90", "ltv_365"}
    assert all("and is not converted to USD" in message for message in refused.values())
    assert set(refused) == lifetime | {"median_order_value", "revenue_12m", "revenue_run_rate"}


def test_what_is_no_currency_is_refused() -> None:
    with pytest.raises(QueryError, match="'EURO' is no currency"):
        Question.parse(shops=[ROD], metrics=["revenue"], currency="EURO")
