"""What every connector is: a list of raw tables, and a read that tells events until it has reached its end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import pyarrow as pa

from hotdash.base.progress import Progress

Cursor = Mapping[str, str]


class RawKind(StrEnum):
    """Entity versions replace their children with them; of slices the newest complete day wins."""

    ENTITY = "entity"
    SLICE = "slice"


@dataclass(frozen=True)
class RawTable:
    """The vendor's columns only; ingest adds shop_id, load_id, fetched_at and is_deleted.

    A record without one of the required columns cannot be read.
    """

    name: str
    kind: RawKind
    key: tuple[str, ...]
    schema: pa.Schema
    personal: frozenset[str] = field(default_factory=frozenset[str])
    required: frozenset[str] = field(default_factory=frozenset[str])


@dataclass(frozen=True)
class Rows:
    """Whole entities, each with all its children told under the same fetched_at."""

    table: RawTable
    data: pa.Table
    fetched_at: datetime


@dataclass(frozen=True)
class Deleted:
    """The vendor no longer has these; keys holds the table's key columns and nothing else."""

    table: RawTable
    keys: pa.Table
    fetched_at: datetime


@dataclass(frozen=True)
class SliceDays:
    """These days were read completely, also those without a row."""

    table: RawTable
    days: Sequence[date]
    fetched_at: datetime


@dataclass(frozen=True)
class Unreadable:
    """What the vendor sent and the table cannot hold: kept with its reason, never dropped."""

    table: RawTable
    reason: str
    payload: str
    fetched_at: datetime
    vendor_id: str | None = None


class DriftKind(StrEnum):
    """How the vendor's shape can move away from the one we know."""

    ADDED = "added"
    DROPPED = "dropped"
    RETYPED = "retyped"
    RENAMED = "renamed"
    NEW_VALUE = "new_value"
    DEPRECATED = "deprecated"
    VERSION_ENDING = "version_ending"


@dataclass(frozen=True)
class Drift:
    """The vendor sends something else than its contract says; field is the vendor's own name of it."""

    table: RawTable
    kind: DriftKind
    field: str
    detail: str
    noticed_at: datetime


@dataclass(frozen=True)
class Reached:
    """The last event: everything up to complete_through was told; the cursor goes on from there."""

    cursor: Cursor
    complete_through: datetime


Event = Rows | Deleted | SliceDays | Unreadable | Drift | Reached


@dataclass(frozen=True)
class MissingScope:
    """A permission the credentials do not carry, and what stays empty without it."""

    scope: str
    costs: str


class Connector(Protocol):
    @property
    def vendor(self) -> str: ...

    @property
    def tables(self) -> Sequence[RawTable]: ...

    def check(self) -> Sequence[MissingScope]:
        """The scopes that are missing; an error a person can mend when the vendor does not let us in."""
        ...

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        """Without a cursor everything, with one what came since."""
        ...


@runtime_checkable
class Refetches(Protocol):
    """A connector that can read single entities again: after a webhook, a retry or a reconciliation."""

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        """Each of them whole with all its children, or Deleted where the vendor has it no longer."""
        ...


@runtime_checkable
class Reconciles(Protocol):
    """A connector whose vendor can be asked which entities it holds for a day."""

    def ids_of_day(self, table: RawTable, day: date) -> Sequence[str]: ...


@dataclass(frozen=True)
class CountedDays:
    """A slice in which the vendor says how many entities it holds for each closed day.

    `instant` is the entities' column that makes the day, `count` the slice's column beside its day.
    """

    entities: RawTable
    instant: str
    counts: RawTable
    count: str


@runtime_checkable
class Counts(Reconciles, Protocol):
    """A connector whose vendor counts what it holds of each day: held against what was stored."""

    @property
    def counted(self) -> CountedDays: ...

    def days_timezone(self) -> str:
        """Whose midnight ends the vendor's days."""
        ...

    def count_again(self, days: Sequence[date], progress: Progress) -> Iterator[Event]:
        """The counts of these closed days as they are now: rows and slice days."""
        ...


@runtime_checkable
class Rewinds(Protocol):
    """A connector that can be told to read again from an instant on."""

    def cursor_since(self, since: datetime) -> Cursor: ...


@runtime_checkable
class SchemaWatch(Protocol):
    """A connector whose vendor publishes its schema, so that a change is known before it breaks data."""

    def vendor_schema_problems(self) -> Iterator[Drift]:
        """What of the fields we ask for is deprecated, gone, or of another type."""
        ...
