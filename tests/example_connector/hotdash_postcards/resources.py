"""What is read of Postcards, table by table: the cursor is an argument."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa

from hotdash.base.clock import Clock, days_between, iso_utc
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Deleted, Event, SliceDays
from hotdash.connectors.records import RecordReader

from .client import PostcardsClient
from .tables import CARDS, DAYS

DAYS_PER_QUESTION = timedelta(days=90)


def cards(
    client: PostcardsClient, since: datetime | None, clock: Clock, progress: Progress
) -> Iterator[Event]:
    """All of them, or those that changed since."""
    reader = RecordReader(CARDS)
    asked = {} if since is None else {"updated_since": iso_utc(since)}
    with progress.task("Cards") as task:
        for records in client.pages("cards", "/v1/cards", **asked):
            yield from reader.read(records, clock.now())
            task.advance(len(records))


def days(
    client: PostcardsClient, first: date, last: date, clock: Clock, progress: Progress
) -> Iterator[Event]:
    """Days that are over; a day without a card is told as read all the same."""
    reader = RecordReader(DAYS)
    with progress.task("Days") as task:
        while first <= last:
            until = min(last, first + DAYS_PER_QUESTION)
            asked = {"from": first.isoformat(), "to": until.isoformat()}
            records = client.get("days", "/v1/days", **asked)["items"]
            at = clock.now()
            yield from reader.read(records, at)
            yield SliceDays(DAYS.raw, list(days_between(first, until)), at)
            task.advance(len(records))
            first = until + timedelta(days=1)


def cards_by_id(client: PostcardsClient, ids: Sequence[str], clock: Clock) -> Iterator[Event]:
    reader = RecordReader(CARDS)
    for card_id in ids:
        found = client.get("card", f"/v1/cards/{card_id}")["item"]
        if found is None:
            keys = pa.table({"card_id": pa.array([int(card_id)], pa.int64())})
            yield Deleted(CARDS.raw, keys, clock.now())
        else:
            yield from reader.read([found], clock.now())
