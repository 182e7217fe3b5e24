"""What is read of a shop, table by table: everything without an instant, else what changed since."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

import pyarrow as pa

from hotdash.base.clock import Clock, local_day
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Deleted, Event, RawTable, Rows, Unreadable
from hotdash.connectors.shopify import unnesting
from hotdash.connectors.shopify.arrow import rows_of, schema_of
from hotdash.connectors.shopify.batches import Batch, shown_lines, vendor_id_of_lines
from hotdash.connectors.shopify.bulk import BulkExports, Export
from hotdash.connectors.shopify.bulk_files import (
    CUSTOMERS_FILE,
    ORDERS_FILE,
    PRODUCTS_FILE,
    Layout,
    read_file,
)
from hotdash.connectors.shopify.client import ShopifyClient
from hotdash.connectors.shopify.columns import UnfitError
from hotdash.connectors.shopify.costs import most_at_once
from hotdash.connectors.shopify.errors import ShopifyAnswerError
from hotdash.connectors.shopify.queries import query, updated_since
from hotdash.connectors.shopify.tables import CUSTOMERS, ORDERS, PRODUCTS, SHOPS
from hotdash.connectors.shopify.unnesting import EntityRows, Node

Flatten = Callable[[Node], EntityRows]


@dataclass(frozen=True)
class Reading:
    """What one read works with: all it tells is as of `reached` at least. It notes the days it met."""

    client: ShopifyClient
    exports: BulkExports
    clock: Clock
    progress: Progress
    timezone: str
    reached: datetime
    touched_days: set[date] = field(default_factory=set[date])


def shop_row(client: ShopifyClient) -> pa.Table:
    answered = client.ask(query("Shop"))["shop"]
    try:
        return unnesting.read_rows([{SHOPS: [answered]}])[SHOPS]
    except UnfitError as error:
        raise ShopifyAnswerError(client.shop, "Shop", str(error)) from error


def customers(reading: Reading, since: datetime | None, export: Export | None) -> Iterator[Event]:
    if export is not None:
        yield from _exported(reading, "Customers", export, CUSTOMERS_FILE)
    elif since is not None:
        yield from _changed(reading, CUSTOMERS, "CustomersPage", since, _customer_rows)


def products(reading: Reading, since: datetime | None, export: Export | None) -> Iterator[Event]:
    if export is not None:
        yield from _exported(reading, "Products", export, PRODUCTS_FILE)
    elif since is not None:
        yield from _changed(reading, PRODUCTS, "ProductsPage", since, _product_rows(reading))


def orders(reading: Reading, since: datetime | None, export: Export | None) -> Iterator[Event]:
    """The export cannot hold refund lines, so orders with refunds are asked for whole."""
    if export is not None:
        refunded: list[str] = []
        yield from _exported(reading, "Orders", export, ORDERS_FILE, refunded)
        yield from orders_by_id(reading, refunded)
    elif since is not None:
        for event in _changed(reading, ORDERS, "OrdersPage", since, _order_rows(reading)):
            if isinstance(event, Rows) and event.table == ORDERS:
                reading.touched_days.update(days_of(event.data, reading.timezone))
            yield event


def _exported(
    reading: Reading,
    title: str,
    export: Export,
    layout: Layout,
    refunded: list[str] | None = None,
) -> Iterator[Event]:
    with reading.progress.task(title) as task:
        done, file = reading.exports.fetch(export, task)
        if file is None:
            return
        for verdict in read_file(file, layout):
            for block in verdict.read:
                for table, data in block.tables.items():
                    task.advance(data.num_rows)
                    yield Rows(table, data, done.created_at)
                if refunded is not None:
                    refunded += block.refunded
            for refusal in verdict.refused:
                yield Unreadable(
                    layout.root,
                    refusal.reason,
                    shown_lines(refusal.entity),
                    done.created_at,
                    vendor_id_of_lines(refusal.entity),
                )
        file.unlink()


def _changed(
    reading: Reading, root: RawTable, operation: str, since: datetime, flatten: Flatten
) -> Iterator[Event]:
    name = operation.removesuffix("Page")
    batch = Batch(root, reading.clock)
    with reading.progress.task(f"Changed {name.lower()}") as task:
        pages = unnesting.pages(reading.client, operation, name.lower(), updated_since(since))
        for nodes in pages:
            for node in nodes:
                batch.add(node["id"], flatten(node))
            task.advance(len(nodes))
            if batch.is_full:
                yield from batch.told()
    yield from batch.told()


def orders_by_id(reading: Reading, ids: Sequence[str]) -> Iterator[Event]:
    asked = query("OrdersByIds")
    size = most_at_once(asked.text, {"ids": ["one"]}, {"ids": ["one", "two"]})
    flatten = _order_rows(reading)
    batch = Batch(ORDERS, reading.clock)
    with reading.progress.task("Refunded orders", total=len(ids)) as task:
        for start in range(0, len(ids), size):
            some = ids[start : start + size]
            nodes: list[Node | None] = reading.client.ask(asked, ids=some)["nodes"]
            for global_id, node in zip(some, nodes, strict=True):
                if node is None:
                    yield _gone(global_id, reading.clock.now())
                else:
                    batch.add(global_id, flatten(node))
            task.advance(len(some))
            if batch.is_full:
                yield from batch.told()
    yield from batch.told()


def _gone(global_id: str, fetched_at: datetime) -> Deleted:
    """Deleted between the export and the second question."""
    keys = schema_of(ORDERS.schema, ORDERS.key)
    number = int(global_id.rsplit("/", 1)[-1])
    return Deleted(ORDERS, rows_of(keys, {"order_id": [number]}), fetched_at)


def _customer_rows(node: Node) -> EntityRows:
    return {CUSTOMERS: [node]}


def _product_rows(reading: Reading) -> Flatten:
    return lambda node: unnesting.product_rows(unnesting.complete_product(reading.client, node))


def _order_rows(reading: Reading) -> Flatten:
    return lambda node: unnesting.order_rows(unnesting.complete_order(reading.client, node))


def days_of(orders_read: pa.Table, timezone: str) -> set[date]:
    instants = cast("list[datetime]", orders_read.column("processed_at").to_pylist())
    return {local_day(instant, timezone) for instant in instants}
