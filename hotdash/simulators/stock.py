"""What lies in the shelves: counted and filled up every four weeks, sold down by the world's own orders."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from hotdash.simulators.orders import Incident, Order, Product, Shop, Variant
from hotdash.simulators.shipping import location_ids
from hotdash.simulators.shop_profiles import STOCK_OUT
from hotdash.simulators.world import ShopWorld

_DAY = 86_400
_CYCLE = 28 * _DAY
# Around midnight an order may lie in the day next to its own.
_MARGIN = 600
_OPEN_FOR = 7 * _DAY
_COST_PER_HUNDRED = 52
_COUNTRIES = {"us": ("US", "TW", "CN"), "jp": ("JP", "TW"), "de": ("DE", "CZ", "CN")}
_NAMES = {
    "us": (("Austin warehouse", "US", "TX"), ("Austin store", "US", "TX")),
    "jp": (("横浜倉庫", "JP", "JP-14"), ("横浜店", "JP", "JP-14")),
    "de": (("Lager Kiel", "DE", "SH"), ("Laden Kiel", "DE", "SH")),
}


@dataclass(frozen=True, slots=True)
class Item:
    product: Product
    variant: Variant

    @property
    def item_id(self) -> int:
        return item_id_of(self.variant.variant_id)

    @property
    def updated_at(self) -> int:
        return self.variant.updated_at

    @property
    def created_at(self) -> int:
        return self.variant.created_at

    @property
    def unit_cost(self) -> int | None:
        """In minor units; for some nobody entered it."""
        number = self.variant.variant_id
        return None if number % 9 == 0 else self.variant.price * _COST_PER_HUNDRED // 100

    @property
    def country(self) -> str | None:
        countries = _COUNTRIES[self.product.shop.locale]
        place = self.variant.variant_id % (len(countries) + 1)
        return countries[place] if place < len(countries) else None

    @property
    def is_tracked(self) -> bool:
        return self.variant.variant_id % 41 != 0


@dataclass(frozen=True, slots=True)
class Place:
    shop: Shop
    location_id: int
    name: str
    country: str
    region: str
    created_at: int

    @property
    def updated_at(self) -> int:
        return self.created_at


@dataclass(frozen=True, slots=True)
class Level:
    """One item at one location, at one instant."""

    item: Item
    place: Place
    available: int
    committed: int
    incoming: int
    created_at: int
    updated_at: int

    @property
    def on_hand(self) -> int:
        return self.available + self.committed

    @property
    def quantities(self) -> dict[str, int]:
        return {
            "available": self.available,
            "on_hand": self.on_hand,
            "committed": self.committed,
            "incoming": self.incoming,
            "reserved": 0,
            "damaged": 0,
            "safety_stock": 0,
            "quality_control": 0,
        }


@dataclass(frozen=True, slots=True)
class _Change:
    at: int
    available: int
    committed: int


class ShopStock:
    """Every online order is taken from the warehouse; what runs out goes below nought, as shops allow."""

    def __init__(self, world: ShopWorld) -> None:
        self._world = world
        self.shop = world.shop
        self._changes = lru_cache(maxsize=3)(self._changes_of)
        self._units = lru_cache(maxsize=3)(self._units_of)
        opened = world.opened
        self.places = tuple(
            Place(self.shop, number, name, country, region, opened - 400 * _DAY)
            for number, (name, country, region) in zip(
                location_ids(self.shop), _NAMES[self.shop.locale], strict=True
            )
        )
        self._out = _planted_stock_out(world.plan.incidents, self.shop)

    def items(self, now: int) -> Iterator[Item]:
        for product in self._world.products_as_of(now):
            for variant in product.variants:
                yield Item(product, variant)

    def item(self, item_id: int, now: int) -> Item | None:
        return next((item for item in self.items(now) if item.item_id == item_id), None)

    def levels_of(self, item: Item, now: int) -> list[Level]:
        return [self._level(item, place, now) for place in self.places]

    def levels_at(self, place: Place, now: int) -> list[Level]:
        return [self._level(item, place, now) for item in self.items(now)]

    def stock_out(self) -> tuple[int, int, int] | None:
        """The planted one: which variant, from when to when."""
        if self._out is None:
            return None
        begins, ends = self._out
        return _most_sold(self._units(begins // _CYCLE)), begins, ends

    def _level(self, item: Item, place: Place, now: int) -> Level:
        variant_id = item.variant.variant_id
        cycle = now // _CYCLE
        counted = max(cycle * _CYCLE, item.created_at)
        if place is not self.places[0]:
            kept = variant_id % 7
            return Level(item, place, kept, 0, 0, item.created_at, counted)
        changes = self._changes(cycle).get(variant_id, [])
        made = [change for change in changes if change.at <= now]
        return Level(
            item,
            place,
            available=sum(change.available for change in made) + (0 if changes else 4),
            committed=sum(change.committed for change in made),
            incoming=self._incoming(variant_id, now),
            created_at=item.created_at,
            updated_at=max([counted, *(change.at for change in made)]),
        )

    def _incoming(self, variant_id: int, now: int) -> int:
        out = self.stock_out()
        is_out = out is not None and out[0] == variant_id and out[1] <= now < out[2]
        return 60 if is_out else 0

    def _changes_of(self, cycle: int) -> dict[int, list[_Change]]:
        begins = cycle * _CYCLE
        changes: dict[int, list[_Change]] = defaultdict(list)
        for history in self._histories(begins - _OPEN_FOR, begins + _CYCLE):
            for variant_id, change in _of_order(history, begins):
                changes[variant_id].append(change)
        for variant_id, sold in changes.items():
            sold += self._fillings(variant_id, begins, sold)
            sold.sort(key=lambda change: change.at)
        return dict(changes)

    def _fillings(self, variant_id: int, begins: int, sold: list[_Change]) -> list[_Change]:
        whole = -sum(change.available for change in sold)
        enough = whole + whole // 4 + 4
        out = self._out
        if out is None or not begins <= out[0] < begins + _CYCLE:
            return [_Change(begins, enough, 0)]
        if variant_id != _most_sold(self._units(begins // _CYCLE)):
            return [_Change(begins, enough, 0)]
        until_out = -sum(change.available for change in sold if change.at < out[0])
        return [_Change(begins, until_out, 0), _Change(out[1], enough, 0)]

    def _units_of(self, cycle: int) -> dict[int, int]:
        units: dict[int, int] = defaultdict(int)
        begins = cycle * _CYCLE
        for history in self._histories(begins, begins + _CYCLE):
            for line in history[0].lines:
                if line.variant_id is not None:
                    units[line.variant_id] += line.quantity
        return units

    def _histories(self, first: int, last: int) -> Iterator[tuple[Order, ...]]:
        for history in self._world.histories(first - _MARGIN, last + _MARGIN):
            if first <= history[0].created_at < last:
                yield history


def item_id_of(variant_id: int) -> int:
    return variant_id * 10 + 7


def _of_order(history: tuple[Order, ...], begins: int) -> Iterator[tuple[int, _Change]]:
    """Units are promised with the order and leave the shelf when it is sent or cancelled."""
    placed = history[0]
    ended = [v.fulfilled_at or v.cancelled_at for v in history if v.fulfilled_at or v.cancelled_at]
    released = min([placed.created_at + _OPEN_FOR, *(at for at in ended if at)])
    for line in placed.lines:
        if line.variant_id is None:
            continue
        taken = -line.quantity if placed.created_at >= begins else 0
        yield line.variant_id, _Change(placed.created_at, taken, line.quantity)
        yield line.variant_id, _Change(released, 0, -line.quantity)


def _most_sold(units: dict[int, int]) -> int:
    return max(units, key=lambda variant_id: (units[variant_id], -variant_id), default=0)


def _planted_stock_out(incidents: list[Incident], shop: Shop) -> tuple[int, int] | None:
    for incident in incidents:
        if incident.kind == STOCK_OUT:
            day = date.fromisoformat(incident.day)
            begins = int(_midnight(day, shop.timezone))
            recounted = (begins // _CYCLE + 1) * _CYCLE
            return begins, min(begins + int(incident.factor * _DAY), recounted)
    return None


def _midnight(day: date, timezone: str) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).timestamp()
