"""What is read of a shop, table by table: everything without an instant, else what changed since."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import pyarrow as pa

from hotdash.base.clock import parse_iso
from hotdash.connectors.contract import Event, RawTable, Rows
from hotdash.connectors.shopify import unnesting
from hotdash.connectors.shopify.batches import Batch, vendor_id
from hotdash.connectors.shopify.bulk import Export
from hotdash.connectors.shopify.bulk_files import Block
from hotdash.connectors.shopify.client import ShopifyClient
from hotdash.connectors.shopify.errors import ShopifyAnswerError
from hotdash.connectors.shopify.layouts import CUSTOMERS_FILE, ORDERS_FILE, PRODUCTS_FILE
from hotdash.connectors.shopify.queries import query, searched, updated_since
from hotdash.connectors.shopify.readers import UnfitError
from hotdash.connectors.shopify.reading import Reading, by_id, exported
from hotdash.connectors.shopify.tables import CUSTOMERS, ORDERS, PRODUCTS, SHOPS
from hotdash.connectors.shopify.unnesting import EntityRows, Node

Flat = Callable[[Node], EntityRows]
MOST_PAGED = 2_000
_SHORT_RANGE = timedelta(days=1)


def shop_row(client: ShopifyClient) -> pa.Table:
    answered = client.ask(query("Shop"))["shop"]
    try:
        return unnesting.read_rows([{SHOPS: [answered]}])[SHOPS]
    except UnfitError as error:
        raise ShopifyAnswerError(client.shop, "Shop", str(error)) from error


def customers(reading: Reading, export: Export | None) -> Iterator[Event]:
    if export is not None:
        yield from exported(reading, "Customers", export, CUSTOMERS_FILE)
    else:
        yield from _changed(reading, CUSTOMERS, "CustomersPage", customer_rows)


def products(reading: Reading, export: Export | None) -> Iterator[Event]:
    if export is not None:
        yield from exported(reading, "Products", export, PRODUCTS_FILE)
    else:
        yield from _changed(reading, PRODUCTS, "ProductsPage", product_rows(reading))


def orders(reading: Reading, export: Export | None) -> Iterator[Event]:
    """The export cannot hold lines of refunds and returns: orders with either are asked for whole."""
    export = export or _export_of_a_long_range(reading)
    if export is None:
        yield from _changed(reading, ORDERS, "OrdersPage", order_rows(reading))
        return
    again: list[str] = []

    def note(block: Block) -> None:
        again.extend(block.again)
        note_shipments(reading, block)

    yield from exported(reading, "Orders", export, ORDERS_FILE, note)
    yield from orders_by_id(reading, again)


def orders_by_id(reading: Reading, ids: Sequence[str]) -> Iterator[Event]:
    asked = reading.asked("OrdersByIds")
    flatten = order_rows(reading)
    for event in by_id(reading, "Orders one by one", ORDERS, asked, ids, flatten):
        if isinstance(event, Rows) and event.table == ORDERS:
            reading.note_orders(event.data)
        yield event


def note_shipments(reading: Reading, block: Block, since: datetime | None = None) -> None:
    """Those with news: all of them where nothing was read before."""
    if block.shipments is None:
        return
    since = since or reading.since
    for each in block.shipments.to_pylist():
        if since is None or each["updated_at"] is None or each["updated_at"] >= since:
            reading.shipments.append(each["fulfillment_id"])


def customer_rows(node: Node) -> EntityRows:
    return {CUSTOMERS: [node]}


def product_rows(reading: Reading) -> Flat:
    return lambda node: unnesting.product_rows(unnesting.complete_product(reading.client, node))


def order_rows(reading: Reading) -> Flat:
    def flatten(node: Node) -> EntityRows:
        for each in node["fulfillments"]:
            _note_shipment(reading, each)
        return unnesting.order_rows(unnesting.complete_order(reading.client, node))

    return flatten


def _note_shipment(reading: Reading, fulfillment: Node) -> None:
    number = vendor_id(fulfillment["id"])
    if number is not None and _has_news(fulfillment["updatedAt"], reading.since):
        reading.shipments.append(int(number))


def _has_news(updated_at: object, since: datetime | None) -> bool:
    try:
        return since is None or parse_iso(str(updated_at)) >= since
    except ValueError:
        return True


def _export_of_a_long_range(reading: Reading) -> Export | None:
    """Pages are dear: where thousands of orders changed, an export tells them for nothing."""
    since = reading.since
    if since is None or reading.reached - since <= _SHORT_RANGE:
        return None
    search = updated_since(since)
    answer = reading.client.ask(query("OrdersChanged"), query=search, limit=MOST_PAGED + 1)
    if answer["ordersCount"]["count"] <= MOST_PAGED:
        return None
    return reading.exports.start(searched(reading.asked("BulkOrders"), search))


def _changed(reading: Reading, root: RawTable, operation: str, flatten: Flat) -> Iterator[Event]:
    if reading.since is None:
        return
    name = operation.removesuffix("Page").lower()
    batch = Batch(root, reading.clock)
    with reading.progress.task(f"Changed {name}") as task:
        search = updated_since(reading.since)
        pages = unnesting.pages(reading.client, reading.asked(operation), [name], query=search)
        for nodes in pages:
            for node in nodes:
                batch.add(node["id"], flatten(node))
            task.advance(len(nodes))
            if batch.is_full:
                yield from _noted(reading, batch)
    yield from _noted(reading, batch)


def _noted(reading: Reading, batch: Batch) -> Iterator[Event]:
    for event in batch.told():
        if isinstance(event, Rows) and event.table == ORDERS:
            reading.note_orders(event.data)
        yield event
