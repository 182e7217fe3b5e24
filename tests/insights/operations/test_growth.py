"""The way to the target: rates that compound, and days of arrival, worked out by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hotdash.insights.operations.growth import (
    Arrival,
    Standing,
    arrival_day,
    growth_of,
    load_growth,
    monthly_rate,
)
from hotdash.storage.appdb.repositories.operating_settings import SettingDecision, decide_settings
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, mart_row

DAY = date(2026, 1, 1)
# A tenth of the target; a quarter 1.1 * 1.1 * 1.1 = 1.331 times the one before.
STANDING = Standing(
    day=DAY,
    currency="USD",
    revenue_12m=Decimal(1_000_000),
    revenue_12m_before=Decimal(1_000_000),
    revenue_91d=Decimal("133100"),
    revenue_91d_before=Decimal(100_000),
    days_in_12m=365,
    target=Decimal(10_000_000),
)


def test_the_present_rate_compounds_to_the_quarter() -> None:
    growth = growth_of(STANDING)
    assert growth.present_monthly is not None
    assert round(growth.present_monthly, 12) == Decimal("0.1")
    assert growth.share == Decimal("0.1")
    # 133,100 a quarter of 91 days: 133,100 * 365 / 91.
    assert round(growth.run_rate, 2) == Decimal("533862.64")


def test_the_needed_rate_makes_ten_of_one_in_three_years() -> None:
    # 1.06605 to the power of 36 is 10: ln 10 / 36 = 0.0639607, and e to that is 1.0660505.
    assert round(growth_of(STANDING).needed_monthly or 0, 6) == Decimal("0.066050")
    assert growth_of(replace(STANDING, target=Decimal(5))).needed_monthly == 0


def test_the_day_of_arrival_with_its_range() -> None:
    # ln 10 / ln 1.1 = 24.1589 months of 30.4375 days are 735.3 days; a year that stood still never arrives.
    arrival = growth_of(STANDING).arrival
    assert arrival is not None
    assert arrival.day == arrival.earliest == date(2028, 1, 7)
    assert (arrival.day - DAY).days == 736
    assert arrival.latest is None


def test_the_range_reaches_from_the_faster_to_the_slower_rate() -> None:
    # 1.2 to the power of 12 is 8.916100448256: the year grew by a fifth each month.
    faster = replace(STANDING, revenue_12m_before=Decimal(1_000_000) / Decimal("8.916100448256"))
    arrival = growth_of(faster).arrival
    assert arrival is not None
    # ln 10 / ln 1.2 = 12.6293 months are 384.4 days.
    assert arrival.earliest is not None
    assert (arrival.earliest - DAY).days == 385
    assert arrival.latest == arrival.day


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"revenue_12m": Decimal(-5)}, None),
        ({"revenue_12m": Decimal("0.0001")}, date(2046, 6, 8)),
    ],
)
def test_arrivals_at_the_edges(changes: dict[str, Decimal], day: date | None) -> None:
    """1e11 times as much takes ln 1e11 / ln 1.1 = 265.7 months."""
    found = arrival_day(replace(STANDING, **changes), Decimal("0.1"))
    if day is not None and found is not None:
        assert abs((found - DAY).days - 8088) <= 1
    else:
        assert found == day


@pytest.mark.parametrize("before", [None, Decimal(100_000)])
def test_who_reached_the_target_needs_no_rate_to_be_there(before: Decimal | None) -> None:
    """Also with fewer than two quarters, of which no rate is known."""
    reached = replace(STANDING, revenue_12m=STANDING.target, revenue_91d_before=before)
    assert growth_of(reached).arrival == Arrival(DAY, DAY, DAY)
    nearly = replace(reached, revenue_12m=STANDING.target - Decimal("0.01"))
    assert growth_of(nearly).arrival != Arrival(DAY, DAY, DAY)


def test_a_rate_needs_a_base() -> None:
    assert monthly_rate(Decimal(5), None, 3) is None
    assert monthly_rate(Decimal(5), Decimal(0), 3) is None
    assert monthly_rate(Decimal(-5), Decimal(5), 3) is None
    assert growth_of(replace(STANDING, revenue_91d_before=None)).arrival is None


def test_a_shrinking_or_hardly_growing_shop_never_arrives() -> None:
    assert arrival_day(STANDING, Decimal("-0.1")) is None
    assert arrival_day(STANDING, Decimal("0.000001")) is None


@pytest.mark.usefixtures("shop")
def test_is_read_from_what_is_published_with_the_shops_own_target(
    publisher: Publisher, database: Database
) -> None:
    day = date(2026, 11, 5)
    known = {"currency": "USD", "revenue_12m": Decimal(100), "revenue_91d": Decimal(50)}
    with database.jobs() as session:
        assert load_growth(session, "hot-rod-an", day) is None
    publisher.build(
        {"fct_growth": [mart_row("fct_growth", shop_id="hot-rod-an", day=day, **known)]}
    )
    with database.jobs() as session:
        growth = load_growth(session, "hot-rod-an", day)
        assert growth is not None
        assert growth.standing.target == 10_000_000
        decide_settings(
            session,
            [
                SettingDecision(
                    *("hot-rod-an", "growth_target", "shop", "", 400, day),
                    decided_at=publisher.clock.now(),
                    decided_by="ana",
                    reason="A smaller step first",
                )
            ],
        )
        mine = load_growth(session, "hot-rod-an", day)
        assert mine is not None
        assert mine.share == Decimal("0.25")
