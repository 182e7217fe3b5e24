"""Every operating metric over a few published rows, asked as its owner asks, worked out by hand."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hotdash.base.ids import new_id
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.models import DashboardFact
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, add_decision
from tests.fixtures.marts import Publisher, mart_row
from tests.fixtures.november import NOV, ROD, Ask, ask, revenue_day

__all__ = ["ask"]

DAY = date(2026, 11, 5)
NEXT = date(2026, 11, 6)
Given = Mapping[str, Sequence[Mapping[str, Any]]]


def told(mart: str, *rows: Mapping[str, Any]) -> Given:
    return {mart: [mart_row(mart, **{"shop_id": ROD, "day": DAY, **row}) for row in rows]}


LINK = {"source": "google", "medium": "organic", "campaign": "(none)", "channel_group": "x"}
SESSIONS = told(
    "fct_sessions",
    LINK | {"page": "/a", "sessions": 30, "organic_sessions": 10, "bounces": 12},
    LINK | {"page": "/b", "sessions": 10, "bounces": 2, "day": NEXT},
)
SEARCHES = told("fct_search_totals", {"clicks": 7, "impressions": 40, "position_sum": Decimal(100)})
TALKS = told(
    "fct_conversations",
    {
        "conversation_id": 1,
        "conversations": 1,
        "is_answered": True,
        "is_resolved": True,
        "is_promised": True,
        "is_breached": True,
        "first_reply_minutes": 10,
        "first_reply_business_minutes": 4,
        "resolution_minutes": 60,
        "resolution_business_minutes": 30,
        "ratings": 2,
        "satisfied_ratings": 1,
    },
    {
        "conversation_id": 2,
        "conversations": 1,
        "is_answered": True,
        "is_promised": True,
        "first_reply_minutes": 25,
        "first_reply_business_minutes": 25,
        "ratings": 1,
        "satisfied_ratings": 1,
    },
    # Neither answered nor promised anything: in no median, and in no share of promises.
    {"conversation_id": 3, "conversations": 1, "first_reply_minutes": None},
)
STOCK = told(
    "fct_inventory_days",
    {"inventory_item_id": 1, "items": 1, "is_out_of_stock": True, "units_sold": 5},
    {"inventory_item_id": 2, "items": 1, "available": 90, "units_sold": 1},
    {
        "day": NEXT,
        "inventory_item_id": 1,
        "items": 1,
        "available": 4,
        "units_sold": 4,
        "units_sold_56d": 10,
        "reorder_quantity": 24,
        "is_running_out": True,
    },
    {
        "day": NEXT,
        "inventory_item_id": 2,
        "items": 1,
        "available": 86,
        "units_sold_56d": 2,
        "is_overstocked": True,
        "is_dead": True,
    },
)
PARCELS = told(
    "fct_fulfillments",
    {
        "order_id": 1,
        "fulfillment_id": 11,
        "carrier": "UPS",
        "shipments": 1,
        "is_shipping_due": True,
        "is_shipped_on_time": True,
        "is_delivered": True,
        "is_delivered_on_time": True,
        "delivery_days": 2,
    },
    {
        "order_id": 2,
        "fulfillment_id": 12,
        "carrier": "DHL",
        "shipments": 1,
        "is_shipping_due": True,
        "is_delivered": True,
        "delivery_days": 5,
        "is_issue": True,
    },
    {"order_id": 3, "shipments": 1, "is_shipping_due": True, "is_issue": True},
    {"order_id": 4, "shipments": 1},
)
GROWTH = told(
    "fct_growth",
    {"revenue_12m": Decimal(999)},
    {
        "day": NEXT,
        "revenue": Decimal(60),
        "revenue_same_weekday_4w": Decimal(200),
        "revenue_7d": Decimal(90),
        "revenue_7d_before": Decimal(120),
        "revenue_91d": Decimal(910),
        "revenue_12m": Decimal(3000),
    },
)
PAGES = told("fct_landing_pages", {"page": "/a", "is_anomaly": True}, {"page": "/b"})
PUBLISHED: Given = {
    **SESSIONS,
    **PAGES,
    **SEARCHES,
    **TALKS,
    **STOCK,
    **PARCELS,
    **GROWTH,
    "fct_revenue": [revenue_day(ROD, DAY, "90", counted_orders=3)],
}
VALUES = {
    "sessions": "40",
    "organic_sessions": "10",
    # 14 of 40.
    "bounce_rate": "0.35",
    # 3 orders of 40 sessions.
    "conversion": "0.075",
    "traffic_anomalies": "1",
    "organic_clicks": "7",
    "search_impressions": "40",
    "search_position": "2.5",
    "conversations": "3",
    # Between 10 and 25.
    "first_reply_time": "17.5",
    "first_reply_time_business": "14.5",
    "resolution_time": "60",
    "resolution_time_business": "30",
    # 2 of 3 ratings.
    "csat": "0.6667",
    "sla_breach_rate": "0.5",
    "sla_breaches": "1",
    # 1 of 4 item days.
    "stock_out_rate": "0.25",
    "items_running_out": "1",
    # 90 for sale at 12 in 56 days: 90 * 56 / 12.
    "inventory_coverage": "420",
    "reorder_units": "24",
    "overstocked_items": "1",
    "dead_items": "1",
    # 10 sold on both days, 90 left: 10 of 100.
    "sell_through": "0.1",
    "on_time_rate": "0.5",
    # 1 of the 3 that left or should have.
    "shipped_on_time_rate": "0.3333",
    "delivery_days": "3.5",
    "fulfillment_issue_rate": "0.5",
    "revenue_12m": "3000",
    # 910 in 91 days are 10 a day.
    "revenue_run_rate": "3650",
    # 90 against 120.
    "sales_delta_week": "-0.25",
    # 60 against a mean of 50.
    "sales_delta_weekday": "0.2",
}


def test_of_published_rows(publisher: Publisher, ask: Ask) -> None:
    publisher.build(PUBLISHED)
    names = list(VALUES)
    found: dict[str, Decimal | str | None] = {}
    for some in (names[:16], names[16:]):
        [row] = ask(*some, first=NOV["first"], last=NEXT).rows
        for name, cell in row.cells.items():
            found[name] = cell.why if cell.value is None else round(cell.value, 4)
    assert found == {name: Decimal(value) for name, value in VALUES.items()}


def test_split(publisher: Publisher, ask: Ask) -> None:
    publisher.build(PUBLISHED)
    assert split(ask, "on_time_rate", "carrier") | {None: None} == {"UPS": 1, "DHL": 0, None: None}
    assert split(ask, "sessions", "page") == {"/a": 30, "/b": 10}


def growth_of(day: date, revenue_12m: int) -> Mapping[str, Any]:
    return {"day": day, "revenue_12m": Decimal(revenue_12m)}


@pytest.mark.parametrize(
    ("first_day", "base", "why"),
    [
        # The base ends with the 4th, whose 365 days begin with 5 November 2025.
        (date(2025, 11, 5), 7_000, None),
        (
            date(2025, 11, 6),
            None,
            f"No comparison: {ROD} is known since 6 Nov 2025, for less than 365 days.",
        ),
    ],
)
def test_twelve_months_are_compared_with_twelve_months(
    publisher: Publisher, ask: Ask, first_day: date, base: int | None, why: str | None
) -> None:
    """A shop with 100.00 on each of its days would seem to grow until it is two years old."""
    days = growth_of(first_day, 100), growth_of(date(2026, 11, 4), 7_000), growth_of(NEXT, 7_200)
    publisher.build(told("fct_growth", *days))

    answer = ask("revenue_12m", first=DAY, last=NEXT, compare="previous")

    [row] = answer.rows
    cell = row.cells["revenue_12m"]
    assert (cell.value, cell.base, cell.why_no_base) == (7_200, base, why)


def test_the_pace_of_a_quarter_that_is_not_known_is_not_known(
    publisher: Publisher, ask: Ask
) -> None:
    publisher.build(told("fct_growth", {"day": NEXT, "revenue_91d": None}))

    cell = ask("revenue_run_rate", first=DAY, last=NEXT).rows[0].cells["revenue_run_rate"]

    assert cell.value is None
    assert "known for less than 91 days" in str(cell.why)


def split(ask: Ask, metric: str, by: str) -> dict[object, Decimal | None]:
    answer = ask(metric, first=NOV["first"], last=NEXT, by=[by])
    return {row.key[by]: row.cells[metric].value for row in answer.rows}


def test_of_what_people_decide(publisher: Publisher, ask: Ask) -> None:
    at = datetime(2026, 11, 5, 20, tzinfo=UTC)
    publisher.build({"fct_revenue": [revenue_day(ROD, DAY, "90")]})
    with publisher.database.jobs() as session:
        for action in ("chatwoot.reply.approve", "chatwoot.reply.reject"):
            detail = {"seconds_to_decide": 240}
            decision = DecisionRecord(
                *(ROD, new_id(), "ops", action, "ana", "conversation:1", "so", at), detail=detail
            )
            add_decision(session, decision)
        for kind in ("dashboard.session.opened", "ga.sessions.anomalies"):
            session.add(
                DashboardFact(
                    shop_id=ROD,
                    fact_id=new_id(),
                    fact_type=kind,
                    version=1,
                    occurred_at=at,
                    metadata_={"operator": "ana", "landing_page": "/a"},
                )
            )
    metrics = [
        each.name for each in registry() if each.statement and each.name != "sla_resolution_time"
    ]
    answer = ask(*metrics, first=NOV["first"], last=NEXT)
    [row] = answer.rows
    values = {name: cell.value for name, cell in row.cells.items()}
    assert values == {
        "activation_rate": 1,
        "anomaly_response_rate": 0,
        "decisions": 2,
        "decisions_per_operator_hour": 2,
        # Nobody was promised anything.
        "open_past_sla": 0,
        "time_saved": 5,
        "time_to_decide": 4,
    }


def test_every_metric_of_operations_has_a_value() -> None:
    marts = {
        *("fct_sessions", "fct_landing_pages", "fct_search_totals", "fct_conversations"),
        *("fct_inventory_days", "fct_fulfillments", "fct_growth"),
    }
    assert {each.name for each in registry() if each.mart in marts} == VALUES.keys()
