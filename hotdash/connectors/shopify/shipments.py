"""Fulfillments, each an entity of its own: in one export at first, later those with news, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from hotdash.connectors.contract import Event, Rows
from hotdash.connectors.shopify import unnesting
from hotdash.connectors.shopify.access import FULFILLMENT_ORDERS
from hotdash.connectors.shopify.arrow import compute as pc
from hotdash.connectors.shopify.arrow import numbers, only
from hotdash.connectors.shopify.bulk import Export
from hotdash.connectors.shopify.bulk_files import Block, read_file
from hotdash.connectors.shopify.layouts import FULFILLMENTS_FILE, SHIPMENTS_FILE
from hotdash.connectors.shopify.queries import created_since, searched
from hotdash.connectors.shopify.reading import Reading, by_id, exported, gid
from hotdash.connectors.shopify.resources import note_shipments
from hotdash.connectors.shopify.tables import FULFILLMENTS
from hotdash.connectors.shopify.unnesting import EntityRows, Node

LOOKED_AT_AGAIN = timedelta(days=60)
LOOK_EVERY = timedelta(hours=6)
MOST_ONE_BY_ONE = 5_000


def may_export(reading: Reading) -> bool:
    return bool(FULFILLMENT_ORDERS & reading.scopes)


def look_for_news(reading: Reading, looked_at: datetime | None) -> Iterator[Event]:
    """A parcel's way does not change its order, so every few hours all young orders are looked through.

    The light export costs nothing and names each fulfillment with its last change.
    """
    since = looked_at or reading.since
    if since is None:
        return
    oldest = min(since, reading.reached - LOOKED_AT_AGAIN)
    wanted = searched(reading.asked("BulkShipments"), created_since(oldest))

    def note(block: Block) -> None:
        note_shipments(reading, block, since)

    export = reading.exports.start(wanted)
    yield from exported(reading, "Parcels on their way", export, SHIPMENTS_FILE, note)


def fulfillments(reading: Reading, export: Export | None) -> Iterator[Event]:
    """Everything noted: from the export as far as it goes, the rest one by one."""
    left = _Left(pc.unique(numbers(reading.shipments)))
    if export is None and len(left.ids) > MOST_ONE_BY_ONE and may_export(reading):
        export = reading.exports.start(reading.asked("BulkFulfillments"))
    if export is not None:
        yield from _exported(reading, export, left)
    yield from fulfillments_by_id(reading, left.ids.to_pylist())


def fulfillments_by_id(reading: Reading, ids: list[int]) -> Iterator[Event]:
    if not ids:
        return

    def flatten(node: Node) -> EntityRows:
        complete = unnesting.complete_fulfillment(reading.client, node)
        return unnesting.fulfillment_rows(complete)

    asked = reading.asked("FulfillmentsByIds")
    wanted = [gid("Fulfillment", number) for number in ids]
    yield from by_id(reading, "Fulfillments", FULFILLMENTS, asked, wanted, flatten)


@dataclass
class _Left:
    """Ids that were not told yet: a number each, of a million orders too."""

    ids: Any

    def tell(self, block: Block) -> Iterator[tuple[Any, pa.Table]]:
        """The block's rows as far as they are wanted; a fulfillment is told once."""
        roots = block.tables[FULFILLMENTS]
        told = pc.filter(
            roots.column("fulfillment_id"),
            pc.is_in(roots.column("fulfillment_id"), value_set=self.ids),
        ).combine_chunks()
        for table, data in block.tables.items():
            yield table, only(data, pc.is_in(data.column("fulfillment_id"), value_set=told))
        self.ids = pc.filter(self.ids, pc.invert(pc.is_in(self.ids, value_set=told)))


def _exported(reading: Reading, export: Export, left: _Left) -> Iterator[Event]:
    """What cannot be read of the file stays wanted, and is judged where it is asked for by its id."""
    with reading.progress.task("Fulfillments") as task:
        done, file = reading.exports.fetch(export, task)
        if file is None:
            return
        for verdict in read_file(file, FULFILLMENTS_FILE):
            for block in verdict.read:
                for table, data in left.tell(block):
                    task.advance(data.num_rows)
                    yield Rows(table, data, done.created_at)
        file.unlink()
