"""The visits before each order, an entity beside it: Shopify knows them only some time after the order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hotdash.connectors.contract import Deleted, Event, Rows
from hotdash.connectors.shopify import unnesting
from hotdash.connectors.shopify.batches import vendor_id
from hotdash.connectors.shopify.bulk import Export
from hotdash.connectors.shopify.bulk_files import Block
from hotdash.connectors.shopify.layouts import JOURNEYS_FILE
from hotdash.connectors.shopify.queries import Query, created_since, searched
from hotdash.connectors.shopify.reading import Reading, by_id, exported, gid
from hotdash.connectors.shopify.tables import JOURNEYS
from hotdash.connectors.shopify.unnesting import EntityRows, Node

WAITED_FOR = timedelta(days=60)
ASKED_OFTEN = timedelta(days=1)


@dataclass
class Waiting:
    """Orders whose journey is not ready, with when they came; who waits too long is given up."""

    created: dict[int, datetime] = field(default_factory=dict[int, datetime])

    @classmethod
    def read(cls, text: str) -> "Waiting":
        pairs = (pair.split("@") for pair in text.split())
        return cls({int(n): datetime.fromtimestamp(int(at), UTC) for n, at in pairs})

    def written(self, now: datetime) -> str:
        return " ".join(
            f"{number}@{int(at.timestamp())}"
            for number, at in sorted(self.created.items())
            if now - at < WAITED_FOR
        )

    def due(self, before: datetime, now: datetime) -> frozenset[int]:
        """Young ones each time, old ones with the first read of a day."""
        is_new_day = before.date() != now.date()
        return frozenset(
            n for n, at in self.created.items() if is_new_day or now - at < ASKED_OFTEN
        )

    def note(self, event: Event) -> None:
        """Who was told as ready, or is gone, waits no more."""
        if isinstance(event, Deleted):
            self.created.pop(event.keys.column("order_id")[0].as_py(), None)
        elif isinstance(event, Rows) and event.table == JOURNEYS:
            for row in event.data.to_pylist():
                self.created.pop(row["order_id"], None)
                if row["journey_ready"] is False:
                    self.created[row["order_id"]] = row["order_created_at"]


def export_of(reading: Reading) -> Query:
    """Of all orders, or where it is not known who waits, of those that came since and could wait."""
    asked = reading.asked("BulkJourneys")
    if reading.since is None:
        return asked
    return searched(asked, created_since(min(reading.since, reading.reached - WAITED_FOR)))


def all_journeys(reading: Reading, export: Export, waiting: Waiting) -> Iterator[Event]:
    """From an export; where it is short of visits, one by one."""
    again: list[str] = []

    def note(block: Block) -> None:
        again.extend(block.again)

    for event in exported(reading, "Customer journeys", export, JOURNEYS_FILE, note):
        waiting.note(event)
        yield event
    yield from journeys_by_id(reading, again, waiting)


def new_journeys(reading: Reading, waiting: Waiting, read_before: datetime) -> Iterator[Event]:
    """Of the orders that came, and of those whose visits were not known yet."""
    told_before = frozenset(waiting.created)
    due = waiting.due(read_before, reading.reached)
    ids = [gid("Order", number) for number in sorted(due.union(reading.young_orders))]
    yield from journeys_by_id(reading, ids, waiting, told_before)


def journeys_by_id(
    reading: Reading,
    ids: Sequence[str],
    waiting: Waiting,
    told_before: frozenset[int] = frozenset(),
) -> Iterator[Event]:
    """A journey that was told as not ready before is told again only once it is."""

    def flatten(node: Node) -> EntityRows | None:
        if _is_unready(node) and vendor_id(node["id"]) in known:
            return None
        return unnesting.journey_rows(unnesting.complete_journey(reading.client, node))

    if not ids:
        return
    known = {str(number) for number in told_before}
    asked = reading.asked("JourneysByIds")
    for event in by_id(reading, "Customer journeys", JOURNEYS, asked, ids, flatten):
        waiting.note(event)
        if not isinstance(event, Deleted):
            yield event


def _is_unready(node: Node) -> bool:
    summary = node["customerJourneySummary"]
    return summary is not None and summary["ready"] is False
