"""The Chatwoot connector: one account, read whole at first and by what changed from then on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotdash.base.clock import Clock, iso_utc, parse_iso
from hotdash.base.errors import NotFoundError
from hotdash.base.progress import Progress
from hotdash.connectors.chatwoot import conversations, resources
from hotdash.connectors.chatwoot.client import VENDOR, ChatwootClient, NotThereError, Record
from hotdash.connectors.chatwoot.hours import WorkingDay
from hotdash.connectors.chatwoot.reading import (
    ADMINISTRATOR,
    Counted,
    Reading,
    Rights,
    id_of,
    rights_of,
    role_in_account,
    tombstones,
)
from hotdash.connectors.chatwoot.tables import (
    AGENTS,
    CONTACTS,
    CONVERSATIONS,
    INBOXES,
    OF_A_CONVERSATION,
    SLA_POLICIES,
    TABLES,
)
from hotdash.connectors.contract import Cursor, Event, MissingScope, RawTable, Reached

COSTS_WITHOUT_ADMINISTRATOR = (
    "survey ratings (CSAT), applied SLAs and their breaches, reporting events, and "
    "conversations of inboxes the user does not belong to"
)
OVERLAP = timedelta(minutes=5)
# What changed is told unpaged, so a long silence is caught up by paging through the whole list.
LONGEST_UNPAGED = timedelta(days=2)
_UPDATED_AT, _RIGHTS, _PROMISE = "updated_at", "rights", "promise"
_CONVERSATIONS, _CONTACTS = "conversations", "contacts"
_LISTS = (AGENTS.raw.name, INBOXES.raw.name, SLA_POLICIES.raw.name)


@dataclass(frozen=True)
class Promise:
    """What support promises where Chatwoot does not know it."""

    week: tuple[WorkingDay, ...]
    timezone: str
    first_response: int | None
    resolution: int | None

    def __str__(self) -> str:
        days = " ".join(f"{day.weekday}:{day.opens}-{day.closes}" for day in self.week)
        return f"{days} {self.timezone} {self.first_response}/{self.resolution}"


@dataclass(frozen=True)
class ChatwootConnector:
    client: ChatwootClient
    clock: Clock
    promise: Promise
    history: timedelta
    keeps_text: bool = False
    overlap: timedelta = OVERLAP

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return TABLES

    def check(self) -> Sequence[MissingScope]:
        role = role_in_account(self.client)
        self.client.records("agents", "/agents")
        conversations.changed(self.client, 1)
        if role != ADMINISTRATOR:
            return (MissingScope(ADMINISTRATOR, COSTS_WITHOUT_ADMINISTRATOR),)
        return ()

    def cursor_since(self, since: datetime) -> Cursor:
        return {_UPDATED_AT: iso_utc(since)}

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        started = self.clock.now()
        rights = rights_of(self.client)
        told = self.client.answered_at or started
        reading = self._reading(rights, progress)
        # The next read filters by Chatwoot's clock: ours, going ahead of it, would skip some.
        reached = min(started, told)
        known = self._known(cursor, rights, max(started, told))
        since = parse_iso(known[_UPDATED_AT]) - self.overlap if known else None
        yield from self._lists(reading, known)
        yield from self._conversations(reading, known, since, max(started, told))
        yield from resources.missed_slas(reading, self._within(since, resources.SLA_CHANGES))
        yield from resources.csat(reading, self._within(since, resources.RATING_CHANGES))
        yield from self._contacts(reading, known, since)
        yield Reached(self._cursor(reading, reached), reached)

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        """Conversations with all that belongs to them, and contacts; lists come whole with every read."""
        reading = self._reading(rights_of(self.client), progress)
        if table.name in OF_A_CONVERSATION:
            wanted = sorted({int(each.partition(":")[0]) for each in vendor_ids})
            for conversation_id in wanted:
                yield from self._one(reading, conversation_id)
        elif table.name == CONTACTS.raw.name:
            for contact_id in sorted({int(each) for each in vendor_ids}):
                yield from self._one_contact(reading, contact_id)
        elif table not in TABLES:
            raise NotFoundError(
                f"Chatwoot has no table {table.name!r}.",
                hint=f"There are: {', '.join(each.name for each in TABLES)}.",
            )

    def ids_of_day(self, table: RawTable, day: date) -> Sequence[str]:
        """Only conversations can be asked for by the day they were opened."""
        if table.name != CONVERSATIONS.raw.name:
            raise NotFoundError(
                f"Chatwoot cannot list {table.name} by day.",
                hint=f"Ask for {CONVERSATIONS.raw.name}; all else belongs to one or is read whole.",
            )
        return conversations.opened_on(self.client, day, self.promise.timezone)

    def _reading(self, rights: Rights, progress: Progress) -> Reading:
        return Reading(self.client, self.clock, progress, rights, self.keeps_text)

    def _known(
        self, cursor: Cursor | None, rights: Rights, now: datetime
    ) -> Mapping[str, str] | None:
        """None reads all anew: also when the cursor lies in the future, or the token sees other things."""
        if cursor is None or parse_iso(cursor[_UPDATED_AT]) > now + self.overlap:
            return None
        return None if cursor.get(_RIGHTS, str(rights)) != str(rights) else cursor

    def _within(self, since: datetime | None, changes: timedelta) -> datetime:
        return self.clock.now() - self.history if since is None else since - changes

    def _lists(self, reading: Reading, known: Mapping[str, str] | None) -> Iterator[Event]:
        before = {name: _numbers((known or {}).get(name, "")) for name in _LISTS}
        yield from resources.account(reading)
        if known is None or known.get(_PROMISE) != str(self.promise):
            yield from resources.settings(
                reading,
                self.promise.week,
                self.promise.timezone,
                self.promise.first_response,
                self.promise.resolution,
            )
        yield from resources.agents(reading, before[AGENTS.raw.name])
        yield from resources.inboxes(reading, before[INBOXES.raw.name])
        yield from resources.sla_policies(reading, before[SLA_POLICIES.raw.name])

    def _conversations(
        self,
        reading: Reading,
        known: Mapping[str, str] | None,
        since: datetime | None,
        now: datetime,
    ) -> Iterator[Event]:
        """What changed; the whole list where nothing is known, much time passed or the count is odd."""
        before = Counted.parsed((known or {}).get(_CONVERSATIONS, ""))
        with reading.progress.task("Conversations") as task:
            told: set[int] = set()
            if since is not None and now - since <= LONGEST_UNPAGED:
                records, count = conversations.changed_since(
                    self.client, since, now, self.overlap / 2
                )
                yield from conversations.told(reading, records)
                told = {each for each in map(id_of, records) if each is not None}
                reading.conversations = Counted(count, max([before.newest, *told]))
                task.advance(len(records))
                if before.expected_with(told) == count:
                    return
            horizon = now - self.history if since is None else since
            listing = conversations.Listing(self.client)
            for page in listing.pages():
                wanted = [
                    record
                    for record in page
                    if id_of(record) not in told and conversations.is_touched(record, horizon)
                ]
                yield from conversations.told(reading, wanted)
                task.expect(listing.counted)
                task.advance(len(page))
            if listing.nameless:
                # Nobody knows who is missing: the next read lists all of them again.
                reading.conversations = Counted(newest=max([before.newest, *listing.ids]))
                return
            reading.conversations = Counted(listing.counted, max(listing.ids, default=0))
            if reading.rights.is_administrator:
                yield from self._gone(listing.ids, before.newest)

    def _gone(self, ids: set[int], newest: int) -> Iterator[Event]:
        """Display ids go up one by one: a gap in what an administrator sees was deleted."""
        gone = [each for each in range(1, newest + 1) if each not in ids]
        if gone:
            yield tombstones(CONVERSATIONS, gone, self.clock.now())

    def _contacts(
        self, reading: Reading, known: Mapping[str, str] | None, since: datetime | None
    ) -> Iterator[Event]:
        before = Counted.parsed((known or {}).get(_CONTACTS, ""))
        with reading.progress.task("Contacts"):
            if since is None or before.count < 0:
                yield from resources.contacts(reading)
            else:
                yield from resources.contacts_active_since(reading, since, before)

    def _one(self, reading: Reading, conversation_id: int) -> Iterator[Event]:
        try:
            record = self.client.record("conversation", f"/conversations/{conversation_id}")
        except NotThereError:
            yield tombstones(CONVERSATIONS, [conversation_id], self.clock.now())
            return
        yield from conversations.told(reading, [record])
        for asked_at in reading.surveys.pop(conversation_id, ()):
            yield from resources.csat_of(reading, conversation_id, asked_at)

    def _one_contact(self, reading: Reading, contact_id: int) -> Iterator[Event]:
        now = self.clock.now()
        record: Record | None = resources.contact(reading, contact_id)
        if record is not None:
            yield from reading.tell(CONTACTS, [record], now)
        else:
            yield tombstones(CONTACTS, [contact_id], now)

    def _cursor(self, reading: Reading, reached: datetime) -> Cursor:
        listed = {
            name: " ".join(str(each) for each in reading.listed.get(name, ())) for name in _LISTS
        }
        return {
            _UPDATED_AT: iso_utc(reached),
            _RIGHTS: str(reading.rights),
            _PROMISE: str(self.promise),
            _CONVERSATIONS: str(reading.conversations),
            _CONTACTS: str(reading.contacts),
            **listed,
        }


def _numbers(written: str) -> list[int]:
    return [int(each) for each in written.split()]
