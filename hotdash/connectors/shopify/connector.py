"""The Shopify connector: one shop, read whole at first and by what changed from then on."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hotdash.base.clock import Clock, iso_utc, parse_iso
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Cursor, Drift, Event, MissingScope, RawTable, Reached, Rows
from hotdash.connectors.shopify.bulk import BulkExports, Export
from hotdash.connectors.shopify.client import VENDOR, ShopifyClient
from hotdash.connectors.shopify.drifts import with_drifts
from hotdash.connectors.shopify.order_days import all_order_days, order_days_since
from hotdash.connectors.shopify.queries import query
from hotdash.connectors.shopify.resources import Reading, customers, orders, products, shop_row
from hotdash.connectors.shopify.schema_watch import schema_problems
from hotdash.connectors.shopify.tables import SHOPS, TABLES

_UPDATED_AT = "updated_at"
_TIMEZONE = "timezone"
OVERLAP = timedelta(seconds=120)


@dataclass(frozen=True)
class ShopProfile:
    name: str
    domain: str
    timezone: str
    currency: str
    taxes_included: bool
    plan: str


@dataclass(frozen=True)
class _Exports:
    """The bulk operations of a first read; a later one has none."""

    orders: Export | None = None
    customers: Export | None = None
    products: Export | None = None

    @property
    def began_at(self) -> list[datetime]:
        return [each.created_at for each in (self.orders, self.customers, self.products) if each]


class ShopifyConnector:
    def __init__(
        self,
        client: ShopifyClient,
        clock: Clock,
        *,
        overlap: timedelta = OVERLAP,
        workdir: Path | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._overlap = overlap
        self._workdir = workdir

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return TABLES

    def check(self) -> Sequence[MissingScope]:
        self.shop()
        return ()

    def cursor_since(self, since: datetime) -> Cursor:
        return {_UPDATED_AT: iso_utc(since)}

    def vendor_schema_problems(self) -> Iterator[Drift]:
        return schema_problems(self._client, self._clock.now())

    def shop(self) -> ShopProfile:
        row = shop_row(self._client).to_pylist()[0]
        return ShopProfile(
            name=row["name"],
            domain=row["domain"],
            timezone=row["iana_timezone"],
            currency=row["currency"],
            taxes_included=row["taxes_included"],
            plan=row["plan"],
        )

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        return with_drifts(self._events(cursor, progress))

    def _events(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        started = self._clock.now()
        since = None if cursor is None else parse_iso(cursor[_UPDATED_AT]) - self._overlap
        row = shop_row(self._client)
        told = self._client.answered_at or started
        yield Rows(SHOPS, row, started)
        with tempfile.TemporaryDirectory(prefix="hotdash-bulk-", dir=self._workdir) as folder:
            bulk = BulkExports(self._client, Path(folder))
            timezone: str = row.column("iana_timezone")[0].as_py()
            exports = _started(bulk) if since is None else _Exports()
            # The next read filters by Shopify's clock: ours, going ahead of it, would skip orders.
            reached = min([started, told, *exports.began_at])
            reading = Reading(self._client, bulk, self._clock, progress, timezone, reached)
            yield from products(reading, since, exports.products)
            yield from customers(reading, since, exports.customers)
            yield from orders(reading, since, exports.orders)
            counted_in = cursor.get(_TIMEZONE) if cursor else None
            if since is None or counted_in != timezone:
                # Days counted in another timezone say nothing about the days of this one.
                yield from all_order_days(reading)
            else:
                yield from order_days_since(reading, since)
        yield Reached({_UPDATED_AT: iso_utc(reached), _TIMEZONE: timezone}, reached)


def _started(bulk: BulkExports) -> _Exports:
    """All at once: Shopify writes them side by side while we read the first."""
    return _Exports(
        orders=bulk.start(query("BulkOrders")),
        customers=bulk.start(query("BulkCustomers")),
        products=bulk.start(query("BulkProducts")),
    )
