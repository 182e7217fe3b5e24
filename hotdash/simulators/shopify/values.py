"""The values that readers of fields hand on, and how Shopify writes ids, instants and money."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from hotdash.simulators.journeys import Visit
from hotdash.simulators.orders import Customer, Incident, Order, Product, Refund, Shop
from hotdash.simulators.returns import Return
from hotdash.simulators.shipping import Parcel

Resolver = Callable[[Any], Any]


class Standpoint(NamedTuple):
    """From when a shop is looked at, and what only the whole shop can tell."""

    now: int
    incidents: tuple[Incident, ...] = ()
    spent: Callable[[int], tuple[int, int]] = lambda _customer: (0, 0)


Standing = Callable[[Any, Standpoint], Any]


class Part(NamedTuple):
    """A piece of an order together with the order it belongs to."""

    order: Order
    item: Any


class Amount(NamedTuple):
    text: str
    currency: str


class Percentage(NamedTuple):
    percentage: float


class Reference(NamedTuple):
    """An object of which only the id is asked for."""

    kind: str
    number: int


class Discount(NamedTuple):
    typename: str
    place: int
    label: str
    method: str
    selection: str
    target: str
    value: Amount | Percentage


class ReturnedLine(NamedTuple):
    line: Any
    number: int


class Packed(NamedTuple):
    """A line of an order in a parcel."""

    line_id: int
    quantity: int


class SoldVariant(NamedTuple):
    product: Product
    variant: Any


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def amount(shop: Shop, minor: int) -> Amount:
    """As Shopify writes it: at least one decimal, no further trailing zeros."""
    return _amount(shop.currency, minor)


@lru_cache(maxsize=65_536)
def _amount(currency: str, minor: int) -> Amount:
    if currency == "JPY":
        return Amount(f"{minor}.0", currency)
    whole, rest = divmod(abs(minor), 100)
    sign = "-" if minor < 0 else ""
    decimals = f"{rest:02d}" if rest % 10 else str(rest // 10)
    return Amount(f"{sign}{whole}.{decimals}", currency)


@lru_cache(maxsize=65_536)
def written(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(of: Callable[[Any], int]) -> Resolver:
    return lambda part: amount(part.order.shop, of(part.item))


def order_money(of: Callable[[Order], int]) -> Resolver:
    return lambda order: amount(order.shop, of(order))


def item(name: str) -> Resolver:
    return lambda part: getattr(part.item, name)


def item_at(name: str) -> Resolver:
    return lambda part: written(getattr(part.item, name))


def item_id(kind: str, name: str) -> Resolver:
    return lambda part: gid(kind, getattr(part.item, name))


def own(name: str) -> Resolver:
    return lambda thing: getattr(thing, name)


def own_at(name: str) -> Resolver:
    return lambda thing: written(getattr(thing, name))


def own_id(kind: str, name: str) -> Resolver:
    return lambda thing: gid(kind, getattr(thing, name))


def of_order(parts: Callable[[Order], Iterable[Any]]) -> Resolver:
    return lambda order: [Part(order, piece) for piece in parts(order)]


def of_part(name: str) -> Resolver:
    return lambda part: [Part(part.order, piece) for piece in getattr(part.item, name)]


def reference(kind: str, name: str) -> Resolver:
    def resolve(part: Part) -> Reference | None:
        number = getattr(part.item, name)
        return None if number is None else Reference(kind, number)

    return resolve


_TYPES: dict[type, str] = {
    dict: "BulkOperation",
    Order: "Order",
    Refund: "Refund",
    Return: "Return",
    Customer: "Customer",
    Product: "Product",
    Parcel: "Fulfillment",
    Amount: "MoneyV2",
    Percentage: "PricingPercentageValue",
    ReturnedLine: "ReturnLineItem",
    Visit: "CustomerVisit",
}


def typename_of(thing: Any) -> str:
    """Which of an interface's types a value has."""
    told = getattr(thing, "typename", None)
    return told or _TYPES[type(thing.item if isinstance(thing, Part) else thing)]
