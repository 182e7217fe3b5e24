"""Seeded histories of two shops, told in loads that arrive in any order."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hotdash.base.clock import iso_utc
from tests.fixtures.raw_customers import customer
from tests.fixtures.raw_orders import Line, Order, Payment, Product, Refund, Row, money
from tests.fixtures.raw_world import RawWorld
from tests.pipeline.transform.ad_histories import tell_ads
from tests.pipeline.transform.operations_histories import tell_operations
from tests.pipeline.transform.touch_histories import tell_touches

SHOPS = {"east": ("America/New_York", "USD"), "west": ("Australia/Lord_Howe", "KWD")}
ADDRESSES = ["Ada@example.com", " ada@example.com", "bo@example.com", "cy@example.com"]
START = datetime(2026, 3, 1, tzinfo=UTC)


def random_history(seed: int, world: RawWorld, loads: int, orders: int = 14) -> Iterator[None]:
    """Tells one load per step: new orders, edits, late refunds, moves to another day, deletions."""
    chance = random.Random(seed)
    for shop, (timezone, currency) in SHOPS.items():
        world.shop(shop, timezone, currency, plan=None)
    versions = [
        (shop, version)
        for shop, (_, currency) in SHOPS.items()
        for order_id in range(1, orders + 1)
        for version in _versions(chance, order_id, currency)
    ]
    chance.shuffle(versions)
    for number in range(loads):
        tell_plans(seed, world, number)
        for shop, (_, currency) in SHOPS.items():
            tell_ads(chance, world, shop, currency)
            tell_operations(random.Random(f"{seed}/{shop}/{number}"), world, shop, number)
            tell_touches(chance, world, shop, START)
            told = _newest_each(
                [version for owner, version in versions[number::loads] if owner == shop]
            )
            gone = [chance.randint(1, orders)] if chance.random() < 0.4 else []
            there = [order for order in told if order.order_id not in gone]
            people = {"customers": list(_customers(chance, number))}
            world.load(shop, there, deleted=gone, told=people, products=_products(chance))
            tell_report(chance, world, shop)
        tell_plans(seed, world, number, in_the_evening=True)
        yield


def tell_plans(seed: int, world: RawWorld, step: int, *, in_the_evening: bool = False) -> None:
    """East has its first plan in the second load; west's first one is another on the day it was built."""
    chance = random.Random(f"{seed}/plans/{step}/{in_the_evening}")
    scripted = {(0, True): {"west": "Basic"}, (1, False): {"east": "Grow", "west": "Plus"}}
    told = scripted.get((step, in_the_evening))
    if told is None and step > 1:
        told = {shop: chance.choice([None, "Basic", "Grow", "Plus"]) for shop in SHOPS}
    for shop, plan in (told or {}).items():
        world.shop(shop, *SHOPS[shop], plan=plan)


def tell_report(chance: random.Random, world: RawWorld, shop: str) -> None:
    """Shopify's own report of some days in a row, which may be read again later."""
    first = START.date() + timedelta(days=chance.randint(0, 30))
    amounts = "gross_sales discounts returns net_sales shipping taxes total_sales".split()
    rows = [
        {"day": first + timedelta(days=number), "orders": chance.randint(0, 2)}
        | {name: money(chance.randint(-1, 1)) for name in amounts}
        for number in range(8)
    ]
    world.slices(shop, "shopify", {"shopify_sales_report_days": rows})


def _customers(chance: random.Random, number: int) -> Iterator[Row]:
    """Records that come late, take over an address, are tagged or vanish: guests turn out to be them."""
    at = iso_utc(START + timedelta(days=40 + number))
    for customer_id in (1, 2, 3, 4):
        if chance.random() < 0.5:
            address = chance.choice([None, *ADDRESSES])
            tags = chance.choice(["", "", "vip, trade"])
            gone = chance.random() < 0.2
            yield customer(customer_id, address, tags=tags, updated_at=at, deleted=gone)


def _products(chance: random.Random) -> list[Product]:
    """Some told again as they were, some in another category or at another cost, late or in order."""
    changed = START + timedelta(days=chance.randint(-30, 60))
    return [
        Product(
            product_id,
            chance.choice(["Hose", "Fuel", "Oil"]),
            chance.choice([None, "1.250", "2.500"]),
            updated_at=iso_utc(changed),
        )
        for product_id in (1, 2, 3)
        if chance.random() < 0.5
    ]


def _newest_each(orders: list[Order]) -> list[Order]:
    """One load reads an order once, in its state at that moment."""
    newest: dict[int, Order] = {}
    for order in orders:
        known = newest.get(order.order_id)
        if known is None or str(known.updated_at) < str(order.updated_at):
            newest[order.order_id] = order
    return list(newest.values())


def _versions(chance: random.Random, order_id: int, currency: str) -> Iterator[Order]:
    at = START + timedelta(minutes=chance.randint(0, 60 * 24 * 40))
    order = Order(
        order_id,
        iso_utc(at),
        _lines(chance, order_id),
        chance.choice(["PAID", "PAID", "PAID", "VOIDED", "PARTIALLY_PAID"]),
        currency=currency,
        taxes_included=chance.random() < 0.5,
        customer_id=chance.choice([None, None, 1, 2, 3]),
        email=chance.choice([None, *ADDRESSES]),
        country=chance.choice([None, "US", "CA"]),
        shipping=("4.500", "0.500"),
        updated_at=iso_utc(at),
        payments=[Payment("SALE", "10.000", chance.choice(["0", "0.310"]))],
        duties=chance.choice([None, None, "1.500"]),
    )
    yield order
    for step in range(chance.randint(0, 3)):
        changed = at + timedelta(days=chance.randint(1, 30), minutes=step)
        order = _changed(chance, order, changed).edited(updated_at=iso_utc(changed))
        at = changed
        yield order


def _changed(chance: random.Random, order: Order, at: datetime) -> Order:
    match chance.choice(["edit", "refund", "move", "cancel", "identify", "give back"]):
        case "edit":
            return order.edited(lines=_lines(chance, order.order_id))
        case "refund":
            line = order.lines[0]
            refund = Refund(
                order.order_id * 10 + len(order.refunds),
                iso_utc(at),
                [(line.line_id, "1.250", "0.250")],
                goodwill=("0.300", "0") if chance.random() < 0.3 else None,
            )
            return order.edited(status="PARTIALLY_REFUNDED", refunds=[*order.refunds, refund])
        case "identify":
            known = chance.choice([None, 1, 2])
            return order.edited(customer_id=known, email=chance.choice([None, *ADDRESSES]))
        case "give back":
            return order.edited(status="REFUNDED")
        case "move":
            return order.edited(at=iso_utc(START + timedelta(hours=chance.randint(0, 900))))
        case _:
            return order.edited(cancelled=True)


def _lines(chance: random.Random, order_id: int) -> list[Line]:
    return [
        Line(
            order_id * 100 + number,
            str(chance.randint(1, 99)) + ".990",
            chance.randint(1, 3),
            discount=chance.choice(["0", "0", "0.777"]),
            tax="0.500",
            rate="0.075",
            gift_card=chance.random() < 0.1,
            product_id=chance.choice([None, 1, 2, 3]),
        )
        for number in range(chance.randint(1, 3))
    ]
