"""Single entities read again by their ids, whole, or told as gone."""

from collections.abc import Iterator, Sequence

from hotdash.connectors.contract import Deleted, Event, RawTable, Rows
from hotdash.connectors.shopify import unnesting
from hotdash.connectors.shopify.arrow import rows_of, schema_of
from hotdash.connectors.shopify.batches import Batch
from hotdash.connectors.shopify.costs import most_at_once
from hotdash.connectors.shopify.order_days import touched_order_days
from hotdash.connectors.shopify.queries import query
from hotdash.connectors.shopify.resources import Reading, days_of
from hotdash.connectors.shopify.tables import CUSTOMERS, ORDERS, PRODUCTS
from hotdash.connectors.shopify.unnesting import EntityRows, Node

_KINDS = {
    ORDERS: ("Order", "OrdersByIds"),
    CUSTOMERS: ("Customer", "CustomersByIds"),
    PRODUCTS: ("Product", "ProductsByIds"),
}


def refetched(reading: Reading, table: RawTable, vendor_ids: Sequence[str]) -> Iterator[Event]:
    """Tables that are no entity of their own have nothing to be asked for by."""
    if table not in _KINDS:
        return
    for event in _by_id(reading, table, vendor_ids):
        if isinstance(event, Rows) and event.table == ORDERS:
            reading.touched_days.update(days_of(event.data, reading.timezone))
        yield event
    if table == ORDERS:
        yield from touched_order_days(reading)


def _by_id(reading: Reading, table: RawTable, vendor_ids: Sequence[str]) -> Iterator[Event]:
    kind, operation = _KINDS[table]
    asked = query(operation)
    size = most_at_once(asked.text, {"ids": ["one"]}, {"ids": ["one", "two"]})
    batch = Batch(table, reading.clock)
    with reading.progress.task(f"{kind}s told by webhooks", total=len(vendor_ids)) as task:
        for start in range(0, len(vendor_ids), size):
            some = vendor_ids[start : start + size]
            ids = [f"gid://shopify/{kind}/{each}" for each in some]
            nodes: list[Node | None] = reading.client.ask(asked, ids=ids)["nodes"]
            gone = [int(each) for each, node in zip(some, nodes, strict=True) if node is None]
            if gone:
                keys = rows_of(schema_of(table.schema, table.key), {table.key[0]: gone})
                yield Deleted(table, keys, reading.clock.now())
            for global_id, node in zip(ids, nodes, strict=True):
                if node is not None:
                    batch.add(global_id, _rows(reading, table, node))
            task.advance(len(some))
            if batch.is_full:
                yield from batch.told()
    yield from batch.told()


def _rows(reading: Reading, table: RawTable, node: Node) -> EntityRows:
    if table == CUSTOMERS:
        return {CUSTOMERS: [node]}
    if table == PRODUCTS:
        return unnesting.product_rows(unnesting.complete_product(reading.client, node))
    return unnesting.order_rows(unnesting.complete_order(reading.client, node))
