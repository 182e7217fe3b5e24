"""Daily figures: exact, of the shop's own policy, and silent about days nobody has read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotdash.base.errors import NotFoundError
from hotdash.insights.metrics.daily import (
    Medians,
    RevenueDay,
    load_medians,
    load_revenue_days,
)
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.metrics.publication import load_published
from hotdash.storage.appdb.repositories.policies import PolicyDecision, decide_policy
from tests.fixtures.marts import Publisher, order, revenue_day
from tests.fixtures.shops import SeededShop

SHOP = "hot-rod-an"
WEEK = Period(Range.DAYS_7, Compare.PREVIOUS)
FIRST, LAST = date(2026, 11, 14), date(2026, 11, 20)


def days_of(publisher: Publisher, shop: SeededShop, period: Period = WEEK) -> list[RevenueDay]:
    with publisher.database.as_user(shop.owner_id) as session:
        return load_revenue_days(session, SHOP, period, publisher.clock.now())


def medians_of(publisher: Publisher, shop: SeededShop, period: Period = WEEK) -> Medians:
    with publisher.database.as_user(shop.owner_id) as session:
        published, now = load_published(session, SHOP), publisher.clock.now()
        return load_medians(session, published, published.windows(period, now), now)


def include_taxes_from(publisher: Publisher, day: date) -> None:
    with publisher.database.jobs() as session:
        decide_policy(
            session,
            PolicyDecision(
                SHOP, "include_taxes", "true", day, publisher.clock.now(), "ana", "Plans with tax."
            ),
        )


class TestDays:
    def test_follow_the_formula(self, publisher: Publisher, shop: SeededShop) -> None:
        parts: dict[str, Any] = {
            "discounts": Decimal("10"),
            "refunds": Decimal("20.5"),
            "shipping": Decimal("7.25"),
            "shipping_refunds": Decimal("1.25"),
            "taxes": Decimal("8"),
            "tax_refunds": Decimal("2"),
        }
        publisher.build({"fct_revenue": [revenue_day(SHOP, LAST, "100", **parts)]})

        assert days_of(publisher, shop)[-1].revenue == Decimal("75.5")

    def test_stand_beside_the_days_they_are_compared_with(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        days = [FIRST - timedelta(days=7) + timedelta(days=offset) for offset in range(14)]
        publisher.build({"fct_revenue": [revenue_day(SHOP, day, str(day.day)) for day in days]})

        found = days_of(publisher, shop)

        assert [day.day for day in found] == days[7:]
        assert [day.base_day for day in found] == days[:7]
        assert found[0].revenue == Decimal(14)
        assert found[0].base_revenue == Decimal(7)

    def test_without_orders_between_others_are_zero(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        rows = [revenue_day(SHOP, FIRST, "5"), revenue_day(SHOP, LAST, "6")]
        publisher.build({"fct_revenue": rows})

        assert [day.revenue for day in days_of(publisher, shop)] == [5, 0, 0, 0, 0, 0, 6]

    def test_before_the_first_order_are_unknown_and_not_zero(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        publisher.build({"fct_revenue": [revenue_day(SHOP, LAST, "6")]})

        assert [day.revenue for day in days_of(publisher, shop)] == [*[None] * 6, 6]

    def test_end_with_the_last_day_that_is_complete(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        publisher.as_of = {"shopify": datetime(2026, 11, 19, 20, tzinfo=UTC)}
        publisher.build({"fct_revenue": [revenue_day(SHOP, date(2026, 11, 19), "6")]})

        assert days_of(publisher, shop)[-1].day == date(2026, 11, 18)

    def test_do_not_wait_for_a_source_they_do_not_rest_on(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        publisher.as_of = {
            "shopify": publisher.clock.now(),
            "chatwoot": datetime(2026, 11, 3, tzinfo=UTC),
        }
        publisher.marts_by_source = {"shopify": {"fct_revenue"}, "chatwoot": {"dim_customers"}}
        for _ in ("new", "unchanged"):
            publisher.build({"fct_revenue": [revenue_day(SHOP, LAST, "6")]})

            assert days_of(publisher, shop)[-1].day == LAST

    def test_with_a_missing_component_have_no_figure(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        rows = [revenue_day(SHOP, FIRST, "5"), revenue_day(SHOP, LAST, "6", refunds=None)]
        publisher.build({"fct_revenue": rows})

        assert days_of(publisher, shop)[-1].revenue is None

    def test_of_another_shop_are_not_there(
        self, publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        publisher.build({"fct_revenue": [revenue_day(SHOP, LAST, "6")]})

        with pytest.raises(NotFoundError, match="no shop 'hot-rod-an'"):
            days_of(publisher, two_shops[1])


@pytest.mark.law(11)
class TestPolicy:
    def test_holds_from_its_day_on(self, publisher: Publisher, shop: SeededShop) -> None:
        taxed = {"taxes": Decimal(9), "tax_refunds": Decimal(2)}
        rows = [
            revenue_day(SHOP, FIRST + timedelta(days=offset), "10", **taxed) for offset in range(7)
        ]
        publisher.build({"fct_revenue": rows})

        include_taxes_from(publisher, date(2026, 11, 18))

        assert [day.revenue for day in days_of(publisher, shop)] == [10, 10, 10, 10, 17, 17, 17]

    def test_holds_for_the_median_too(self, publisher: Publisher, shop: SeededShop) -> None:
        publisher.build({"fct_orders": [order(SHOP, 1, LAST, "10", taxes=Decimal(9))]})

        include_taxes_from(publisher, LAST)

        assert medians_of(publisher, shop).current == Decimal(19)


class TestMedian:
    @settings(
        max_examples=8,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        values=st.lists(
            st.decimals(min_value=-50, max_value=5000, places=2), min_size=1, max_size=9
        )
    )
    def test_is_the_exact_middle(
        self, publisher: Publisher, shop: SeededShop, values: list[Decimal]
    ) -> None:
        orders = [order(SHOP, number, LAST, value) for number, value in enumerate(values)]
        publisher.build({"fct_orders": orders})

        assert medians_of(publisher, shop) == Medians(median(values), None)

    def test_counts_only_counted_orders_of_the_days(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        orders = [
            order(SHOP, 1, LAST, "10"),
            order(SHOP, 2, LAST, "999", is_counted=False),
            order(SHOP, 3, LAST + timedelta(days=1), "999"),
            order(SHOP, 4, FIRST - timedelta(days=1), "30"),
            order(SHOP, 5, FIRST - timedelta(days=7), "31"),
            order(SHOP, 6, FIRST - timedelta(days=8), "999"),
        ]
        publisher.build({"fct_orders": orders})

        assert medians_of(publisher, shop) == Medians(Decimal(10), Decimal("30.5"))
        alone = medians_of(publisher, shop, Period(Range.DAYS_7, Compare.NONE))
        assert alone == Medians(Decimal(10), None)
