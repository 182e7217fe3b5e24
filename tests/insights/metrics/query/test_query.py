"""Answers are exact sums, ratios of sums and exact medians; nothing unknown ever becomes a zero."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotdash.base.errors import NotFoundError
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.registry import Registry, registry
from hotdash.storage.appdb.repositories.policies import PolicyDecision, decide_policy
from tests.fixtures.marts import Publisher, order
from tests.fixtures.november import NOV, ROD, Ask, days, values
from tests.fixtures.shops import SeededShop


def decide(publisher: Publisher, value: str, since: date, policy: str = "include_taxes") -> None:
    with publisher.database.jobs() as session:
        decide_policy(
            session,
            PolicyDecision(ROD, policy, value, since, publisher.clock.now(), "ana", "To see."),
        )


class TestSums:
    def test_of_a_range_are_those_of_its_days(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        # 100 + 300 + 80.50, of 2 + 1 + 1 orders; 480.50 / 4 and no average of 50, 300 and 80.50
        answer = ask("revenue", "orders", "aov", **NOV)

        assert answer.only("revenue").value == Decimal("480.50")
        assert answer.only("orders").value == 4
        assert answer.only("aov").value == Decimal("120.125")

    @pytest.mark.parametrize(
        ("by", "expected"),
        [
            (
                "week",
                {"2026-W44": 100, "2026-W45": 300, "2026-W46": 0, "2026-W47": Decimal("80.5")},
            ),
            ("month", {"2026-11": Decimal("480.5")}),
            ("quarter", {"2026-Q4": Decimal("480.5")}),
        ],
    )
    def test_follow_the_calendar(
        self, publisher: Publisher, ask: Ask, by: str, expected: dict[str, Any]
    ) -> None:
        publisher.build(days())

        answer = ask("revenue", by=[by], **NOV)

        assert {row.key[by]: row.cells["revenue"].value for row in answer.rows} == expected

    def test_of_days_sum_to_the_total(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        by_day = values(ask("revenue", by=["day"], **NOV), "revenue")

        assert len(by_day) == 20
        assert sum(value or 0 for value in by_day) == Decimal("480.50")

    def test_with_an_unknown_part_are_unknown(self, publisher: Publisher, ask: Ask) -> None:
        rows = days()["fct_revenue"]
        publisher.build({"fct_revenue": [*rows[:3], {**rows[3], "refunds": None}, *rows[4:]]})

        answer = ask("revenue", "orders", "aov", **NOV)

        assert answer.only("revenue").value is None
        assert answer.only("revenue").why == "1 row does not say refunds, and half a sum is no sum."
        assert answer.only("aov").why == answer.only("revenue").why
        assert answer.only("orders").value == 4


class TestNothing:
    def test_before_the_first_day_is_not_known(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        answer = ask("revenue", first=date(2026, 10, 1), last=date(2026, 10, 11))

        assert answer.only("revenue").value is None
        assert answer.only("revenue").why == (
            "The first known day of hot-rod-an in fct_revenue is 12 Oct 2026."
        )

    def test_between_known_days_is_zero_and_has_no_average(
        self, publisher: Publisher, ask: Ask
    ) -> None:
        publisher.build(days())

        answer = ask("revenue", "aov", first=date(2026, 11, 5), last=date(2026, 11, 6))

        assert answer.only("revenue").value == 0
        assert answer.only("aov").value is None
        assert answer.only("aov").why == "Orders: 0, so there is no value."

    def test_of_a_day_that_is_not_over_is_not_known(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        answer = ask("revenue", first=date(2026, 11, 21), last=date(2026, 11, 22))

        assert (
            answer.only("revenue").why == "No day after 20 Nov 2026 is complete for hot-rod-an yet."
        )
        assert answer.provisional

    @pytest.mark.usefixtures("shop")
    def test_is_published_says_so(self, ask: Ask) -> None:
        assert ask("revenue").only("revenue").why == (
            "Nothing has been published for hot-rod-an yet."
        )

    def test_of_this_kind_says_so(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        cell = ask("median_order_value", **NOV).only("median_order_value")

        assert cell.value is None
        assert cell.why is not None
        assert cell.why.startswith("fct_orders holds nothing for hot-rod-an")


class TestComparison:
    def test_with_the_days_before(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        # 1 to 20 Nov is compared with 12 to 31 Oct: 50 + 70 of 2 orders
        cell = ask("revenue", compare="previous", **NOV).only("revenue")

        assert (cell.base, cell.change) == (120, Decimal("360.50"))
        assert cell.share is not None
        assert f"{cell.share:.4f}" == "3.0042"

    def test_puts_as_many_days_beside_every_split(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        answer = ask("revenue", by=["week"], compare="previous", **NOV)

        # 1 Nov is the first of 20 days, beside 12 Oct; 2 to 8 Nov beside 13 to 19 Oct;
        # 16 to 20 Nov beside 27 to 31 Oct
        assert [
            (row.key["week"], row.base_days and row.base_days.first.day, row.cells["revenue"].base)
            for row in answer.rows
        ] == [("2026-W44", 12, 50), ("2026-W45", 13, 0), ("2026-W46", 20, 0), ("2026-W47", 27, 70)]

    def test_that_begins_before_the_first_day_is_none(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        cell = ask("revenue", compare="year", **NOV).only("revenue")

        assert cell.base is None
        assert cell.why_no_base == (
            "The first known day of hot-rod-an in fct_revenue is 12 Oct 2026."
        )

    def test_that_begins_within_the_first_days_is_none(
        self, publisher: Publisher, ask: Ask
    ) -> None:
        publisher.build(days())

        cell = ask(
            "revenue", compare="previous", first=date(2026, 10, 20), last=date(2026, 11, 8)
        ).only("revenue")

        assert cell.value == Decimal(470)
        assert cell.why_no_base is not None
        assert cell.why_no_base.startswith("No comparison: The first known day")

    def test_with_a_plan_says_that_there_is_none(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())

        answer = ask("revenue", compare="plan", **NOV)

        assert answer.only("revenue").base is None
        assert any("no plan is kept" in note for note in answer.notes)


@pytest.mark.law(11)
class TestPolicies:
    def test_hold_from_their_day_on_within_a_range(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())
        decide(publisher, "true", date(2026, 11, 2))

        # 100 without its tax, 300 + 30 and 80.50 + 8 with theirs
        assert ask("revenue", **NOV).only("revenue").value == Decimal("518.50")

    def test_can_be_tried_out(self, publisher: Publisher, shop: SeededShop) -> None:
        publisher.build(days())
        question = Question.parse(shops=[ROD], metrics=["revenue"], **NOV)

        with publisher.database.as_user(shop.owner_id) as session:
            tried = query(
                session, question, publisher.clock.now(), assumed={"include_taxes": "true"}
            )

        assert tried.only("revenue").value == Decimal("528.50")


class TestVersions:
    @staticmethod
    def second(name: str, formula: str, **more: Any) -> Registry:
        first = registry().get(name)
        told = first.model_dump() | {
            "version": 2,
            "formula": formula,
            "effective_from": date(2026, 11, 2),
            "changelog": [
                *first.changelog,
                {"version": 2, "date": "2026-11-02", "change": "B.", "approved_by": "owner"},
            ],
        }
        return Registry([*registry(), Metric.model_validate(told | more)])

    def test_leave_older_days_alone(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())
        metrics = self.second("orders", "counted_orders * 10")

        answer = ask("orders", "orders@1", "orders@2", metrics_of=metrics, **NOV)

        # 2 orders on 1 Nov by the first version; 1 + 1 from 2 Nov on by the second
        assert answer.only("orders").value == 2 + 20
        assert answer.only("orders@1").value == 4
        assert answer.only("orders@2").value == 40
        assert [(version.version, since) for version, since in answer.metrics[0].versions] == [
            (1, None),
            (2, date(2026, 11, 2)),
        ]

    def test_of_a_ratio_are_not_mixed(self, publisher: Publisher, ask: Ask) -> None:
        publisher.build(days())
        metrics = self.second("aov", "2 * revenue / orders")

        across = ask("aov", metrics_of=metrics, **NOV).only("aov")
        by_day = ask("aov", metrics_of=metrics, by=["day"], **NOV)

        assert across.value is None
        assert across.why is not None
        assert "definition changed" in across.why
        assert values(by_day, "aov")[:2] == [50, 600]

    def test_that_do_not_exist_are_named(self, ask: Ask) -> None:
        with pytest.raises(NotFoundError, match="version 7 of revenue"):
            ask("revenue@7")


class TestMedians:
    @settings(
        max_examples=6,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        st.lists(
            st.tuples(st.integers(1, 20), st.decimals(min_value=-50, max_value=900, places=2)),
            min_size=1,
            max_size=12,
        )
    )
    def test_are_the_exact_middle_of_every_split(
        self, publisher: Publisher, ask: Ask, sold: list[tuple[int, Decimal]]
    ) -> None:
        publisher.build(
            {
                "fct_orders": [
                    order(ROD, number, date(2026, 11, day), amount)
                    for number, (day, amount) in enumerate(sold)
                ]
            }
        )

        answer = ask("median_order_value", by=["week"], **NOV)

        weeks: dict[str, list[Decimal]] = {}
        for day, amount in sold:
            year, week, _ = date(2026, 11, day).isocalendar()
            weeks.setdefault(f"{year}-W{week}", []).append(amount)
        expected = {week: _median(amounts) for week, amounts in weeks.items()}
        found = {row.key["week"]: row.cells["median_order_value"].value for row in answer.rows}
        assert {week: value for week, value in found.items() if value is not None} == expected


def _median(amounts: list[Decimal]) -> Decimal:
    ordered = sorted(amounts)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
