"""One read of a shop: what it works with, how entities are told, and what it notes for later."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

import pyarrow as pa

from hotdash.base.clock import Clock, local_day
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Deleted, Event, RawTable, Rows, Unreadable
from hotdash.connectors.shopify.arrow import rows_of, schema_of
from hotdash.connectors.shopify.batches import Batch, shown_lines, vendor_id_of_lines
from hotdash.connectors.shopify.bulk import BulkExports, Export
from hotdash.connectors.shopify.bulk_files import Block, Layout, read_file
from hotdash.connectors.shopify.client import ShopifyClient
from hotdash.connectors.shopify.costs import most_at_once, requested_cost
from hotdash.connectors.shopify.queries import Query, Scopes, query
from hotdash.connectors.shopify.tables import ORDERS
from hotdash.connectors.shopify.unnesting import EntityRows, Node

Flatten = Callable[[Node], EntityRows | None]
Note = Callable[[Block], None]
_WORTH_SAYING_HOURS = 0.05


@dataclass(frozen=True)
class Reading:
    """All it tells is as of `reached` at least. `since` is empty in a first read.

    It notes the days of the orders it met, which fulfillments have news, whose journey is new, and
    which days Shopify did not report.
    """

    client: ShopifyClient
    exports: BulkExports
    clock: Clock
    progress: Progress
    timezone: str
    reached: datetime
    scopes: Scopes
    since: datetime | None = None
    touched_days: set[date] = field(default_factory=set[date])
    shipments: "array[int]" = field(default_factory=lambda: array("q"))
    young_orders: set[int] = field(default_factory=set[int])
    unreported_days: set[date] = field(default_factory=set[date])

    def asked(self, name: str) -> Query:
        """The query without what our scopes do not open."""
        return query(name, self.scopes)

    def note_orders(self, rows: pa.Table) -> None:
        """Of a first read everything is told anyway."""
        if self.since is None:
            return
        processed = cast("list[datetime]", rows.column("processed_at").to_pylist())
        self.touched_days.update(local_day(instant, self.timezone) for instant in processed)
        created = cast("list[datetime]", rows.column("created_at").to_pylist())
        numbers = cast("list[int]", rows.column("order_id").to_pylist())
        since = self.since
        self.young_orders.update(
            number for number, at in zip(numbers, created, strict=True) if at >= since
        )


def exported(
    reading: Reading, title: str, export: Export, layout: Layout, note: Note | None = None
) -> Iterator[Event]:
    with reading.progress.task(title) as task:
        done, file = reading.exports.fetch(export, task)
        if file is None:
            return
        for verdict in read_file(file, layout):
            for block in verdict.read:
                for table, data in block.tables.items():
                    task.advance(data.num_rows)
                    if table == ORDERS:
                        reading.note_orders(data)
                    yield Rows(table, data, done.created_at)
                if note is not None:
                    note(block)
            for refusal in verdict.refused:
                yield Unreadable(
                    layout.root,
                    refusal.reason,
                    shown_lines(refusal.entity),
                    done.created_at,
                    vendor_id_of_lines(refusal.entity),
                )
        file.unlink()


def by_id(
    reading: Reading,
    title: str,
    root: RawTable,
    asked: Query,
    ids: Sequence[str],
    flatten: Flatten,
) -> Iterator[Event]:
    """Entities asked for one by one, as many at a time as a query may cost; who is gone is told so.

    What `flatten` makes nothing of is left out.
    """
    size = most_at_once(asked.text, {"ids": ["one"]}, {"ids": ["one", "two"]})
    batch = Batch(root, reading.clock)
    with reading.progress.task(title, total=len(ids)) as task:
        _say_hours(reading, asked, len(ids), size, task.say)
        for start in range(0, len(ids), size):
            some = ids[start : start + size]
            nodes: list[Node | None] = reading.client.ask(asked, ids=list(some))["nodes"]
            for global_id, node in zip(some, nodes, strict=True):
                if not node:
                    yield gone(root, global_id, reading.clock.now())
                elif (rows := flatten(node)) is not None:
                    batch.add(global_id, rows)
            task.advance(len(some))
            if batch.is_full:
                yield from batch.told()
    yield from batch.told()


def _say_hours(
    reading: Reading, asked: Query, count: int, size: int, say: Callable[[str], None]
) -> None:
    """At most: what is not there is not paid."""
    points = requested_cost(asked.text, {"ids": ["one"] * size}) * -(-count // size)
    hours = reading.client.budget.hours_for(points)
    if hours >= _WORTH_SAYING_HOURS:
        say(f"{count:,} asked for one by one, up to {hours:.1f} hours at this shop's rate")


def gone(root: RawTable, global_id: str, fetched_at: datetime) -> Deleted:
    """Deleted at the vendor; all our roots have one number as their key."""
    number = int(global_id.rsplit("/", 1)[-1])
    keys: Any = {root.key[0]: [number]}
    return Deleted(root, rows_of(schema_of(root.schema, root.key), keys), fetched_at)


def gid(kind: str, number: int | str) -> str:
    return f"gid://shopify/{kind}/{number}"
