"""Seeded touches of a shop's orders that arrive late, twice, changed or in pieces."""

import random
from datetime import datetime, timedelta

from tests.fixtures.raw_orders import Row
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.touches import click, tell_clicks, tell_journey, visit

_LINKS = (
    "",
    "utm_source=google&utm_medium=cpc&utm_campaign=brand",
    "utm_source=newsletter&utm_medium=email&utm_campaign=may",
    "utm_source=facebook&utm_medium=paid_social&utm_campaign=spring%20sale",
    "utm_source=%7Bsite%7D&utm_medium=cpc",
    "fbclid=abc",
)
_REFERRERS = (None, "https://www.google.com/", "https://www.paypal.com/", "https://forum.example/x")


def tell_touches(chance: random.Random, world: RawWorld, shop: str, start: datetime) -> None:
    """Journeys of a few orders told anew, and an hour of clicks of four browsers."""
    journeys = {
        chance.randint(1, 14): [
            visit(number, _moment(chance, start), chance.choice(_LINKS), chance.choice(_REFERRERS))
            for number in range(chance.randint(0, 4))
        ]
        for _ in range(4)
    }
    tell_journey(world, shop, dict(journeys))
    tell_clicks(world, shop, [_click(chance, start) for _ in range(12)])


def _click(chance: random.Random, start: datetime) -> Row:
    number = chance.randint(1, 60)
    steady = random.Random(number)
    link = dict(pair.split("=") for pair in steady.choice(_LINKS).split("&") if pair)
    told = {
        "session_id": f"session-{number // 3}",
        "customer_id": steady.choice([None, None, "1", "2"]),
        **link,
    }
    if steady.random() < 0.3:
        told |= {"event_type": "order_completed", "order_id": str(steady.randint(1, 14))}
    at = _moment(steady, start)
    return click(f"event-{number}", at, f"browser-{number // 3 % 4}", **told)


def _moment(chance: random.Random, start: datetime) -> datetime:
    return start + timedelta(minutes=chance.randint(-60 * 24 * 10, 60 * 24 * 40))
