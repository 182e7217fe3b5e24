"""What a rate of visits that fell is worth: the orders that did not come, and not the visits that never meant to buy."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from hotdash.insights.anomalies.context import worth_of
from hotdash.insights.anomalies.reading import ShopReading
from hotdash.insights.metrics.registry import registry

DAY = date(2026, 11, 13)
USUAL = Decimal("0.02")


def worth(visits: int, orders: int) -> Decimal | None:
    """After days of 100 visits and two orders of $50."""
    before = [DAY - timedelta(days=back) for back in range(1, 57)]
    rate = Decimal(orders) / visits
    days = {
        "sessions": dict.fromkeys(before, Decimal(100)) | {DAY: Decimal(visits)},
        "orders": dict.fromkeys(before, Decimal(2)) | {DAY: Decimal(orders)},
        "revenue": dict.fromkeys(before, Decimal(100)) | {DAY: Decimal(50 * orders)},
        "conversion": dict.fromkeys(before, USUAL) | {DAY: rate},
    }
    nothing = cast(Any, None)
    reading = ShopReading(
        *(nothing, "rod", "UTC", "USD", nothing, nothing, nothing),
        days=days,
    )
    metric = registry().get("conversion")
    return worth_of(reading, metric, DAY, rate - USUAL)


@pytest.mark.parametrize(
    ("visits", "orders", "lost"),
    [
        *((100, 0, "-100.00"), (50, 0, "-50.00"), (1500, 1, "-50.00"), (100, 3, "50.00")),
        # Of eight orders of twice as many visits four came by the rate, and two by the visits alone.
        (200, 8, "200.00"),
    ],
)
def test_is_the_orders_that_did_not_come(visits: int, orders: int, lost: str) -> None:
    assert worth(visits, orders) == Decimal(lost)


def test_a_crawler_costs_nothing_where_orders_are_as_usual() -> None:
    assert worth(1500, 2) is None
