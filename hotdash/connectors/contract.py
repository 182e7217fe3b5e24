"""What every connector is: a list of raw tables, and a read that tells events until it has reached its end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

import pyarrow as pa

from hotdash.base.progress import Progress

Cursor = Mapping[str, str]


class RawKind(StrEnum):
    """Entity versions replace their children with them; of slices the newest complete day wins."""

    ENTITY = "entity"
    SLICE = "slice"


@dataclass(frozen=True)
class RawTable:
    """The vendor's columns only; ingest adds shop_id, load_id, fetched_at and is_deleted."""

    name: str
    kind: RawKind
    key: tuple[str, ...]
    schema: pa.Schema
    personal: frozenset[str] = field(default_factory=frozenset[str])


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


@dataclass(frozen=True)
class Reached:
    """The last event: everything up to complete_through was told; the cursor goes on from there."""

    cursor: Cursor
    complete_through: datetime


Event = Rows | Deleted | SliceDays | Unreadable | Reached


class Connector(Protocol):
    @property
    def vendor(self) -> str: ...

    @property
    def tables(self) -> Sequence[RawTable]: ...

    def check(self) -> None:
        """Raise the error a person can mend when the vendor does not answer as it should."""
        ...

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        """Without a cursor everything, with one what came since."""
        ...
