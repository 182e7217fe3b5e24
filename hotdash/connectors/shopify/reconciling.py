"""What a comparison with Shopify asks for: the ids of a day's orders, counts anew, single orders anew."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.progress import Progress
from hotdash.connectors.contract import CountedDays, Event
from hotdash.connectors.shopify.batches import vendor_id
from hotdash.connectors.shopify.bulk import BulkExports
from hotdash.connectors.shopify.client import ShopifyClient
from hotdash.connectors.shopify.order_days import counted, span
from hotdash.connectors.shopify.queries import processed_in
from hotdash.connectors.shopify.resources import Reading, orders_by_id
from hotdash.connectors.shopify.tables import ORDER_DAYS, ORDERS
from hotdash.connectors.shopify.unnesting import pages

COUNTED = CountedDays(ORDERS, "processed_at", ORDER_DAYS, "orders")


def order_ids(client: ShopifyClient, day: date, timezone: str) -> list[str]:
    asked = pages(client, "OrderIdsPage", "orders", processed_in(span(day, timezone)))
    ids = [vendor_id(node["id"]) for nodes in asked for node in nodes]
    return [each for each in ids if each is not None]


def recounted(
    client: ShopifyClient, clock: Clock, timezone: str, days: Sequence[date], progress: Progress
) -> Iterator[Event]:
    yield from counted(_reading(client, clock, timezone, progress), days)


def orders_again(
    client: ShopifyClient, clock: Clock, timezone: str, ids: Sequence[str], progress: Progress
) -> Iterator[Event]:
    global_ids = [f"gid://shopify/Order/{each}" for each in ids]
    yield from orders_by_id(_reading(client, clock, timezone, progress), global_ids)


def _reading(client: ShopifyClient, clock: Clock, timezone: str, progress: Progress) -> Reading:
    return Reading(client, BulkExports(client, Path()), clock, progress, timezone, clock.now())
