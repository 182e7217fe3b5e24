"""The Shopify connector: one shop, read whole at first and by what changed from then on."""

import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from hotdash.base.clock import Clock, iso_utc, local_day, parse_iso
from hotdash.base.progress import Progress
from hotdash.connectors.contract import (
    CountedDays,
    Cursor,
    Drift,
    Event,
    MissingScope,
    RawTable,
    Reached,
    Rows,
)
from hotdash.connectors.shopify import access, shipments, versions
from hotdash.connectors.shopify.bulk import BulkExports, Export
from hotdash.connectors.shopify.client import VENDOR, ShopifyClient
from hotdash.connectors.shopify.drifts import with_drifts
from hotdash.connectors.shopify.inventory import inventory
from hotdash.connectors.shopify.journeys import Waiting, all_journeys, export_of, new_journeys
from hotdash.connectors.shopify.order_days import (
    COUNTED,
    all_order_days,
    counted,
    first_order_day,
    order_days_since,
    span_of,
)
from hotdash.connectors.shopify.queries import processed_within, query
from hotdash.connectors.shopify.reading import Reading
from hotdash.connectors.shopify.refetching import refetched
from hotdash.connectors.shopify.resources import customers, orders, products, shop_row
from hotdash.connectors.shopify.sales_report import sales_report
from hotdash.connectors.shopify.schema_watch import schema_problems
from hotdash.connectors.shopify.tables import ORDERS, SHOPS, TABLES
from hotdash.connectors.shopify.unnesting import pages

_UPDATED_AT = "updated_at"
_TIMEZONE = "timezone"
_WAITING = "journeys"
_LOOKED_AT = "shipments_at"
_UNREPORTED = "unreported_from"
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
    journeys: Export | None = None
    fulfillments: Export | None = None

    @property
    def began_at(self) -> list[datetime]:
        every = (self.orders, self.customers, self.products, self.journeys, self.fulfillments)
        return [each.created_at for each in every if each]


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
        self._timezone: str | None = None

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return TABLES

    def check(self) -> Sequence[MissingScope]:
        return access.missing(access.granted(self._client))

    def cursor_since(self, since: datetime) -> Cursor:
        """Without the marks of shipments and journeys, which then reach back as far."""
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

    def ids_of_day(self, table: RawTable, day: date) -> Sequence[str]:
        """The orders that Shopify counts for this shop-local day, test and cancelled ones too."""
        if table != ORDERS:
            return ()
        search = processed_within(span_of(day, self.days_timezone()))
        asked = query("OrderIds")
        nodes = pages(self._client, asked, ["orders"], query=search)
        return [node["id"].rpartition("/")[2] for page in nodes for node in page]

    @property
    def counted(self) -> CountedDays:
        return COUNTED

    def days_timezone(self) -> str:
        """As the last read was told it, whose days these are; asked for where there was none."""
        if self._timezone is None:
            self._timezone = self.shop().timezone
        return self._timezone

    def count_again(self, days: Sequence[date], progress: Progress) -> Iterator[Event]:
        with self._exports() as bulk:
            now = self._clock.now()
            timezone = self.days_timezone()
            yield from counted(
                Reading(self._client, bulk, self._clock, progress, timezone, now, frozenset()),
                days,
            )

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        now = self._clock.now()
        scopes = access.granted(self._client)
        with self._exports() as bulk:
            reading = Reading(self._client, bulk, self._clock, progress, "UTC", now, scopes)
            yield from with_drifts(refetched(reading, table, vendor_ids))

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        return with_drifts(self._events(cursor, progress))

    def _events(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        started = self._clock.now()
        since = None if cursor is None else parse_iso(cursor[_UPDATED_AT]) - self._overlap
        row = shop_row(self._client)
        told = self._client.answered_at or started
        yield Rows(SHOPS, row, started)
        scopes = access.granted(self._client)
        timezone: str = row.column("iana_timezone")[0].as_py()
        self._timezone = timezone
        with self._exports() as bulk:
            exports = _started(bulk, scopes) if since is None else _Exports()
            # The next read filters by Shopify's clock: ours, going ahead of it, would skip orders.
            reached = min([started, told, *exports.began_at])
            reading = Reading(
                self._client, bulk, self._clock, progress, timezone, reached, scopes, since
            )
            yield from products(reading, exports.products)
            yield from customers(reading, exports.customers)
            yield from orders(reading, exports.orders)
            looked_at = yield from self._shipments(reading, cursor, exports.fulfillments)
            waiting = yield from self._journeys(reading, cursor, exports.journeys)
            yield from inventory(reading, _inventory_export(reading))
            yield from _days(reading, cursor)
            reached = bulk.at_least_as_new(reached)
        yield from versions.drifts(self._client, self._clock.now())
        unreported = min(reading.unreported_days, default=None)
        yield Reached(
            {
                _UPDATED_AT: iso_utc(reached),
                _TIMEZONE: timezone,
                _LOOKED_AT: iso_utc(min(looked_at, reached)),
                _WAITING: waiting.written(reached),
                **({_UNREPORTED: str(unreported)} if unreported else {}),
            },
            reached,
        )

    @contextmanager
    def _exports(self) -> Generator[BulkExports]:
        with tempfile.TemporaryDirectory(prefix="hotdash-bulk-", dir=self._workdir) as folder:
            yield BulkExports(self._client, Path(folder))

    def _shipments(
        self, reading: Reading, cursor: Cursor | None, export: Export | None
    ) -> Generator[Event, None, datetime]:
        """Those that orders name, and every few hours those whose parcel went on."""
        known = cursor.get(_LOOKED_AT) if cursor else None
        looked_at = parse_iso(known) if known else None
        if reading.since is not None and (
            looked_at is None or reading.reached - looked_at >= shipments.LOOK_EVERY
        ):
            since = None if looked_at is None else looked_at - self._overlap
            yield from shipments.look_for_news(reading, since)
            looked_at = None
        yield from shipments.fulfillments(reading, export)
        return looked_at or reading.reached

    def _journeys(
        self, reading: Reading, cursor: Cursor | None, export: Export | None
    ) -> Generator[Event, None, Waiting]:
        known = cursor.get(_WAITING) if cursor else None
        waiting = Waiting.read(known or "")
        if cursor is not None and known is not None:
            yield from new_journeys(reading, waiting, parse_iso(cursor[_UPDATED_AT]))
            return waiting
        started = export or reading.exports.start(export_of(reading))
        yield from all_journeys(reading, started, waiting)
        return waiting


def _started(bulk: BulkExports, scopes: frozenset[str]) -> _Exports:
    """All at once: Shopify writes them side by side while we read the first. Five are allowed."""
    may_export = bool(access.FULFILLMENT_ORDERS & scopes)
    return _Exports(
        orders=bulk.start(query("BulkOrders", scopes)),
        customers=bulk.start(query("BulkCustomers", scopes)),
        products=bulk.start(query("BulkProducts", scopes)),
        journeys=bulk.start(query("BulkJourneys", scopes)),
        fulfillments=bulk.start(query("BulkFulfillments", scopes)) if may_export else None,
    )


def _inventory_export(reading: Reading) -> Export | None:
    """Begun when its turn comes: five exports may run at once, and those before are done by then."""
    if reading.since is not None or "read_inventory" not in reading.scopes:
        return None
    return reading.exports.start(reading.asked("BulkInventory"))


def _days(reading: Reading, cursor: Cursor | None) -> Iterator[Event]:
    if reading.since is None or cursor is None or cursor.get(_TIMEZONE) != reading.timezone:
        # Days counted in another timezone say nothing about the days of this one.
        first = first_order_day(reading)
        yield from all_order_days(reading, first)
        yield from sales_report(reading, first)
    else:
        yield from order_days_since(reading, reading.since)
        since = local_day(reading.since, reading.timezone)
        unreported = cursor.get(_UNREPORTED)
        yield from sales_report(
            reading, min(since, date.fromisoformat(unreported)) if unreported else since
        )
