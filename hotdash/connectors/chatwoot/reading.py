"""What one read of an account carries along: the client, the rights of its token, and a reader per table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa

from hotdash.base.clock import Clock
from hotdash.base.progress import Progress
from hotdash.connectors.calling import VendorAccessError, VendorAnswerError
from hotdash.connectors.chatwoot.client import (
    ChatwootClient,
    NotAllowedError,
    NotThereError,
    Record,
)
from hotdash.connectors.contract import Deleted, Event
from hotdash.connectors.records import WHOLE, RecordReader, RecordTable, UnfitValueError, whole

ADMINISTRATOR = "administrator"
ENTERPRISE, COMMUNITY = "enterprise", "community"
_TRIES = 3


@dataclass(frozen=True)
class Rights:
    """What the token's user is in the account, and which Chatwoot that account lives in."""

    role: str
    edition: str
    has_slas: bool
    policies: Sequence[Record] = ()

    @property
    def is_administrator(self) -> bool:
        return self.role == ADMINISTRATOR

    @property
    def reads_events(self) -> bool:
        return self.is_administrator and self.edition == ENTERPRISE

    @property
    def reads_slas(self) -> bool:
        return self.is_administrator and self.has_slas

    def __str__(self) -> str:
        return f"{self.role} of {self.edition}{' with SLAs' if self.has_slas else ''}"


def id_of(record: Record) -> int | None:
    try:
        return whole(record.get("id"))
    except UnfitValueError:
        return None


@dataclass
class Tally:
    """What one pass over a list has seen, held against the count that each page tells.

    A record deleted meanwhile moves all later ones up, and the first of the next page is not on it
    any more: a pass during which the count went down is not to be trusted. One deleted and one
    come between the same two pages look like nothing; those are found by the ids of a day.
    """

    ids: set[int] = field(default_factory=set[int])
    nameless: int = 0
    count: int = 0
    shrank: bool = False

    def note(self, records: Sequence[Record], count: int) -> None:
        self.shrank |= count < self.count
        self.count = count
        for found in map(id_of, records):
            if found is None:
                self.nameless += 1
            else:
                self.ids.add(found)

    def is_over(self, records: Sequence[Record]) -> bool:
        return not records or len(self) >= self.count

    @property
    def is_whole(self) -> bool:
        return not self.shrank and len(self) == self.count

    def __len__(self) -> int:
        return len(self.ids) + self.nameless


@dataclass
class Counted:
    """Chatwoot's own count of a list, and the newest id in it."""

    count: int = -1
    newest: int = 0

    @classmethod
    def parsed(cls, written: str) -> "Counted":
        count, _, newest = written.partition("/")
        return cls(int(count), int(newest)) if newest else cls()

    def __str__(self) -> str:
        return f"{self.count}/{self.newest}"

    def expected_with(self, ids: set[int]) -> int:
        """The count as it has to be now that these were seen."""
        return self.count + sum(each > self.newest for each in ids)


@dataclass
class Reading:
    client: ChatwootClient
    clock: Clock
    progress: Progress
    rights: Rights
    keeps_text: bool = False
    has_no_events: bool = False
    known_contacts: set[int] = field(default_factory=set[int])
    known_slas: set[str] = field(default_factory=set[str])
    contacts: Counted = field(default_factory=Counted)
    conversations: Counted = field(default_factory=Counted)
    listed: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    surveys: dict[int, list[datetime]] = field(default_factory=dict[int, list[datetime]])
    _readers: dict[str, RecordReader] = field(default_factory=dict[str, RecordReader])

    def tell(
        self, table: RecordTable, records: Sequence[Record], fetched_at: datetime
    ) -> Iterator[Event]:
        reader = self._readers.setdefault(table.raw.name, RecordReader(table))
        if records:
            yield from reader.read(records, fetched_at)

    @property
    def far_ahead(self) -> datetime:
        """Later than anything the vendor can have dated, whoever's clock is wrong."""
        return self.clock.now() + timedelta(days=2)


def role_in_account(client: ChatwootClient) -> str:
    """The role of the token's user, or an error that says which accounts it can see."""
    profile = client.profile()
    accounts = client.payload("profile", {"payload": profile.get("accounts")})
    for account in accounts:
        if account.get("id") == client.account_id:
            return str(account.get("role"))
    seen = ", ".join(str(account.get("id")) for account in accounts) or "none"
    raise VendorAccessError(
        f"The Chatwoot token's user is not in account {client.account_id}; its accounts: {seen}.",
        hint="Check account_id: the address bar of Chatwoot shows /app/accounts/<id>.",
        field="account_id",
    )


def rights_of(client: ChatwootClient) -> Rights:
    """The community edition has no such door; without the SLA feature nobody is let through it."""
    role = role_in_account(client)
    try:
        answer = client.record("sla_policies", "/sla_policies")
    except NotThereError:
        return Rights(role, COMMUNITY, has_slas=False)
    except NotAllowedError:
        return Rights(role, ENTERPRISE, has_slas=False)
    return Rights(role, ENTERPRISE, True, client.payload("sla_policies", answer))


def tries(operation: str, account_id: int) -> Iterator[int]:
    """Passes over a list until its count fits; whoever still asks after the last is told so."""
    yield from range(_TRIES)
    raise VendorAnswerError(
        f"Chatwoot's account {account_id} counts another number of {operation} than it lists, "
        f"{_TRIES} times in a row.",
        hint="Nothing of this read was kept. Run again; if it stays, look for records that "
        "Chatwoot counts and cannot show.",
    )


def tombstones(table: RecordTable, ids: Sequence[int], at: datetime) -> Deleted:
    name = table.raw.key[0]
    keys = pa.Table.from_pylist([{name: each} for each in ids], pa.schema([(name, WHOLE)]))
    return Deleted(table.raw, keys, at)
