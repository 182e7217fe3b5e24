"""A number is explained by the rows that add up to it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.query import explain as explaining
from hotdash.insights.metrics.query.explain import Explanation, explain
from hotdash.insights.metrics.registry import Registry, registry
from hotdash.storage.appdb.repositories.policies import PolicyDecision, decide_policy
from tests.fixtures.marts import Publisher, order, revenue_day
from tests.fixtures.shops import SeededShop

ROD = "hot-rod-an"
DAY = date(2026, 11, 20)
# 100 - 10 + 5 shipping = 95 and 60 - 20 refunded = 40; the cancelled one counts nowhere.
ORDERS = [
    order(ROD, 1, DAY, "100", discounts=Decimal(10), shipping=Decimal(5), taxes=Decimal(8)),
    order(ROD, 2, DAY, "60", refunds=Decimal(20), taxes=Decimal(4)),
    order(ROD, 3, DAY, "999", is_counted=False),
    order(ROD, 4, date(2026, 11, 19), "999"),
]
OF_THE_DAY = revenue_day(
    ROD,
    DAY,
    "160",
    counted_orders=2,
    discounts=Decimal(10),
    refunds=Decimal(20),
    shipping=Decimal(5),
    taxes=Decimal(12),
)


@pytest.fixture(autouse=True)
def readable_from_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Revenue as its definition splits it: from the orders, those that count."""
    told = registry().get("revenue").model_dump() | {
        "dimensions": ("shop", "day", "financial_status"),
        "splits": {"financial_status": "fct_orders"},
        "reads": {"fct_orders": {"only": ("is_counted",)}},
    }
    others = [metric for metric in registry() if metric.name != "revenue"]
    metrics = Registry([*others, Metric.model_validate(told)])
    monkeypatch.setattr("hotdash.insights.metrics.query.read.registry", lambda: metrics)


def explained(publisher: Publisher, shop: SeededShop, metric: str) -> Explanation:
    with publisher.database.as_user(shop.owner_id) as session:
        return explain(session, metric, ROD, DAY, publisher.clock.now())


@pytest.fixture
def published(publisher: Publisher, shop: SeededShop) -> Publisher:
    assert shop.shop_id == ROD
    publisher.build({"fct_revenue": [OF_THE_DAY], "fct_orders": ORDERS})
    return publisher


def test_the_orders_of_a_day_add_up_to_its_revenue(published: Publisher, shop: SeededShop) -> None:
    found = explained(published, shop, "revenue")

    assert found.value == 135
    assert [(row.key, row.value) for row in found.rows] == [
        ({"order_id": 1}, 95),
        ({"order_id": 2}, 40),
    ]
    assert found.components["gross_sales"] == 160
    assert found.adds_up is True
    assert found.mart == "fct_orders"


def test_orders_that_do_not_add_up_are_told(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build({"fct_revenue": [OF_THE_DAY], "fct_orders": ORDERS[:1]})

    assert explained(publisher, shop, "revenue").adds_up is False


@pytest.mark.law(11)
def test_a_decision_is_part_of_it(published: Publisher, shop: SeededShop) -> None:
    with published.database.jobs() as session:
        decided = PolicyDecision(
            ROD, "include_taxes", "true", DAY, published.clock.now(), "ana", "Tax too."
        )
        decide_policy(session, decided)

    found = explained(published, shop, "revenue")

    assert found.switches == {"include_taxes": 1}
    assert [row.value for row in found.rows] == [103, 44]
    assert found.value == 147


def test_a_ratio_is_explained_by_what_it_is_made_of(published: Publisher, shop: SeededShop) -> None:
    found = explained(published, shop, "aov")

    assert found.value == Decimal("67.5")
    assert [(each.metric.name, each.value) for each in found.made_of] == [
        ("revenue", 135),
        ("orders", 2),
    ]
    assert found.note is not None


def test_a_median_is_explained_by_its_orders(published: Publisher, shop: SeededShop) -> None:
    found = explained(published, shop, "median_order_value")

    assert [row.value for row in found.rows] == [95, 40]
    assert found.value == Decimal("67.5")
    assert found.adds_up is True


def test_what_has_no_single_rows_says_so(published: Publisher, shop: SeededShop) -> None:
    found = explained(published, shop, "revenue_refund_day")

    assert found.rows == []
    assert found.adds_up is None
    assert found.components["gross_sales"] == 160
    assert "no single rows" in (found.note or "")


def test_json_has_it_all(published: Publisher, shop: SeededShop) -> None:
    told: dict[str, Any] = explained(published, shop, "revenue").as_json()

    assert told["value"] == "135.00"
    assert told["rows"][0]["components"]["discounts"] == "10.0000"
    assert told["adds_up"] is True


def test_many_rows_are_cut_and_told(
    published: Publisher, shop: SeededShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explaining, "MOST_ROWS", 1)

    found = explained(published, shop, "revenue")

    assert len(found.rows) == 1
    assert "first 1 rows" in (found.note or "")


def test_only_the_rows_that_a_filter_leaves(published: Publisher, shop: SeededShop) -> None:
    with published.database.as_user(shop.owner_id) as session:
        now = published.clock.now()
        kept = explain(session, "revenue", ROD, DAY, now, ["financial_status:PAID"])
        none = explain(session, "revenue", ROD, DAY, now, ["financial_status:REFUNDED"])
    assert (kept.value, [row.value for row in kept.rows]) == (135, [95, 40])
    assert none.rows == []
    assert kept.adds_up
