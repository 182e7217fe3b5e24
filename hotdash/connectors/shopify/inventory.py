"""Stock: where it lies, what is kept, and how much of it at each place."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from hotdash.connectors.contract import Deleted, Event, RawTable, Rows
from hotdash.connectors.shopify import unnesting
from hotdash.connectors.shopify.arrow import rows_of, schema_of
from hotdash.connectors.shopify.batches import Batch
from hotdash.connectors.shopify.bulk import Export
from hotdash.connectors.shopify.layouts import INVENTORY_FILE
from hotdash.connectors.shopify.queries import updated_since
from hotdash.connectors.shopify.reading import Reading, exported, gid, gone
from hotdash.connectors.shopify.tables import INVENTORY_ITEMS, INVENTORY_LEVELS, LOCATIONS
from hotdash.connectors.shopify.unnesting import Node

_ITEMS_PER_QUERY = 12


def inventory(reading: Reading, export: Export | None) -> Iterator[Event]:
    """Locations are few and read whole each time; a level's change does not change its item."""
    locations: list[str] = []
    if "read_locations" in reading.scopes:
        yield from _locations(reading, locations)
    if "read_inventory" not in reading.scopes:
        return
    if export is not None:
        yield from exported(reading, "Inventory", export, INVENTORY_FILE)
    elif reading.since is not None:
        search = updated_since(reading.since)
        items = unnesting.pages(
            reading.client, reading.asked("InventoryItemsPage"), ["inventoryItems"], query=search
        )
        yield from _told(reading, "Changed items", INVENTORY_ITEMS, items)
        for location in locations:
            levels = unnesting.pages(
                reading.client,
                reading.asked("InventoryLevelsPage"),
                ["location", "inventoryLevels"],
                id=location,
                query=search,
            )
            yield from _told(reading, "Changed levels", INVENTORY_LEVELS, levels)


def levels_by_id(reading: Reading, vendor_ids: Sequence[str]) -> Iterator[Event]:
    """All levels of an item, or of `item:location` that one; what is not there is told as deleted.

    Where an item that is gone had stock nobody knows, so it is deleted at every location.
    """
    wanted: dict[str, set[str]] = {}
    for each in vendor_ids:
        item, _, location = each.partition(":")
        wanted.setdefault(item, set()).add(location)
    items = list(wanted)
    places: list[str] = []
    for start in range(0, len(items), _ITEMS_PER_QUERY):
        some = items[start : start + _ITEMS_PER_QUERY]
        ids = [gid("InventoryItem", item) for item in some]
        nodes = reading.client.ask(reading.asked("InventoryByItems"), ids=ids)["nodes"]
        for item, node in zip(some, nodes, strict=True):
            if node is None and "" in wanted[item]:
                places = places or _all_places(reading)
                yield gone(INVENTORY_ITEMS, gid("InventoryItem", item), reading.clock.now())
                wanted[item].update(places)
            yield from _levels_of(reading, item, node, wanted[item])


def _all_places(reading: Reading) -> list[str]:
    if "read_locations" not in reading.scopes:
        return []
    found = unnesting.pages(reading.client, reading.asked("LocationsPage"), ["locations"])
    return [_number_of(place["id"]) for page in found for place in page]


def _levels_of(
    reading: Reading, item: str, node: Node | None, locations: set[str]
) -> Iterator[Event]:
    complete = unnesting.complete_item(reading.client, node) if node else None
    levels: list[Node] = complete["inventoryLevels"]["nodes"] if complete else []
    is_whole = "" in locations
    kept = [level for level in levels if is_whole or _location_of(level) in locations]
    yield from _told(reading, "Levels", INVENTORY_LEVELS, iter([kept] if kept else []))
    missing = locations - {_location_of(level) for level in kept} - {""}
    for location in sorted(missing):
        yield _gone(reading, item, location)


def _gone(reading: Reading, item: str, location: str) -> Deleted:
    keys: Any = {"inventory_item_id": [int(item)], "location_id": [int(location)]}
    schema = schema_of(INVENTORY_LEVELS.schema, INVENTORY_LEVELS.key)
    return Deleted(INVENTORY_LEVELS, rows_of(schema, keys), reading.clock.now())


def _location_of(level: Node) -> str:
    return _number_of(level["location"]["id"])


def _number_of(global_id: str) -> str:
    return global_id.rpartition("/")[2]


def _locations(reading: Reading, met: list[str]) -> Iterator[Event]:
    pages = unnesting.pages(reading.client, reading.asked("LocationsPage"), ["locations"])
    for event in _told(reading, "Locations", LOCATIONS, pages):
        if isinstance(event, Rows):
            numbers = cast("list[int]", event.data.column("location_id").to_pylist())
            met.extend(gid("Location", number) for number in numbers)
        yield event


def _told(
    reading: Reading, title: str, table: RawTable, pages: Iterator[list[Node]]
) -> Iterator[Event]:
    batch = Batch(table, reading.clock)
    with reading.progress.task(title) as task:
        for nodes in pages:
            for node in nodes:
                batch.add(node["id"], {table: [node]})
            task.advance(len(nodes))
            if batch.is_full:
                yield from batch.told()
    yield from batch.told()
