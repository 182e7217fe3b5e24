"""One simulated shop: its world, its access token, its bucket, its bulk operations."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.fates import order_of_refund
from hotdash.simulators.orders import Order, Product, Shop, epoch
from hotdash.simulators.returns import returns_of
from hotdash.simulators.shipping import order_of_parcel, parcels_of
from hotdash.simulators.shopify.access import ALL_SCOPES
from hotdash.simulators.shopify.costs import Bucket, Plan
from hotdash.simulators.shopify.oauth import OAuthDesk
from hotdash.simulators.shopify.paging import Page, cut
from hotdash.simulators.shopify.search import Search, parse_search
from hotdash.simulators.shopify.shipment_fields import ToFulfil, to_fulfil
from hotdash.simulators.shopify.stock_fields import Standing, Stocked
from hotdash.simulators.shopify.subscriptions import SubscriptionDesk
from hotdash.simulators.shopify.values import Part, Standpoint
from hotdash.simulators.stock import ShopStock
from hotdash.simulators.world import ShopWorld

_LONGEST_BACKDATING = 4 * 86_400
_SORTED_BY = {
    "CREATED_AT": "created_at",
    "PROCESSED_AT": "processed_at",
    "UPDATED_AT": "updated_at",
    "ID": "id",
}
_ID_FIELD = {
    "orders": "order_id",
    "customers": "customer_id",
    "products": "product_id",
    "fulfillmentOrders": "number",
    "inventoryItems": "item_id",
    "locations": "location_id",
}

_ROOTS = {
    "Order": "orders",
    "Product": "products",
    "Customer": "customers",
    "InventoryItem": "inventoryItems",
    "Location": "locations",
}


class SimulatedShop:
    def __init__(self, world: ShopWorld, clock: SimulatedClock, plan: Plan, token: str) -> None:
        self.world = world
        self.clock = clock
        self.plan = plan
        self.first_token = token
        self.stock = ShopStock(world)
        self.reset()

    def reset(self) -> None:
        self.token: str | None = self.first_token
        self.oauth = OAuthDesk(self.shop.domain, self.clock)
        self.subscriptions = SubscriptionDesk()
        # What a merchant deleted: kind (as in a webhook's topic) and id, and when.
        self.gone: dict[tuple[str, int], int] = {}
        self.scopes = ALL_SCOPES
        self.bucket = Bucket(self.plan)

    @property
    def shop(self) -> Shop:
        return self.world.shop

    @property
    def now(self) -> int:
        return epoch(self.clock.now())

    @property
    def standpoint(self) -> Standpoint:
        now = self.now
        incidents = tuple(self.world.plan.incidents)

        def spent(customer_id: int) -> tuple[int, int]:
            return self.world.bought(customer_id, now)

        return Standpoint(now, incidents, spent)

    def accepts(self, token: str | None) -> bool:
        known = self.token
        is_own = known is not None and secrets.compare_digest(token or "", known)
        return is_own or self.oauth.accepts(token)

    def delete(self, kind: str, number: int) -> None:
        self.gone[kind, number] = self.now

    @property
    def deletions(self) -> list[tuple[int, str, int]]:
        return [(at, kind, number) for (kind, number), at in self.gone.items()]

    def is_gone(self, root: str, number: int) -> bool:
        at = self.gone.get((root, number))
        return at is not None and at <= self.now

    def select(self, root: str, arguments: Mapping[str, Any]) -> Iterable[Any]:
        """What a root connection holds, unsorted, as the shop stands now."""
        search = parse_search(arguments.get("query"), self.shop.timezone)
        id_field = _ID_FIELD[root]
        for thing in self._open(root, arguments, self._candidates(root, search)):
            if self.gone and self.is_gone(root, getattr(thing, id_field)):
                continue
            if search.matches(lambda name, thing=thing: _searched(thing, name, id_field)):
                yield thing

    def page(self, root: str, arguments: Mapping[str, Any]) -> Page:
        """Only places and ids are sorted; of a million orders those of the page are looked up."""
        default = "PROCESSED_AT" if root == "orders" else "ID"
        field, id_field = _SORTED_BY[arguments.get("sortKey") or default], _ID_FIELD[root]
        positions = sorted(
            (
                (_searched(thing, field, id_field), getattr(thing, id_field))
                for thing in self.select(root, arguments)
            ),
            reverse=bool(arguments.get("reverse")),
        )
        found = self._finder(root)
        return cut(positions, arguments, lambda position: found(position[1]))

    def search(self, things: Iterable[Any], query: str) -> list[Any]:
        """Those of a nested connection that the search is for."""
        search = parse_search(query, self.shop.timezone)
        return [
            thing
            for thing in things
            if search.matches(lambda name, thing=thing: getattr(thing, name))
        ]

    def count_orders(self, query: str | None) -> int:
        return sum(1 for _ in self.select("orders", {"query": query}))

    def find(self, kind: str, number: int) -> Any:
        if self.is_gone(_ROOTS.get(kind, ""), number):
            return None
        if kind == "Order":
            return self.world.order_as_of(number, self.now)
        parts = {"Refund": self._refund, "Return": self._return, "Fulfillment": self._parcel}
        if kind in parts:
            return parts[kind](number)
        return self._finder(_ROOTS[kind])(number) if kind in _ROOTS else None

    def _finder(self, root: str) -> Callable[[int], Any]:
        if root == "orders":
            return lambda number: self.world.order_as_of(number, self.now)
        if root == "customers":
            return lambda number: self.world.customer_as_of(number, self.now)
        things = self._candidates(root, Search(()))
        return {getattr(thing, _ID_FIELD[root]): thing for thing in things}.get

    def _refund(self, number: int) -> Part | None:
        order = self.world.order_as_of(order_of_refund(number), self.now)
        refunds = order.refunds if order else ()
        return next((Part(order, r) for r in refunds if order and r.refund_id == number), None)

    def _return(self, number: int) -> Part | None:
        order = self.world.order_as_of(order_of_refund(number), self.now)
        found = returns_of(order) if order else ()
        return next((Part(order, r) for r in found if order and r.return_id == number), None)

    def _parcel(self, number: int) -> Any:
        order = self.world.order_as_of(order_of_parcel(number), self.now)
        parcels = parcels_of(order, self.now, self.world.plan.incidents) if order else []
        return next((parcel for parcel in parcels if parcel.parcel_id == number), None)

    def _open(
        self, root: str, arguments: Mapping[str, Any], things: Iterable[Any]
    ) -> Iterable[Any]:
        """Closed orders to fulfil are only told to who asks for them."""
        if root != "fulfillmentOrders" or arguments.get("includeClosed"):
            return things
        return (thing for thing in things if not thing.is_closed)

    def _candidates(self, root: str, search: Search) -> Iterable[Any]:
        if root == "customers":
            return self.world.customers_as_of(self.now, search.least("updated_at"))
        if root == "products":
            return self._products()
        if root == "locations":
            return [Standing(place, self.stock, self.now) for place in self.stock.places]
        if root == "inventoryItems":
            now = self.now
            return (Stocked(item, self.stock, now) for item in self.stock.items(now))
        if root == "fulfillmentOrders":
            return self._to_fulfil(search)
        return self._orders(search)

    def _orders(self, search: Search) -> Iterable[Order]:
        processed_from, processed_to = search.least("processed_at"), search.most("processed_at")
        if processed_from is not None and processed_to is not None:
            until = min(self.now, processed_to + _LONGEST_BACKDATING)
            return self.world.placed_between(processed_from, until, self.now)
        return self.world.orders_as_of(self.now, search.least("updated_at"))

    def _to_fulfil(self, search: Search) -> Iterable[ToFulfil]:
        at = self.standpoint
        for order in self.world.orders_as_of(at.now, search.least("updated_at")):
            yield from to_fulfil(order, at)

    def _products(self) -> Iterable[Product]:
        return self.world.products_as_of(self.now)


def _searched(thing: Any, name: str, id_field: str) -> int:
    return getattr(thing, id_field if name == "id" else name)
