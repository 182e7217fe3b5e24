"""One seeded world of three shops: the same seed and the same end of history give the same bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from random import Random
from typing import TypeVar

from hotdash.base.clock import require_aware
from hotdash.simulators.ad_accounts import ad_incidents
from hotdash.simulators.buyers import (
    LAST_NAMES,
    customer_id,
    email_of_customer,
    index_of_newcomer,
    names_of,
    newcomers_before,
)
from hotdash.simulators.catalog import Catalog
from hotdash.simulators.day_plan import DayPlan, PlannedDay
from hotdash.simulators.fates import LONGEST_HISTORY, fate_of, refunded_in_part
from hotdash.simulators.loyalty import CustomerBook
from hotdash.simulators.order_parts import discount, draw_exactly, draw_lines, ship, tax_rate
from hotdash.simulators.orders import Customer, Incident, Link, Order, Product, Shop, epoch
from hotdash.simulators.shop_profiles import REFUND_WAVE, SHOPS

WHOLESALE_LINES = 130
_ORDERS_KEPT = 60_000
# Around midnight an order may lie in the day next to its own.
_MARGIN = 600


@dataclass(frozen=True, slots=True)
class ShopDay:
    """What one shop-local day added: orders with all their versions."""

    histories: tuple[tuple[Order, ...], ...]


class ShopWorld:
    """One shop's days, each made from its own seed when it is first asked for."""

    def __init__(
        self,
        shop: Shop,
        orders: int,
        seed: int,
        until: datetime,
        with_older_incidents: bool = False,
    ) -> None:
        self.shop = shop
        self.plan = DayPlan(shop, orders, seed, until, with_older_incidents)
        self.opened = self.plan.days[0].begins
        self.catalog = Catalog(shop, seed, self.opened)
        self._seed = seed
        self._wholesale = {orders // 2, orders + 2}
        self._bad_days = {i.day: i for i in self.plan.incidents if i.kind == REFUND_WAVE}
        self._linked_days = {i.day: i for i in self.plan.incidents if i.brought_by is not None}
        days_kept = max(80, _ORDERS_KEPT * len(self.plan.days) // max(orders, 1))
        self.day = lru_cache(maxsize=days_kept)(self._make_day)
        self.newcomers = lru_cache(maxsize=days_kept)(self._make_newcomers)
        self._book = CustomerBook(lambda position: self.day(position).histories)

    def histories(self, first_instant: int, last_instant: int) -> Iterator[tuple[Order, ...]]:
        """Orders placed on the days from one instant to the other, in the order of their ids."""
        for position in range(
            self.plan.position(first_instant), self.plan.position(last_instant) + 1
        ):
            yield from self.day(position).histories

    def orders_as_of(self, instant: int, updated_since: int | None = None) -> Iterator[Order]:
        since = self.opened if updated_since is None else updated_since - LONGEST_HISTORY
        for history in self.histories(since, instant):
            version = version_as_of(history, instant)
            if version is not None and (
                updated_since is None or version.updated_at >= updated_since
            ):
                yield version

    def placed_between(self, first: int, last: int, instant: int) -> Iterator[Order]:
        """Orders of the days from first to last, in their version of this instant."""
        for history in self.histories(first, last):
            version = version_as_of(history, instant)
            if version is not None:
                yield version

    def order_as_of(self, order_id: int, instant: int) -> Order | None:
        index = order_id // 1000 - self.shop.first_order_key
        position = self.plan.position_of_order(index)
        if position is None or order_id % 1000:
            return None
        place = index - self.plan.days[position].first_index
        return version_as_of(self.day(position).histories[place], instant)

    def customers_as_of(self, instant: int, updated_since: int | None = None) -> Iterator[Customer]:
        """Dated anew by whatever became of an order of theirs, as Shopify does."""
        self._read_book(instant)
        for position in range(self.plan.position(instant) + 1):
            for versions in self.newcomers(position):
                customer = self._dated(versions, instant)
                if customer and (updated_since is None or customer.updated_at >= updated_since):
                    yield customer

    def customer_as_of(self, customer: int, instant: int) -> Customer | None:
        number = customer - customer_id(self.shop, 0)
        index = index_of_newcomer(number)
        position = None if number < 0 else self.plan.position_of_order(index)
        if position is None:
            return None
        self._read_book(instant)
        place = newcomers_before(index) - newcomers_before(self.plan.days[position].first_index)
        return self._dated(self.newcomers(position)[place], instant)

    def bought(self, customer: int, instant: int) -> tuple[int, int]:
        """Orders of a customer and what they spent, in minor units, up to this instant."""
        self._read_book(instant)
        return self._book.bought(customer, instant)

    def newcomer(self, customer: int) -> Customer:
        """A customer as first known; the instant is that of nobody's order."""
        number = customer - customer_id(self.shop, 0)
        return _customer_versions(self.shop, number, self.opened)[0]

    def products_as_of(self, instant: int) -> list[Product]:
        return self.catalog.as_of(instant)

    def _read_book(self, instant: int) -> None:
        self._book.read_days(self.plan.position(instant + _MARGIN) + 1)

    def _dated(self, versions: Sequence[Customer], instant: int) -> Customer | None:
        known = version_as_of(versions, instant)
        if known is None:
            return None
        changed = self._book.last_change(known.customer_id, instant)
        return replace(known, updated_at=max(known.updated_at, changed or 0))

    def _make_day(self, position: int) -> ShopDay:
        day = self.plan.days[position]
        chance = self._chance(day)
        instants = _instants(chance, day)
        histories = (
            self._make_order(chance, day, day.first_index + place, at)
            for place, at in enumerate(instants)
        )
        return ShopDay(tuple(histories))

    def _make_newcomers(self, position: int) -> tuple[tuple[Customer, ...], ...]:
        """The versions of the customers whom a day's orders brought, without making the orders."""
        day = self.plan.days[position]
        return tuple(
            _customer_versions(self.shop, newcomers_before(day.first_index + place), at)
            for place, at in enumerate(_instants(self._chance(day), day))
            if _brings_newcomer(day.first_index + place)
        )

    def _chance(self, day: PlannedDay) -> Random:
        return Random(f"{self._seed}/{self.shop.shop_id}/{day.day}")

    def _make_order(
        self, chance: Random, day: PlannedDay, index: int, at: int
    ) -> tuple[Order, ...]:
        shop, pool = self.shop, self.catalog.pool
        order_id = (shop.first_order_key + index) * 1000
        rate = tax_rate(shop, chance.random())
        wholesale = index in self._wholesale
        lines = (
            draw_exactly(shop, chance, pool, order_id, rate, WHOLESALE_LINES)
            if wholesale
            else draw_lines(shop, chance, pool, order_id, rate)
        )
        if chance.random() < 0.18:
            discount(shop, lines, (5, 10, 15, 20)[int(chance.random() * 4)])
        goods = sum(line.original_total - line.discount_total for line in lines)
        placed = Order(
            shop=shop,
            order_id=order_id,
            name=f"#{shop.order_prefix}{shop.first_number + index}",
            event="placed",
            created_at=at,
            processed_at=at,
            updated_at=at,
            cancelled_at=None,
            financial_status="PAID",
            fulfillment_status="UNFULFILLED",
            is_test=False,
            customer_id=self._buyer(index, chance),
            lines=lines,
            shipping_lines=(ship(shop, order_id, goods, rate, chance.random()),),
            brought_by=self._link(day, order_id),
        )
        history = [placed]
        fate = refunded_in_part if wholesale or self._goes_bad(day, chance) else fate_of(index)
        fate(history, chance, pool)
        return tuple(history)

    def _link(self, day: PlannedDay, order_id: int) -> Link | None:
        """By a chance of its own, so that nothing else of the order changes with it."""
        spike = self._linked_days.get(str(day.day))
        if spike is None:
            return None
        drawn = Random(f"link/{self.shop.shop_id}/{order_id}").random()
        return spike.brought_by if drawn < 1 - 1 / spike.factor else None

    def _goes_bad(self, day: PlannedDay, chance: Random) -> bool:
        incident = self._bad_days.get(str(day.day))
        return incident is not None and chance.random() < incident.factor

    def _buyer(self, index: int, chance: Random) -> int | None:
        known = newcomers_before(index)
        if _brings_newcomer(index):
            return customer_id(self.shop, known)
        if known == 0 or index * 13 % 25 == 0:
            return None
        return customer_id(self.shop, known - 1 - int(chance.random() ** 2 * known))


class World:
    """All shops. `orders` counts what was placed before the shop-local day of `until`."""

    def __init__(
        self, orders: int, seed: int, until: datetime, *, with_older_incidents: bool = False
    ) -> None:
        self.orders, self.seed, self.until = orders, seed, require_aware(until)
        self.shops: tuple[Shop, ...] = SHOPS
        self._worlds = {
            shop.shop_id: ShopWorld(shop, count, seed, self.until, with_older_incidents)
            for shop, count in zip(SHOPS, _shared_out(orders), strict=True)
        }

    @property
    def incidents(self) -> list[Incident]:
        return [
            incident
            for world in self._worlds.values()
            for incident in (
                *world.plan.incidents,
                *ad_incidents(world.shop, world.plan.last_closed_day),
            )
        ]

    def of(self, shop_id: str) -> ShopWorld:
        return self._worlds[shop_id]

    def orders_as_of(self, instant: datetime, shop_id: str | None = None) -> Iterator[Order]:
        """Every order placed up to this instant, in the version it had then."""
        for shop in self.shops:
            if shop_id in (None, shop.shop_id):
                yield from self.of(shop.shop_id).orders_as_of(epoch(instant))


Version = TypeVar("Version", Order, Customer)


def version_as_of(history: Sequence[Version], instant: int) -> Version | None:
    for version in reversed(history):
        if version.updated_at <= instant:
            return version
    return None


def _shared_out(orders: int) -> list[int]:
    whole = sum(shop.share for shop in SHOPS)
    others = [orders * shop.share // whole for shop in SHOPS[1:]]
    return [orders - sum(others), *others]


def _brings_newcomer(index: int) -> bool:
    return newcomers_before(index + 1) > newcomers_before(index)


def _customer_versions(shop: Shop, number: int, ordered_at: int) -> tuple[Customer, ...]:
    first, last = names_of(number)
    made = Customer(
        shop=shop,
        customer_id=customer_id(shop, number),
        email=email_of_customer(number),
        first_name=first,
        last_name=last,
        created_at=ordered_at - 40,
        updated_at=ordered_at - 40,
    )
    if number % 12:
        return (made,)
    moved = replace(
        made, last_name=LAST_NAMES[number % len(LAST_NAMES)], updated_at=ordered_at + 20 * 86_400
    )
    return made, moved


def _instants(chance: Random, day: PlannedDay) -> list[int]:
    """When the day's orders are placed: drawn before anything else of the day."""
    length = day.ends - day.begins
    return sorted(day.begins + _second_of_day(chance, length) for _ in range(day.orders))


def _second_of_day(chance: Random, length: int) -> int:
    """Most orders come in the evening, a few in the minutes around midnight."""
    if chance.random() < 0.02:
        return int(chance.random() * 240) - 240 + (length if chance.random() < 0.5 else 240)
    return int((chance.random() + chance.random() + 0.7 * chance.random()) / 2.7 * length)
