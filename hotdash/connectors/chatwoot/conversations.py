"""Conversations with all that belongs to them: listed without gaps, each told whole under one instant."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hotdash.base.clock import local_day
from hotdash.base.logging import get_logger
from hotdash.connectors.chatwoot import shapes
from hotdash.connectors.chatwoot.client import ChatwootClient, NotThereError, Record
from hotdash.connectors.chatwoot.reading import Reading, Tally, id_of, tombstones, tries
from hotdash.connectors.chatwoot.tables import (
    APPLIED_SLAS,
    CONTACTS,
    CONVERSATIONS,
    MESSAGES,
    REPORTING_EVENTS,
    SLA_EVENTS,
)
from hotdash.connectors.contract import Event
from hotdash.connectors.records import UnfitValueError, epoch_instant

_log = get_logger(__name__)

FULL_PAGE_OF_MESSAGES = 1_000
_AT_ONCE = 25
_BEYOND_ANY_MESSAGE = 2**31 - 1
_LISTED = "/conversations"
_WHOLE_LIST = {"status": "all", "sort_by": "created_at_asc"}


@dataclass
class Listing:
    """A pass over all conversations in the order they were opened: who comes meanwhile, comes last."""

    client: ChatwootClient
    ids: set[int] = field(default_factory=set[int])
    counted: int = 0
    nameless: int = 0

    def pages(self) -> Iterator[list[Record]]:
        """Pages of conversations not seen before, until as many were seen as Chatwoot counts."""
        for attempt in tries("conversations", self.client.account_id):
            tally = Tally()
            number = 1
            while True:
                records = self.page(number)
                yield [record for record in records if self._is_news(record, attempt)]
                tally.note(records, self.counted)
                self.ids |= tally.ids
                if tally.is_over(records):
                    break
                number += 1
            if tally.is_whole:
                # Whoever was deleted between two passes is not there any more.
                self.ids &= tally.ids
                self.nameless = tally.nameless
                return

    def _is_news(self, record: Record, attempt: int) -> bool:
        found = id_of(record)
        return attempt == 0 if found is None else found not in self.ids

    def page(self, number: int) -> list[Record]:
        records, self.counted = _page(self.client, {**_WHOLE_LIST, "page": number})
        return records


def changed(client: ChatwootClient, seconds: int) -> tuple[list[Record], int]:
    """Those changed within so many seconds, all at once, and how many there are in all."""
    query = {"status": "all", "sort_by": "created_at_asc", "updated_within": seconds}
    return _page(client, query)


def changed_since(
    client: ChatwootClient, since: datetime, now: datetime, patience: timedelta
) -> tuple[list[Record], int]:
    """Chatwoot counts back from when it answers: where that came late, it is asked for longer."""
    while True:
        records, count = changed(client, int((now - since).total_seconds()) + 1)
        answered = client.answered_at or now
        if answered - now <= patience:
            return records, count
        now = answered


def is_touched(record: Record, since: datetime) -> bool:
    """Also one whose instants cannot be read: it has to be seen to be refused."""
    try:
        instants = [
            epoch_instant(record[key])
            for key in ("updated_at", "last_activity_at", "created_at")
            if record.get(key)
        ]
    except UnfitValueError:
        return True
    return not instants or max(instants) >= since


def told(reading: Reading, records: Sequence[Record]) -> Iterator[Event]:
    """Each with its messages, events, SLA and contact: one version, one instant."""
    for start in range(0, len(records), _AT_ONCE):
        yield from _told(reading, records[start : start + _AT_ONCE])


def _told(reading: Reading, records: Sequence[Record]) -> Iterator[Event]:
    fetched_at = reading.clock.now()
    messages: list[Record] = []
    events: list[Record] = []
    there: list[Record] = []
    gone: list[int] = []
    for record in records:
        conversation_id = id_of(record)
        if conversation_id is not None:
            try:
                said = _messages(reading, conversation_id)
                measured = _events(reading, conversation_id)
            except NotThereError:
                # Deleted since it was listed.
                gone.append(conversation_id)
                continue
            messages += said
            events += measured
        there.append(record)
    yield from reading.tell(CONVERSATIONS, [shapes.conversation(r) for r in there], fetched_at)
    yield from reading.tell(MESSAGES, messages, fetched_at)
    yield from reading.tell(REPORTING_EVENTS, events, fetched_at)
    yield from _slas(reading, there, fetched_at)
    yield from _senders(reading, there, fetched_at)
    if gone:
        yield tombstones(CONVERSATIONS, gone, fetched_at)


def opened_on(client: ChatwootClient, day: date, timezone: str) -> list[str]:
    """The ids of a day, found by halving: the list is sorted by the opening."""
    listing = Listing(client)
    first = listing.page(1)
    size = max(1, len(first))
    low, high = 1, max(1, -(-listing.counted // size))
    while low < high:
        middle = (low + high) // 2
        last = [_opened(record, timezone) for record in listing.page(middle)][-1:]
        low, high = (middle + 1, high) if last and last[0] < day else (low, middle)
    found: list[str] = []
    while True:
        days = [(_opened(record, timezone), id_of(record)) for record in listing.page(low)]
        found += [str(each) for at, each in days if at == day]
        if not days or days[-1][0] > day:
            return found
        low += 1


def _page(client: ChatwootClient, query: dict[str, str | int]) -> tuple[list[Record], int]:
    answer = client.record("conversations", _LISTED, query)
    data: Record = shapes.record_in(answer, "data") or {}
    counted = client.count("conversations", data.get("meta"), "all_count")
    return client.payload("conversations", data), counted


def _messages(reading: Reading, conversation_id: int) -> list[Record]:
    told = list(_between(reading.client, conversation_id, 1, _BEYOND_ANY_MESSAGE))
    reading.surveys[conversation_id] = list(_surveys(told))
    return [shapes.message(each, conversation_id, reading.keeps_text) for each in told]


def _surveys(messages: Sequence[Record]) -> Iterator[datetime]:
    """When the customer was asked for a rating."""
    for each in messages:
        if each.get("content_type") == "input_csat":
            with suppress(UnfitValueError):
                yield epoch_instant(each.get("created_at"))


def _between(
    client: ChatwootClient, conversation_id: int, after: int, before: int
) -> Iterator[Record]:
    """A full page may have been cut, and not by id: then each half is asked for by itself."""
    path = f"{_LISTED}/{conversation_id}/messages"
    answer = client.record("messages", path, {"after": after, "before": before})
    records = client.payload("messages", answer)
    ids = sorted(each for each in map(id_of, records) if each is not None)
    if len(records) < FULL_PAGE_OF_MESSAGES or len(ids) < FULL_PAGE_OF_MESSAGES:
        yield from records
        return
    middle = ids[len(ids) // 2]
    yield from _between(client, conversation_id, after, middle)
    yield from _between(client, conversation_id, middle, before)


def _events(reading: Reading, conversation_id: int) -> list[Record]:
    if reading.has_no_events or not reading.rights.reads_events:
        return []
    path = f"{_LISTED}/{conversation_id}"
    try:
        events = reading.client.records("reporting_events", f"{path}/reporting_events")
    except NotThereError:
        # Of a conversation that is there, it says that this Chatwoot has no such door.
        reading.client.record("conversation", path)
        reading.has_no_events = True
        _log.warning("chatwoot_tells_no_events", account_id=reading.client.account_id)
        return []
    return [shapes.reporting_event(event, conversation_id) for event in events]


def sla_version(applied: Record) -> str:
    return f"{applied.get('id')}@{applied.get('updated_at')}"


def _slas(reading: Reading, records: Sequence[Record], fetched_at: datetime) -> Iterator[Event]:
    if not reading.rights.has_slas:
        return
    applied: list[Record] = []
    events: list[Record] = []
    for record in records:
        sla = shapes.record_in(record, "applied_sla")
        if sla is not None and "id" in sla:
            applied.append(shapes.applied_sla(sla, record.get("id")))
            events += shapes.sla_events(record, record.get("id"), sla.get("id"))
            reading.known_slas.add(sla_version(sla))
    yield from reading.tell(APPLIED_SLAS, applied, fetched_at)
    yield from reading.tell(SLA_EVENTS, events, fetched_at)


def _senders(reading: Reading, records: Sequence[Record], fetched_at: datetime) -> Iterator[Event]:
    """The list of contacts leaves out those without an address, and tells no edits of names."""
    news: list[Record] = []
    for record in records:
        sender = shapes.sender(record)
        contact_id = id_of(sender) if sender is not None else None
        if sender is not None and contact_id not in reading.known_contacts:
            reading.known_contacts.add(contact_id or 0)
            news.append(sender)
    yield from reading.tell(CONTACTS, news, fetched_at)


def _opened(record: Record, timezone: str) -> date:
    return local_day(epoch_instant(record.get("created_at")), timezone)
