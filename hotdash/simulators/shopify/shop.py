"""One simulated shop: its world, its access token, its bucket, its bulk operations."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.fates import order_of_refund
from hotdash.simulators.orders import Customer, Order, Product, Shop, epoch
from hotdash.simulators.shopify.costs import Bucket, Plan
from hotdash.simulators.shopify.fields import Part
from hotdash.simulators.shopify.paging import Page, cut
from hotdash.simulators.shopify.search import Search, parse_search
from hotdash.simulators.world import ShopWorld

_LONGEST_BACKDATING = 4 * 86_400
_SORTED_BY = {
    "CREATED_AT": "created_at",
    "PROCESSED_AT": "processed_at",
    "UPDATED_AT": "updated_at",
    "ID": "id",
}
_ID_FIELD = {"orders": "order_id", "customers": "customer_id", "products": "product_id"}


class SimulatedShop:
    def __init__(self, world: ShopWorld, clock: SimulatedClock, plan: Plan, token: str) -> None:
        self.world = world
        self.clock = clock
        self.plan = plan
        self.first_token = token
        self.reset()

    def reset(self) -> None:
        self.token: str | None = self.first_token
        self.bucket = Bucket(self.plan)
        self.vanished: set[int] = set()

    @property
    def shop(self) -> Shop:
        return self.world.shop

    @property
    def now(self) -> int:
        return epoch(self.clock.now())

    def accepts(self, token: str | None) -> bool:
        known = self.token
        return known is not None and secrets.compare_digest(token or "", known)

    def select(self, root: str, arguments: Mapping[str, Any]) -> Iterable[Any]:
        """What a root connection holds, unsorted, as the shop stands now."""
        search = parse_search(arguments.get("query"), self.shop.timezone)
        id_field = _ID_FIELD[root]
        for thing in self._candidates(root, search):
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

    def count_orders(self, query: str | None) -> int:
        return sum(1 for _ in self.select("orders", {"query": query}))

    def find(self, kind: str, number: int) -> Order | Customer | Product | Part | None:
        if kind == "Order":
            return self._order(number)
        if kind == "Refund":
            return self._refund(number)
        roots = {"Product": "products", "Customer": "customers"}
        return self._finder(roots[kind])(number) if kind in roots else None

    def _finder(self, root: str) -> Callable[[int], Any]:
        if root == "orders":
            return self._order
        things = self._candidates(root, Search(()))
        return {getattr(thing, _ID_FIELD[root]): thing for thing in things}.get

    def _order(self, number: int) -> Order | None:
        return None if number in self.vanished else self.world.order_as_of(number, self.now)

    def _refund(self, number: int) -> Part | None:
        order = self._order(order_of_refund(number))
        refunds = order.refunds if order else ()
        return next((Part(order, r) for r in refunds if order and r.refund_id == number), None)

    def _candidates(self, root: str, search: Search) -> Iterable[Any]:
        if root == "customers":
            return self._customers()
        if root == "products":
            return self._products()
        return (order for order in self._orders(search) if order.order_id not in self.vanished)

    def _orders(self, search: Search) -> Iterable[Order]:
        processed_from, processed_to = search.least("processed_at"), search.most("processed_at")
        if processed_from is not None and processed_to is not None:
            until = min(self.now, processed_to + _LONGEST_BACKDATING)
            return self.world.placed_between(processed_from, until, self.now)
        return self.world.orders_as_of(self.now, search.least("updated_at"))

    def _customers(self) -> Iterable[Customer]:
        return self.world.customers_as_of(self.now)

    def _products(self) -> Iterable[Product]:
        return self.world.products_as_of(self.now)


def _searched(thing: Any, name: str, id_field: str) -> int:
    return getattr(thing, id_field if name == "id" else name)
