"""Seeded weeks of support, stock, parcels, web and search, told in loads that come a day apart."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.base.clock import iso_utc
from tests.fixtures.raw_orders import Line, Order, Row
from tests.fixtures.raw_world import FIRST_LOAD, RawWorld

_HOURS_APART = 26
_PRODUCTS = range(1, 6)


def tell_operations(chance: random.Random, world: RawWorld, shop: str, step: int) -> None:
    world.loads += _HOURS_APART
    _tell_support(chance, world, shop, step)
    _tell_stock(chance, world, shop, step)
    _tell_shipments(chance, world, shop)
    _tell_web(chance, world, shop)
    _tell_settings(world, shop, step)


def _tell_support(chance: random.Random, world: RawWorld, shop: str, step: int) -> None:
    asked = [number for number in range(1, 13) if _opened(number) < world.now]
    told = chance.sample(asked, len(asked) // 2)
    gone = [number for number in asked if number not in told and chance.random() < 0.1]
    hours = [(weekday, 540, 1020) for weekday in range(1, 6)] if step < 2 else [(7, 0, 1440)]
    week: Sequence[Row] = [
        {
            "weekday": weekday,
            "opens_minute": opens,
            "closes_minute": closes,
            "timezone": "America/New_York",
            "first_response_minutes": 120,
            "resolution_minutes": 600,
        }
        for weekday, opens, closes in hours
    ]
    world.tell(
        shop,
        "chatwoot",
        {
            "chatwoot_sla_settings": week if step in (0, 2) else [],
            "chatwoot_conversations": [
                *(_conversation(chance, world.now, number) for number in told),
                *({"conversation_id": number, "is_deleted": True} for number in gone),
            ],
            "chatwoot_messages": [
                {
                    "conversation_id": number,
                    "message_id": number,
                    "message_type": "outgoing" if number == 5 else "incoming",
                    "is_private": False,
                    "created_at": _opened(number),
                }
                for number in told
            ],
            "chatwoot_csat": [
                {
                    "conversation_id": number,
                    "csat_id": number,
                    "rating": chance.randint(1, 5),
                    "created_at": world.now,
                }
                for number in asked
                if chance.random() < 0.2
            ],
            "chatwoot_applied_slas": [_of_policy(7, world.now)] if 7 in asked else [],
            "chatwoot_sla_events": [
                {
                    "conversation_id": 7,
                    "sla_event_id": 1,
                    "applied_sla_id": 7,
                    "event_type": "rt",
                    "created_at": _opened(7) + timedelta(hours=4),
                }
            ]
            if step > 1
            else [],
        },
    )


def _opened(number: int) -> datetime:
    return FIRST_LOAD - timedelta(days=4) + timedelta(hours=13 * number)


def _of_policy(number: int, at: datetime) -> Row:
    sla = {"applied_sla_id": number, "sla_policy_id": 1, "sla_status": "active"}
    return sla | {"conversation_id": number, "created_at": _opened(number), "updated_at": at}


def _conversation(chance: random.Random, now: datetime, number: int) -> Row:
    is_answered = chance.random() < 0.5
    return {
        "conversation_id": number,
        "inbox_id": number % 2,
        "contact_id": number,
        "channel": "Channel::Email",
        "status": chance.choice(["open", "resolved", "pending"]),
        "labels": "[]",
        "created_at": _opened(number),
        "updated_at": now,
        "last_activity_at": now,
        "first_reply_created_at": _opened(number) + timedelta(hours=9) if is_answered else None,
    }


def _tell_stock(chance: random.Random, world: RawWorld, shop: str, step: int) -> None:
    known = [number for number in _PRODUCTS if number < 5 or step > 1]
    at = {"created_at": FIRST_LOAD - timedelta(days=30), "updated_at": world.now}
    changed = known if step in (0, 2) else chance.sample(known, 1)
    world.load(
        shop,
        told={
            "products": [
                at | {"product_id": n, "title": f"P{n}", "vendor": "Acme"} for n in changed
            ],
            "variants": [
                at
                | {"variant_id": n * 10, "product_id": n, "inventory_item_id": n * 100}
                | {"sku": f"S{n}-{chance.choice('aab')}", "price": Decimal("9.5")}
                for n in changed
            ],
            "inventory_items": [
                at | {"inventory_item_id": n * 100, "is_tracked": n != 4 or step < 3}
                for n in changed
            ],
            "inventory_levels": [
                {
                    "inventory_item_id": n * 100,
                    "location_id": location,
                    "is_active": chance.random() < 0.9,
                    "available": chance.choice([0, 0, -1, 3, 40]),
                    "on_hand": 41,
                    "incoming": chance.randint(0, 3),
                    "updated_at": world.now - timedelta(hours=chance.randint(0, 70)),
                }
                for n in known
                for location in (1, 2)
                if step == 0 or chance.random() < 0.4
            ],
        },
    )


def _tell_shipments(chance: random.Random, world: RawWorld, shop: str) -> None:
    orders: list[Row] = []
    lines: list[Row] = []
    parcels: list[Row] = []
    events: list[Row] = []
    for number in chance.sample(range(1, 25), 8):
        order_id = 1000 + number
        at = FIRST_LOAD - timedelta(hours=31 * number)
        told = Order(
            order_id,
            iso_utc(at),
            [Line(order_id * 10, "20", quantity=chance.randint(1, 4))],
            chance.choice(["PAID", "PAID", "VOIDED"]),
            updated_at=iso_utc(world.now),
        ).rows()
        status = chance.choice(["FULFILLED", "UNFULFILLED"])
        orders += [row | {"fulfillment_status": status} for row in told["orders"]]
        lines += [row | {"variant_id": (number % 5 + 1) * 10} for row in told["order_lines"]]
        if status == "FULFILLED":
            parcels.append(_parcel(chance, order_id, at, world.now))
            events.append(
                {
                    "fulfillment_id": order_id * 10,
                    "event_id": order_id,
                    "status": chance.choice(["IN_TRANSIT", "DELAYED"]),
                    "happened_at": at + timedelta(days=2),
                }
            )
        elif chance.random() < 0.3:
            parcels.append({"fulfillment_id": order_id * 10, "is_deleted": True})
    world.load(shop, told={"orders": orders, "order_lines": lines})
    world.load(shop, told={"fulfillments": parcels, "fulfillment_events": events})


def _parcel(chance: random.Random, order_id: int, at: datetime, now: datetime) -> Row:
    arrived = at + timedelta(hours=chance.randint(30, 200))
    return {
        "fulfillment_id": order_id * 10,
        "order_id": order_id,
        "status": chance.choice(["SUCCESS", "SUCCESS", "CANCELLED"]),
        "display_status": "IN_TRANSIT",
        "carrier": chance.choice(["UPS", None]),
        "created_at": at + timedelta(hours=20),
        "updated_at": now,
        "delivered_at": chance.choice([None, arrived]),
        "estimated_delivery_at": chance.choice([None, at + timedelta(days=4)]),
    }


def _tell_web(chance: random.Random, world: RawWorld, shop: str) -> None:
    last = world.now.date() - timedelta(days=1)
    days = [last - timedelta(days=back) for back in range(chance.choice([3, 20]))]
    own = {"property_id": 1, "timezone": "America/Denver", "currency": "USD"}
    told: dict[str, Sequence[Row]] = {
        "ga4_traffic": [
            {
                "day": day,
                "landing_page": page,
                "source": "google",
                "medium": "organic",
                "campaign": "(none)",
                "channel_group": chance.choice(["Organic Search", "Paid Search"]),
                "sessions": sessions,
                "engaged_sessions": sessions // 2,
                "active_users": sessions,
                "key_events": Decimal("1.5"),
                "purchases": 1,
                "purchase_revenue": Decimal("12.5"),
            }
            for day in days
            for page in ("/a", "/b")
            if chance.random() < 0.7
            for sessions in [chance.choice([2, 60])]
        ],
        "ga4_report_days": [
            own | {"day": day, "report": "traffic", "may_change": day == last} for day in days
        ],
    }
    world.slices(shop, "ga4", told, days=days)
    shown = {"clicks": 3, "impressions": 40, "position": Decimal("2.345678912")}
    searches: dict[str, Sequence[Row]] = {
        "search_console_queries": [
            shown | {"day": day, "page": "https://shop.example/a", "query": "an fitting"}
            for day in days
            if chance.random() < 0.8
        ],
        "search_console_days": [
            shown | {"day": day, "aggregation": aggregation, "clicks": chance.randint(3, 9)}
            for day in days
            for aggregation in ("BY_PROPERTY", "BY_PAGE")
        ],
    }
    world.slices(shop, "search_console", searches, days=days)


def _tell_settings(world: RawWorld, shop: str, step: int) -> None:
    decided = [
        ("handling_days", "shop", "", 1, "2026-10-20"),
        ("transit_days", "carrier", "UPS", 3, "2026-10-25"),
        ("lead_time_days", "sku", "S1-a", 30, "2026-11-03"),
        ("traffic_minimum_sessions", "shop", "", 10, "2026-11-01"),
    ]
    if step:
        rates = _rates(random.Random(f"{shop}/{step}"), world, "KWD" if shop == "west" else "USD")
        world.settings(shop, *decided[: step + 1], rates=rates)


def _rates(chance: random.Random, world: RawWorld, currency: str) -> list[Row]:
    """Of the weeks in which the ads ran: late, out of order, corrected, and with gaps."""
    first = world.now.date() - timedelta(days=232)
    days = sorted(chance.sample(range(45), 7))
    return [
        world.rate(
            (first + timedelta(days=day)).isoformat(),
            "EUR",
            currency,
            f"0.{chance.randint(1, 10**10 - 1):010d}",
        )
        for day in days
    ]
