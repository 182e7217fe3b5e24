"""Seeded days of ad accounts, some read again later with other figures or none."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from tests.fixtures.raw_orders import Row
from tests.fixtures.raw_world import RawWorld

PLATFORMS = ("meta_ads", "google_ads")


def tell_ads(chance: random.Random, world: RawWorld, shop: str, currency: str) -> None:
    """A week of both platforms; a day without a row was read and had no ads."""
    first = world.now.date() - timedelta(days=chance.randint(200, 230))
    for platform in PLATFORMS:
        days = [first + timedelta(days=number) for number in range(7)]
        rows = [
            _row(chance, platform, campaign, currency) | {"day": day}
            for day in days
            for campaign in (1, 2)
            if chance.random() < 0.7
        ]
        told: Mapping[str, Sequence[Row]] = {f"{platform}_campaign_days": rows}
        world.slices(shop, platform, told, days=days)


def _row(chance: random.Random, platform: str, campaign: int, currency: str) -> Row:
    cost = Decimal(chance.randint(0, 90_000)) / 1000
    told = {
        "campaign_id": campaign,
        "campaign_name": f"campaign {campaign}",
        "currency": chance.choice([currency, "EUR"]),
        "timezone": "America/Los_Angeles",
        "impressions": chance.randint(100, 10_000),
        "clicks": chance.randint(0, 100),
    }
    if platform == "meta_ads":
        claims = {"purchases": chance.choice([None, 2]), "purchase_value": cost * 3}
        return told | claims | {"account_id": 7, "spend": cost}
    claims = {"conversions": Decimal("1.25"), "conversions_value": cost * 2}
    return told | claims | {"customer_id": 8, "cost": cost}
