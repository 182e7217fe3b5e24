"""What a backfill is made of: steps that may each be repeated, from a candidate schema to the pointer.

The order is open, build every chunk, check, stage, (compare,) commit every shop, merge, close. Each
answer can be kept as JSON (`as_detail`, `of_detail`), which is how a run of named steps remembers it:
a step that died is taken again with the answers of the steps before it, and ends the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError

Detail = Mapping[str, Any]
Days = tuple[date, date]
_Record = TypeVar("_Record")


@dataclass(frozen=True)
class Scope:
    """What is computed anew. Neither models nor sources named is everything."""

    shops: tuple[str, ...]
    days: Days
    models: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class MartShare:
    """How much of one published mart of one shop stands in the affected partitions."""

    shop_id: str
    mart: str
    partitions: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Outlook:
    """What would run, read off the warehouse without computing anything."""

    models: tuple[str, ...]
    marts: tuple[MartShare, ...]
    chunks: tuple[Days, ...]
    rows: int
    """That stand in those partitions now; what is computed inside them is less."""
    project_hash: str


@dataclass(frozen=True)
class Opened:
    """A backfill that has begun: its candidate, fixed once, so that every later step sees the same."""

    backfill_id: UUID
    scope: Scope
    build_id: UUID
    as_of: datetime
    """That of the newest build: a later clock would change figures nobody asked to change."""
    models: tuple[str, ...]
    chunks: tuple[Days, ...]
    loads: tuple[str, ...]
    """New raw rows, which the checks judge too. They stay to be built: only a build trains on them."""
    project_hash: str
    full_build: str | None
    """What everything else was computed by. Where another follows, it computed these days as well."""
    manifests_before: Mapping[str, UUID]


@dataclass(frozen=True)
class ChunkBuilt:
    days: Days
    rows: int
    """Of all chunks so far."""
    seconds: float


@dataclass(frozen=True)
class Checked:
    """What the gate says of the candidate: why a mart of a shop must not be shown."""

    findings: tuple[Detail, ...]
    blocked: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Staged:
    """Rows that wait in serving under manifests nobody reads yet. A shop without change has none."""

    manifests_after: Mapping[str, UUID]
    outcomes: Mapping[str, Mapping[str, str]]
    """Per shop and mart: published, unchanged or blocked."""
    reasons: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Per shop and blocked mart."""
    rows: int
    partitions: int
    seconds: float


class PublicationMovedError(ConflictError):
    """Somebody published or rolled back while the candidate was made."""

    code = "publication_moved"


class Engine(Protocol):
    """Every method that opens the warehouse takes its lease for itself and lets go of it after."""

    def outlook(self, scope: Scope) -> Outlook:
        """Refuses what `open` would refuse, and changes nothing."""
        ...

    def open(self, backfill_id: UUID, scope: Scope) -> Opened:
        """Note what is published, and split the days; a shop never published or pinned is refused.

        Raises ModelCodeChangedError where only a full rebuild can answer.
        """
        ...

    def build(self, opened: Opened, chunk: int) -> ChunkBuilt:
        """Compute the days of opened.chunks[chunk] into the candidate schema; chunks go in order."""
        ...

    def check(self, opened: Opened) -> Checked:
        """Ask the checks of the selected models on the candidate."""
        ...

    def stage(self, opened: Opened, checked: Checked) -> Staged:
        """Load what changed into serving and write the manifests that could be shown; a mart that a
        check blocks keeps its old parts."""
        ...

    def commit(self, session: Session, opened: Opened, staged: Staged, shop_id: str) -> UUID:
        """Show the candidate of this shop, in the caller's transaction: the point of no return.

        The pointer moves only where it still stands at opened.manifests_before. Done again it is done
        once. Answers the manifest now shown. Raises PublicationMovedError.
        """
        ...

    def merge(self, opened: Opened) -> Mapping[str, int]:
        """Write the candidate's rows over the affected days of the warehouse; repeatable after a
        kill anywhere. Answers how many rows were made of each shop."""
        ...

    def close(self, opened: Opened) -> None:
        """Drop the candidate schema after the merge."""
        ...

    def abort(self, backfill_id: UUID) -> None:
        """Drop the candidate: its schemas, its manifests and their rows. What is shown stays; refused
        where a manifest of it is shown already, because then only rollback leads back."""
        ...


@cache
def _form(record: type[_Record]) -> TypeAdapter[_Record]:
    return TypeAdapter(record)


def as_detail(record: object) -> dict[str, Any]:
    """As a run step keeps it."""
    return _form(type(record)).dump_python(record, mode="json")


def of_detail(record: type[_Record], detail: Detail) -> _Record:
    return _form(record).validate_python(detail)
