"""Whatever has a shop and a day is split by the plan the shop had on that day."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hotdash.base.ids import new_id
from tests.fixtures.marts import Publisher, mart_row, order, revenue_day
from tests.fixtures.november import ROD, Ask, ask

__all__ = ["ask"]

OLD, NEW = date(2026, 11, 5), date(2026, 11, 6)
DAYS = {"first": OLD, "last": NEW}
PLANS = [
    {"plan_tier": "Basic", "valid_from": date(1, 1, 1), "valid_before": NEW},
    {"plan_tier": "Plus", "valid_from": NEW},
]


LINK = {
    "page": "/a",
    "source": "google",
    "medium": "organic",
    "campaign": "(none)",
    "channel_group": "x",
}


def told(mart: str, *rows: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {mart: [mart_row(mart, **{"shop_id": ROD, **row}) for row in rows]}


PUBLISHED = {
    "fct_revenue": [revenue_day(ROD, OLD, "90"), revenue_day(ROD, NEW, "60")],
    "fct_orders": [
        order(ROD, 1, OLD, "90", plan_tier="Basic"),
        order(ROD, 2, NEW, "60", plan_tier="Plus"),
    ],
    **told(
        "fct_sessions",
        LINK | {"day": OLD, "sessions": 30},
        LINK | {"day": NEW, "sessions": 10},
    ),
    **told(
        "fct_conversations",
        {"day": OLD, "conversation_id": 1, "is_answered": True, "first_reply_minutes": 10},
        {"day": NEW, "conversation_id": 2, "is_answered": True, "first_reply_minutes": 50},
    ),
    **told(
        "fct_growth",
        {"day": OLD, "revenue_12m": Decimal(900)},
        {"day": NEW, "revenue_12m": Decimal(960)},
    ),
}


def split(ask: Ask, metric: str, **more: Any) -> dict[object, Decimal | None]:
    answer = ask(metric, by=["plan_tier"], **DAYS, **more)
    return {row.key["plan_tier"]: row.cells[metric].value for row in answer.rows}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("metric", "of_basic", "of_plus"),
    [
        pytest.param("sessions", 30, 10, id="a sum"),
        # One order of 30 sessions, and one of 10.
        pytest.param("conversion", Decimal(1) / 30, Decimal("0.1"), id="a ratio of two marts"),
        pytest.param("first_reply_time", 10, 50, id="a median"),
        pytest.param("revenue", 90, 60, id="one whose mart knows the plan itself"),
    ],
)
def test_is_by_the_plan_of_the_day(
    publisher: Publisher, ask: Ask, metric: str, of_basic: Decimal, of_plus: Decimal
) -> None:
    publisher.build(PUBLISHED | told("dim_shop_plans", *PLANS))

    assert split(ask, metric) == {"Basic": of_basic, "Plus": of_plus}
    assert split(ask, metric, filters=["plan_tier:Plus"]) == {"Plus": of_plus}


@pytest.mark.usefixtures("shop")
def test_a_stock_is_of_the_plan_of_the_newest_day(publisher: Publisher, ask: Ask) -> None:
    """Of a plan that is over nothing is known on that day: nought would say that it sold nothing."""
    publisher.build(PUBLISHED | told("dim_shop_plans", *PLANS))
    answer = ask("revenue_12m", by=["plan_tier"], **DAYS)
    basic, plus = (row.cells["revenue_12m"] for row in answer.rows)
    assert (basic.value, plus.value) == (None, 960)
    assert basic.why is not None
    assert basic.why.startswith("No stock of ")
    assert split(ask, "revenue_12m", filters=["plan_tier:Basic"]) == {"Basic": None}
    by_day = ask("revenue_12m", by=["day", "plan_tier"], **DAYS).rows
    assert [(row.key["plan_tier"], row.cells["revenue_12m"].value) for row in by_day] == [
        ("Basic", 900),
        ("Plus", 960),
    ]


@pytest.mark.usefixtures("shop")
def test_what_came_in_under_a_plan_that_is_over_divides_no_stock(
    publisher: Publisher, ask: Ask
) -> None:
    """Plus: 3 sold of 3 + 9 on hand; what Basic sold cannot be held against a stock of its own."""
    item = {"inventory_item_id": 1}
    published = told(
        "fct_inventory_days",
        item | {"day": OLD, "units_sold": 5, "available": 7},
        item | {"day": NEW, "units_sold": 3, "available": 9},
    )
    publisher.build(published | told("dim_shop_plans", *PLANS))
    assert split(ask, "sell_through") == {"Basic": None, "Plus": Decimal("0.25")}


@pytest.mark.usefixtures("shop")
def test_the_answer_names_the_build_of_the_plans(publisher: Publisher, ask: Ask) -> None:
    """Plans that a finding kept back are of an older build than what they split."""
    first, second = new_id(), new_id()
    publisher.build(PUBLISHED | told("dim_shop_plans", *PLANS), build_id=first)
    more = told("fct_sessions", LINK | {"day": OLD, "sessions": 31})
    publisher.build(
        PUBLISHED | more | told("dim_shop_plans", *PLANS),
        build_id=second,
        blocked={ROD: {"dim_shop_plans": ["Two plans at once."]}},
    )
    by_plan = ask("sessions", by=["plan_tier"], **DAYS).shops[0]
    assert by_plan.builds == {"fct_sessions": second, "dim_shop_plans": first}
    filtered = ask("sessions", filters=["plan_tier:Plus"], **DAYS).shops[0]
    assert filtered.builds["dim_shop_plans"] == first
    # Neither is read for what knows its plan itself, or is not split by it.
    assert ask("revenue", by=["plan_tier"], **DAYS).shops[0].builds.keys() == {"fct_orders"}
    assert ask("sessions", **DAYS).shops[0].builds.keys() == {"fct_sessions"}


@pytest.mark.usefixtures("shop")
def test_without_a_plan_it_is_unknown(publisher: Publisher, ask: Ask) -> None:
    publisher.build(PUBLISHED)
    assert split(ask, "sessions") == {"unknown": 40}
