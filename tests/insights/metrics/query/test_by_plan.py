"""Whatever has a shop and a day is split by the plan the shop had on that day."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

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
    """A plan that is over holds nothing on that day, so that the plans still add up to the whole."""
    publisher.build(PUBLISHED | told("dim_shop_plans", *PLANS))
    assert split(ask, "revenue_12m") == {"Basic": 0, "Plus": 960}


@pytest.mark.usefixtures("shop")
def test_without_a_plan_it_is_unknown(publisher: Publisher, ask: Ask) -> None:
    publisher.build(PUBLISHED)
    assert split(ask, "sessions") == {"unknown": 40}
