"""How the fields of inventory items, levels and locations are read off the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hotdash.simulators.shopify.values import Amount, Reference, Resolver, amount, gid, written
from hotdash.simulators.stock import Item, Level, Place, ShopStock


@dataclass(frozen=True, slots=True)
class Stocked:
    """An inventory item in its shop, at an instant."""

    item: Item
    stock: ShopStock
    now: int

    typename = "InventoryItem"

    @property
    def item_id(self) -> int:
        return self.item.item_id

    @property
    def created_at(self) -> int:
        return self.item.created_at

    @property
    def updated_at(self) -> int:
        return self.item.updated_at


@dataclass(frozen=True, slots=True)
class Standing:
    """A location in its shop, at an instant."""

    place: Place
    stock: ShopStock
    now: int

    typename = "Location"

    @property
    def location_id(self) -> int:
        return self.place.location_id

    @property
    def created_at(self) -> int:
        return self.place.created_at

    @property
    def updated_at(self) -> int:
        return self.place.updated_at


class Quantity(NamedTuple):
    level: Level
    name: str
    quantity: int


def _cost(stocked: Stocked) -> Amount | None:
    cost = stocked.item.unit_cost
    return None if cost is None else amount(stocked.stock.shop, cost)


def _level_id(level: Level) -> str:
    """Shopify names a level by its location and, behind a question mark, its item."""
    return (
        f"{gid('InventoryLevel', level.place.location_id)}?inventory_item_id={level.item.item_id}"
    )


def _quantities(level: Level) -> list[Quantity]:
    return [Quantity(level, name, quantity) for name, quantity in level.quantities.items()]


STOCK_FIELDS: Mapping[str, Mapping[str, Resolver]] = {
    "InventoryItem": {
        "id": lambda stocked: gid("InventoryItem", stocked.item_id),
        "sku": lambda stocked: stocked.item.variant.sku,
        "tracked": lambda stocked: stocked.item.is_tracked,
        "requiresShipping": lambda _stocked: True,
        "unitCost": _cost,
        "countryCodeOfOrigin": lambda stocked: stocked.item.country,
        "createdAt": lambda stocked: written(stocked.created_at),
        "updatedAt": lambda stocked: written(stocked.updated_at),
        "inventoryLevels": lambda stocked: stocked.stock.levels_of(stocked.item, stocked.now),
    },
    "InventoryLevel": {
        "id": _level_id,
        "item": lambda level: Reference("InventoryItem", level.item.item_id),
        "location": lambda level: Reference("Location", level.place.location_id),
        "isActive": lambda _level: True,
        "createdAt": lambda level: written(level.created_at),
        "updatedAt": lambda level: written(level.updated_at),
        "quantities": _quantities,
    },
    "InventoryQuantity": {
        "id": lambda quantity: f"{_level_id(quantity.level)}&name={quantity.name}",
        "name": lambda quantity: quantity.name,
        "quantity": lambda quantity: quantity.quantity,
    },
    "Location": {
        "id": lambda standing: gid("Location", standing.location_id),
        "name": lambda standing: standing.place.name,
        "isActive": lambda _standing: True,
        "fulfillsOnlineOrders": lambda standing: standing.place is standing.stock.places[0],
        "address": lambda standing: standing.place,
        "createdAt": lambda standing: written(standing.created_at),
        "updatedAt": lambda standing: written(standing.updated_at),
        "inventoryLevels": lambda standing: standing.stock.levels_at(standing.place, standing.now),
    },
    "LocationAddress": {
        "countryCode": lambda place: place.country,
        "provinceCode": lambda place: place.region,
    },
}
