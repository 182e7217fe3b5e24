"""What ads cost and brought, where some of it is not known."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.marts import Publisher, mart_row
from tests.fixtures.november import NOV, ROD, Ask, days

WHY = (
    "1 row does not say spend (an ad source was not read for the day, none is connected, or no exchange "
    "rate is known), and half a sum is no sum."
)


def ads(number: int, platform: str, **told: Any) -> dict[str, Any]:
    row = {"channel": "Paid", "campaign": "", "currency": "USD", "platform": platform}
    return mart_row("fct_roas", shop_id=ROD, day=date(2026, 11, number), **row | told)


@pytest.fixture
def asked(publisher: Publisher, ask: Ask) -> Ask:
    """480.50 of revenue; Meta cost 12.00 on the second and nobody knows what on the third."""
    known = ads(
        2,
        "meta",
        spend=Decimal(12),
        known_spend=Decimal(12),
        attributed_revenue=Decimal(36),
    )
    unread = ads(3, "meta", spend=None)
    customers = [
        mart_row(
            "fct_cac",
            shop_id=ROD,
            day=date(2026, 11, number),
            plan_tier="x",
            currency="USD",
            **told,
        )
        for number, told in ((2, {"spend": Decimal(12), "new_customers": 1}), (3, {"spend": None}))
    ]
    publisher.build(
        {"fct_revenue": days()["fct_revenue"], "fct_roas": [known, unread], "fct_cac": customers}
    )
    return ask


@pytest.mark.parametrize("metric", ["ad_spend", "mer", "cac"])
def test_a_range_with_an_unread_day_has_no_value_and_says_why(asked: Ask, metric: str) -> None:
    cell = asked(metric, **NOV).only(metric)
    assert cell.value is None
    assert cell.why == WHY


def test_its_other_days_are_known(asked: Ask) -> None:
    rows = {
        row.key["day"]: row.cells["ad_spend"] for row in asked("ad_spend", by=["day"], **NOV).rows
    }
    assert rows["2026-11-02"].value == 12
    assert rows["2026-11-03"].value is None
    assert rows["2026-11-03"].why == WHY
    assert rows["2026-11-04"].value == 0


def test_roas_is_of_the_days_that_were_read(asked: Ask) -> None:
    """36.00 / 12.00"""
    assert asked("roas", **NOV).only("roas").value == 3
