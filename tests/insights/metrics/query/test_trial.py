"""What another decision would have changed is computed from components, and only where it can be."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hotdash.base.errors import HotdashError
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.query.plan import NeedsRebuildError
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.query.trial import Trial, try_policy
from hotdash.insights.metrics.registry import Registry, registry
from hotdash.storage.appdb.repositories.policies import PolicyDecision, decide_policy
from tests.fixtures.marts import Publisher, order, revenue_day
from tests.fixtures.shops import SeededShop

ROD = "hot-rod-an"
OCT, NOV = date(2026, 10, 31), date(2026, 11, 20)


def tried(
    publisher: Publisher,
    shop: SeededShop,
    policy: str,
    value: str,
    metrics: tuple[str, ...] = ("revenue",),
) -> Trial:
    question = Question.parse(
        shops=[ROD], metrics=metrics, by=["month"], first=date(2026, 10, 1), last=NOV
    )
    with publisher.database.as_user(shop.owner_id) as session:
        return try_policy(session, question, policy, value, publisher.clock.now())


def changes(trial: Trial) -> list[tuple[str, str, Decimal | None, Decimal | None, Decimal | None]]:
    return [
        (each.month, each.metric.name, each.decided, each.tried, each.change)
        for each in trial.months
    ]


@pytest.mark.law(11)
def test_of_a_formula_is_by_month(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build(
        {
            "fct_revenue": [
                revenue_day(ROD, OCT, "100", taxes=Decimal(19)),
                revenue_day(ROD, NOV, "50", taxes=Decimal(10), tax_refunds=Decimal(1)),
            ]
        }
    )

    trial = tried(publisher, shop, "include_taxes", "true", ("revenue", "aov"))

    assert changes(trial) == [
        ("2026-10", "revenue", 100, 119, 19),
        ("2026-10", "aov", 100, 119, 19),
        ("2026-11", "revenue", 50, 59, 9),
        ("2026-11", "aov", 50, 59, 9),
    ]
    assert trial.as_json()["months"][0]["change"] == "19.00"


@pytest.mark.law(11)
def test_is_beside_what_was_decided(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build(
        {
            "fct_revenue": [
                revenue_day(ROD, OCT, "100", taxes=Decimal(19)),
                revenue_day(ROD, NOV, "50", taxes=Decimal(10)),
            ]
        }
    )
    with publisher.database.jobs() as session:
        decided = PolicyDecision(
            ROD, "include_taxes", "true", NOV, publisher.clock.now(), "ana", "Tax too."
        )
        decide_policy(session, decided)

    assert changes(tried(publisher, shop, "include_taxes", "false")) == [
        ("2026-10", "revenue", 100, 100, 0),
        ("2026-11", "revenue", 60, 50, -10),
    ]


class TestOfWhichRowsCount:
    @pytest.fixture(autouse=True)
    def told_apart_by_orders(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told = registry().get("revenue").model_dump() | {
            "dimensions": ("shop", "day", "financial_status"),
            "splits": {"financial_status": "fct_orders"},
            "reads": {"fct_orders": {"only": ("is_counted",)}},
            "policy": [
                {"switch": "include_taxes", "default": False, "reason": "As it is."},
                {
                    "switch": "count_partially_paid",
                    "default": False,
                    "reason": "As it is.",
                    "rows": {
                        "mart": "fct_orders",
                        "where": {
                            "financial_status": "PARTIALLY_PAID",
                            "is_cancelled": False,
                            "is_test": False,
                        },
                    },
                },
            ],
        }
        others = [metric for metric in registry() if metric.name != "revenue"]
        metrics = Registry([*others, Metric.model_validate(told)])
        monkeypatch.setattr("hotdash.insights.metrics.query.read.registry", lambda: metrics)

    @staticmethod
    def publish(publisher: Publisher, *, counts: bool) -> None:
        partly: dict[str, Any] = {"financial_status": "PARTIALLY_PAID", "is_counted": counts}
        publisher.build(
            {
                "fct_revenue": [revenue_day(ROD, NOV, "140" if counts else "100")],
                "fct_orders": [
                    order(ROD, 1, NOV, "100"),
                    order(ROD, 2, NOV, "40", **partly),
                    order(ROD, 3, NOV, "900", is_cancelled=True, **partly | {"is_counted": False}),
                    order(ROD, 4, NOV, "900", is_test=True, **partly | {"is_counted": False}),
                    order(ROD, 5, NOV, "900", financial_status="VOIDED", is_counted=False),
                ],
            }
        )

    @pytest.mark.parametrize(
        ("counts", "value", "expected"),
        [
            (False, "true", (100, 140, 40)),
            (False, "false", (100, 100, 0)),
            (True, "false", (140, 100, -40)),
        ],
    )
    def test_is_told_apart(
        self,
        publisher: Publisher,
        shop: SeededShop,
        counts: bool,
        value: str,
        expected: tuple[int, int, int],
    ) -> None:
        self.publish(publisher, counts=counts)

        trial = tried(publisher, shop, "count_partially_paid", value)

        assert changes(trial)[-1][2:] == expected


def test_that_nothing_published_can_tell_offers_a_way(
    publisher: Publisher, shop: SeededShop
) -> None:
    publisher.build({"fct_revenue": [revenue_day(ROD, NOV, "100")]})

    with pytest.raises(NeedsRebuildError, match="hotdash metrics decide count_partially_paid true"):
        tried(publisher, shop, "count_partially_paid", "true", ("revenue_refund_day",))


@pytest.mark.parametrize(
    ("policy", "value", "metric"),
    [
        ("attribution_click_days", "14", "attribution_rate"),
        ("shipping_cost_per_order", "7.50", "contribution"),
    ],
)
def test_of_a_number_that_acts_in_marts_offers_the_way(
    publisher: Publisher, shop: SeededShop, policy: str, value: str, metric: str
) -> None:
    publisher.build({"fct_revenue": [revenue_day(ROD, NOV, "100")]})

    with pytest.raises(NeedsRebuildError, match=f"hotdash metrics decide {policy} {value}"):
        tried(publisher, shop, policy, value, (metric,))


def test_of_what_stands_beside_a_metric_says_that_no_metric_moves(
    publisher: Publisher, shop: SeededShop
) -> None:
    with pytest.raises(HotdashError, match="changes nothing about attributed_revenue") as raised:
        tried(publisher, shop, "attribution_half_life_days", "3", ("attributed_revenue",))
    assert raised.value.hint is not None
    assert raised.value.hint.startswith("It moves no metric: After how many days")


@pytest.mark.parametrize(
    ("policy", "value", "metric", "field"),
    [
        ("attribution_click_days", "0", "roas", "value"),
        ("attribution_click_days", "91", "roas", "value"),
        ("attribution_click_days", "7.0", "roas", "value"),
        ("attribution_click_days", "seven", "roas", "value"),
        ("shipping_cost_per_order", "-1", "contribution", "value"),
        ("shipping_cost_per_order", "1.23456", "contribution", "value"),
        ("luck", "true", "revenue", "policy"),
        ("include_taxes", "maybe", "revenue", "value"),
        ("include_taxes", "true", "units", "metric"),
    ],
)
def test_what_makes_no_sense_is_named(
    publisher: Publisher, shop: SeededShop, policy: str, value: str, metric: str, field: str
) -> None:
    with pytest.raises(HotdashError) as raised:
        tried(publisher, shop, policy, value, (metric,))
    assert raised.value.field == field
