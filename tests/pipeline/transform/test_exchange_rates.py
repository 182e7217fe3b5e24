"""Spend in another currency is converted once its rate is known, and a corrected rate moves the days it holds on."""

from datetime import date
from decimal import Decimal

import pytest

from hotdash.pipeline.transform.build import BuildMode
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.warehouses import BuiltWarehouse

SHOP = "paris"
# A Friday, the Sunday after it, and the days around the end of a gap of 8 days from Monday the 5th.
FRIDAY, SUNDAY, MONDAY = date(2026, 1, 2), date(2026, 1, 4), date(2026, 1, 5)
HELD_LAST, WITHOUT, AFTER_GAP = date(2026, 1, 11), date(2026, 1, 12), date(2026, 1, 13)
BEFORE = date(2026, 1, 1)
DAYS = (BEFORE, FRIDAY, SUNDAY, MONDAY, HELD_LAST, WITHOUT, AFTER_GAP)


def spent(built: BuiltWarehouse) -> dict[date, Decimal | None]:
    rows = built.rows(f"select day, spend from marts.fct_ad_spend where shop_id = '{SHOP}'")
    return {row["day"]: row["spend"] for row in rows}


def computed_anew(built: BuiltWarehouse) -> set[date]:
    rows = built.rows("select shop_id, day from intermediate.int_affected_ad_days")
    return {row["day"] for row in rows if row["shop_id"] == SHOP}


def tell_ads(world: RawWorld) -> None:
    world.shop(SHOP, "Europe/Paris", "EUR")
    ads = [
        {"day": day, "campaign_id": 1, "account_id": 7, "currency": "JPY", "spend": Decimal(12345)}
        for day in DAYS
    ]
    world.slices(SHOP, "meta_ads", {"meta_ads_campaign_days": ads})


@pytest.mark.law(10)
def test_rates_that_come_late_convert_what_was_built_before(built: BuiltWarehouse) -> None:
    world = built.new_world()
    tell_ads(world)
    built.build()
    assert spent(built) == dict.fromkeys(DAYS)

    told = [("2026-01-02", "0.0061"), ("2026-01-05", "0.0062"), ("2026-01-13", "0.0063")]
    world.rates(SHOP, *((day, "JPY", "EUR", rate) for day, rate in told))
    assert built.build().mode is BuildMode.INCREMENTAL
    assert computed_anew(built) == {FRIDAY, SUNDAY, MONDAY, HELD_LAST, AFTER_GAP}
    converted = {
        BEFORE: None,
        FRIDAY: Decimal("75.3045"),
        SUNDAY: Decimal("75.3045"),
        MONDAY: Decimal("76.5390"),
        HELD_LAST: Decimal("76.5390"),
        WITHOUT: None,
        AFTER_GAP: Decimal("77.7735"),
    }
    assert spent(built) == converted

    # One is corrected, and one is taken back.
    world.rates(SHOP, ("2026-01-02", "JPY", "EUR", "0.01"), ("2026-01-13", "JPY", "EUR", None))
    built.build()
    assert computed_anew(built) == {FRIDAY, SUNDAY, MONDAY, AFTER_GAP}
    corrected = dict.fromkeys((FRIDAY, SUNDAY), Decimal("123.4500")) | {AFTER_GAP: None}
    assert spent(built) == converted | corrected
    built.build(BuildMode.FULL)
    assert spent(built) == converted | corrected
