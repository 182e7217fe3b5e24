"""Defects of the last thirty days and of parcels: orders nobody can be told by, visits without marks, a sudden day."""

from hotdash.base.clock import parse_iso
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.touches import click, tell_clicks

AT = "2026-05-04T12:00Z"


def order(order_id: int = 1) -> Order:
    return Order(order_id, AT, [Line(order_id, "10.00")])


def parcel_of_no_order(world: RawWorld, shop: str) -> None:
    parcels = [
        {"fulfillment_id": number, "order_id": order_id} | {"status": "SUCCESS"}
        for number, order_id in ((1, 1), (2, 77))
    ]
    told = [parcel | {"created_at": parse_iso(AT)} for parcel in parcels]
    world.load(shop, [order()], told={"fulfillments": told})


def parcel_of_a_deleted_order(world: RawWorld, shop: str) -> None:
    parcel = {"fulfillment_id": 1, "order_id": 2, "status": "SUCCESS", "created_at": parse_iso(AT)}
    world.load(shop, [order(), order(2)], told={"fulfillments": [parcel]})
    world.load(shop, deleted=[2])


def lately(count: int, email: str | None = None) -> list[Order]:
    """Orders of the last closed day."""
    return [
        Order(number, "2026-11-01T10:00Z", [Line(number, "10.00")]).edited(email=email)
        for number in range(1, count + 1)
    ]


def orders_of_nobody(world: RawWorld, shop: str) -> None:
    """Neither who bought nor where they came from is told: one in twenty, and one in two, are empty."""
    world.load(shop, lately(20))


def nineteen_orders_of_nobody(world: RawWorld, shop: str) -> None:
    world.load(shop, lately(19))


def clicks_without_marks(world: RawWorld, shop: str) -> None:
    """Ten of twenty visits name their source."""
    at = parse_iso("2026-11-01T10:00Z")
    marks = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "brand"}
    told = [
        click(
            f"e{number}",
            at,
            f"v{number}",
            referrer_host="www.google.com",
            **(marks if number < 10 else {}),
        )
        for number in range(20)
    ]
    world.shop(shop, "Europe/Berlin")
    tell_clicks(world, shop, told)


def sudden_day(world: RawWorld, shop: str) -> None:
    """One order a day for a week, then nine; the first order is of two months before."""
    days = [f"2026-10-{day}T10:00Z" for day in range(25, 32)]
    usual = [Order(50 + n, at, [Line(50 + n, "10.00")]) for n, at in enumerate(days)]
    first = Order(40, "2026-09-01T10:00Z", [Line(40, "10.00")])
    world.load(shop, [first, *usual, *lately(9)])
