"""Single entities read again with all their children: after a webhook, a retry or a reconciliation."""

from collections.abc import Iterator, Sequence

from hotdash.connectors.contract import Event, RawTable
from hotdash.connectors.shopify.inventory import levels_by_id
from hotdash.connectors.shopify.journeys import Waiting, journeys_by_id
from hotdash.connectors.shopify.reading import Reading, by_id, gid
from hotdash.connectors.shopify.resources import customer_rows, orders_by_id, product_rows
from hotdash.connectors.shopify.shipments import fulfillments, fulfillments_by_id
from hotdash.connectors.shopify.tables import (
    CUSTOMERS,
    FULFILLMENTS,
    INVENTORY_LEVELS,
    JOURNEYS,
    ORDERS,
    PRODUCTS,
)


def refetched(reading: Reading, table: RawTable, vendor_ids: Sequence[str]) -> Iterator[Event]:
    """What has no way of its own to be asked for is left to the next read."""
    if table == ORDERS:
        ids = [gid("Order", number) for number in vendor_ids]
        yield from orders_by_id(reading, ids)
        yield from fulfillments(reading, None)
        yield from journeys_by_id(reading, ids, Waiting())
    elif table == PRODUCTS:
        asked = reading.asked("ProductsByIds")
        ids = [gid("Product", number) for number in vendor_ids]
        yield from by_id(reading, "Products", PRODUCTS, asked, ids, product_rows(reading))
    elif table == CUSTOMERS:
        asked = reading.asked("CustomersByIds")
        ids = [gid("Customer", number) for number in vendor_ids]
        yield from by_id(reading, "Customers", CUSTOMERS, asked, ids, customer_rows)
    elif table == INVENTORY_LEVELS:
        yield from levels_by_id(reading, vendor_ids)
    elif table == FULFILLMENTS:
        yield from fulfillments_by_id(reading, [int(number) for number in vendor_ids])
    elif table == JOURNEYS:
        ids = [gid("Order", number) for number in vendor_ids]
        yield from journeys_by_id(reading, ids, Waiting())
