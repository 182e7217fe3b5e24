"""hotdash attribution compare, as a person types it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hotdash.storage.appdb.repositories.policies import PolicyDecision, decide_policy
from tests.fixtures.commands import Commands
from tests.fixtures.marts import Publisher, mart_row
from tests.fixtures.shops import SeededShop

ROD = "hot-rod-an"
DAYS = ("--from", "2026-11-18", "--to", "2026-11-19")


def campaign(number: int, platform: str, name: str, **told: Any) -> dict[str, Any]:
    row = {"channel": "Paid", "platform": platform, "campaign": name, "currency": "USD"}
    return mart_row("fct_roas", shop_id=ROD, day=date(2026, 11, number), **row | told)


@pytest.fixture
def house(commands: Commands, publisher: Publisher, shop: SeededShop) -> Commands:
    assert shop.shop_id == ROD
    spring = campaign(
        *(18, "meta", "Spring"),
        credited_orders=1,
        last_click_revenue=Decimal(60),
        reported_conversions=Decimal(2),
        reported_value=Decimal(140),
    )
    unread = campaign(
        *(19, "google", "brand"),
        credited_orders=1,
        last_click_revenue=Decimal(100),
        reported_conversions=None,
        reported_value=None,
    )
    direct = campaign(18, "", "", last_click_revenue=Decimal(200))
    earlier = campaign(17, "meta", "Spring")
    publisher.build({"fct_roas": [spring, unread, direct, earlier]})
    return commands


def test_lays_claims_beside_orders(house: Commands) -> None:
    """Meta claims 140.00 where 60.00 are credited: 80.00 more."""
    told = house.told("attribution", "compare", *DAYS)
    assert told["days"] == ["2026-11-18", "2026-11-19"]
    spring, brand = told["rows"]
    assert spring == {
        "day": "2026-11-18",
        "platform": "meta",
        "campaign": "Spring",
        "currency": "USD",
        "shopify_orders": 1,
        "shopify_revenue": "60.0000",
        "claimed_purchases": "2.0000",
        "claimed_value": "140.0000",
        "gap": "80.0000",
    }
    assert (brand["platform"], brand["shopify_revenue"]) == ("google", "100.0000")
    assert [brand[name] for name in ("claimed_purchases", "claimed_value", "gap")] == 3 * [None]


def test_says_why_they_differ(house: Commands, publisher: Publisher) -> None:
    shown = house.shown("attribution", "compare", *DAYS)
    assert "not known" in shown
    assert "financial truth" in shown
    assert "than 7 days" in shown
    with publisher.database.jobs() as session:
        since, at = date(2026, 1, 1), publisher.clock.now()
        decide_policy(
            session,
            PolicyDecision(ROD, "attribution_click_days", "14", since, at, "ana", "To see."),
        )
    assert "than 14 days" in house.shown("attribution", "compare", *DAYS)


def test_a_range_that_ends_before_it_begins_is_told(house: Commands) -> None:
    told = house.error("attribution", "compare", "--from", "2026-11-19", "--to", "2026-11-18")
    assert "2026-11-19 to 2026-11-18" in told["message"]
