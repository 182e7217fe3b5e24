"""Manifests, the pointer to one of them per shop, its pin, and what became of every publication."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Text, case, cast, column, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.storage.appdb.models.operations import CheckResult
from hotdash.storage.appdb.models.operations import PublicationOutcome as OutcomeRow
from hotdash.storage.appdb.models.serving import Manifest, ManifestEntry, ManifestMart, Published

# A long history has a thousand partitions, and a statement for each would keep the pointer's transaction open.
_ADD_ENTRIES = text("""
    insert into serving.manifest_entries (
        shop_id, manifest_id, mart, partition_key, part, build_id, row_count, rows_hash
    )
    select :shop_id, :manifest_id, entries.*
    from unnest(
        cast(:marts as text[]), cast(:partition_keys as text[]), cast(:parts as bigint[]),
        cast(:build_ids as uuid[]), cast(:row_counts as bigint[]), cast(:rows_hashes as text[])
    ) as entries
""")

# Of a manifest that nobody was shown yet: the list of publications leaves it out.
CANDIDATE = "candidate"
BACKFILL = "backfill"
PARITY_CHECK = "staged_rows_equal_candidate"


class Outcome(StrEnum):
    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    BLOCKED = "blocked"
    PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class PublicationOutcome:
    """What became of one mart of one shop in one build."""

    shop_id: str
    build_id: UUID
    mart: str
    outcome: Outcome
    reasons: tuple[str, ...]
    manifest_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One partition of a published mart: the part that holds it and the build that made the part."""

    partition_key: str
    part: int
    build_id: UUID
    row_count: int
    rows_hash: str


@dataclass(frozen=True, slots=True)
class MartEdition:
    """A mart as a manifest names it: all its partitions, as of when its sources were complete."""

    mart: str
    build_id: UUID
    as_of: Mapping[str, datetime]
    entries: Mapping[str, Entry] = field(default_factory=dict[str, Entry])


@dataclass(frozen=True, slots=True)
class Pin:
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pointer:
    shop_id: str
    manifest_id: UUID
    moved_at: datetime
    pin: Pin | None


@dataclass(frozen=True, slots=True)
class ManifestRecord:
    shop_id: str
    manifest_id: UUID
    build_id: UUID
    created_at: datetime
    reason: str
    replaced_at: datetime | None
    is_published: bool


def pointer_of(session: Session, shop_id: str, *, lock: bool = False) -> Pointer | None:
    query = select(Published).where(Published.shop_id == shop_id)
    found = session.scalar(query.with_for_update() if lock else query)
    return None if found is None else _pointer(found)


def manifest_of(session: Session, shop_id: str, manifest_id: UUID) -> ManifestRecord | None:
    found = [
        record for record in list_manifests(session, shop_id) if record.manifest_id == manifest_id
    ]
    return found[0] if found else None


def list_manifests(session: Session, shop_id: str) -> list[ManifestRecord]:
    """The newest first."""
    found = session.execute(
        select(Manifest, Published.manifest_id.is_not(None))
        .outerjoin(
            Published,
            (Published.shop_id == Manifest.shop_id)
            & (Published.manifest_id == Manifest.manifest_id),
        )
        .where(Manifest.shop_id == shop_id, Manifest.reason != CANDIDATE)
        .order_by(Manifest.created_at.desc(), Manifest.manifest_id.desc())
    )
    return [_manifest(manifest, is_published) for manifest, is_published in found]


def editions_of(session: Session, shop_id: str, manifest_id: UUID) -> dict[str, MartEdition]:
    entries: dict[str, dict[str, Entry]] = {}
    for row in session.scalars(
        select(ManifestEntry).where(
            ManifestEntry.shop_id == shop_id, ManifestEntry.manifest_id == manifest_id
        )
    ):
        entries.setdefault(row.mart, {})[row.partition_key] = _entry(row)
    marts = session.scalars(
        select(ManifestMart).where(
            ManifestMart.shop_id == shop_id, ManifestMart.manifest_id == manifest_id
        )
    )
    return {
        row.mart: MartEdition(
            row.mart,
            row.build_id,
            {source: parse_iso(at) for source, at in row.as_of.items()},
            entries.get(row.mart, {}),
        )
        for row in marts
    }


def add_manifest(
    session: Session, record: ManifestRecord, editions: Collection[MartEdition]
) -> None:
    key = {"shop_id": record.shop_id, "manifest_id": record.manifest_id}
    session.execute(
        insert(Manifest).values(
            **key, build_id=record.build_id, created_at=record.created_at, reason=record.reason
        )
    )
    marts = [
        {
            **key,
            "mart": edition.mart,
            "build_id": edition.build_id,
            "as_of": _as_json(edition.as_of),
        }
        for edition in editions
    ]
    if marts:
        session.execute(insert(ManifestMart), marts)
    entries = [
        (edition.mart, *astuple(entry))
        for edition in editions
        for entry in edition.entries.values()
    ]
    names = ("marts", "partition_keys", "parts", "build_ids", "row_counts", "rows_hashes")
    columns = zip(*entries, strict=True) if entries else ((),) * len(names)
    session.execute(
        _ADD_ENTRIES, {**key, **dict(zip(names, (list(each) for each in columns), strict=True))}
    )


def move_pointer(session: Session, shop_id: str, manifest_id: UUID, at: datetime) -> None:
    """What was shown is replaced from now on, and what is shown is no more."""
    was_shown = select(Published.manifest_id).where(Published.shop_id == shop_id)
    session.execute(
        update(Manifest)
        .where(
            Manifest.shop_id == shop_id,
            (Manifest.manifest_id == manifest_id) | Manifest.manifest_id.in_(was_shown),
        )
        .values(replaced_at=case((Manifest.manifest_id == manifest_id, None), else_=at))
        .execution_options(synchronize_session=False)
    )
    pointer = upsert(Published).values(shop_id=shop_id, manifest_id=manifest_id, moved_at=at)
    session.execute(
        pointer.on_conflict_do_update(
            index_elements=[Published.shop_id],
            set_={"manifest_id": pointer.excluded.manifest_id, "moved_at": at},
        )
    )


def confirm_marts(
    session: Session, shop_id: str, manifest_id: UUID, as_of: Mapping[str, Mapping[str, datetime]]
) -> None:
    """Nothing changed since in these marts: the same rows are now known to be whole up to a later moment."""
    told = func.jsonb_each(
        cast({mart: _as_json(moments) for mart, moments in as_of.items()}, JSONB)
    ).table_valued(column("key", Text), column("value", JSONB))
    session.execute(
        update(ManifestMart)
        .where(
            ManifestMart.shop_id == shop_id,
            ManifestMart.manifest_id == manifest_id,
            ManifestMart.mart == told.c.key,
        )
        .values(as_of=told.c.value)
        .execution_options(synchronize_session=False)
    )


def set_pin(session: Session, shop_id: str, pin: Pin | None) -> None:
    session.execute(
        update(Published)
        .where(Published.shop_id == shop_id)
        .values(
            pinned_at=pin.at if pin else None,
            pinned_by=pin.by if pin else None,
            pin_reason=pin.reason if pin else None,
        )
    )


def show_candidate(session: Session, shop_id: str, manifest_id: UUID, at: datetime) -> None:
    """From now on it is a publication like any other."""
    session.execute(
        update(Manifest)
        .where(Manifest.shop_id == shop_id, Manifest.manifest_id == manifest_id)
        .values(reason=BACKFILL)
    )
    move_pointer(session, shop_id, manifest_id, at)


def manifests_of_backfills(session: Session) -> list[tuple[str, UUID, str]]:
    """Shop, manifest and reason of all that a backfill staged, whether shown or not."""
    found = session.execute(
        select(Manifest.shop_id, Manifest.manifest_id, Manifest.reason).where(
            Manifest.reason.in_((CANDIDATE, BACKFILL))
        )
    )
    return [(row.shop_id, row.manifest_id, row.reason) for row in found]


def forget_candidate(session: Session, shop_id: str, manifest_id: UUID) -> None:
    """Its parts are named by nobody then, and go with the next sweep."""
    session.execute(
        delete(Manifest).where(
            Manifest.shop_id == shop_id,
            Manifest.manifest_id == manifest_id,
            Manifest.reason == CANDIDATE,
        )
    )


def forget_manifests(
    session: Session, shop_id: str, replaced_before: datetime, now: datetime
) -> None:
    """Never before the day somebody asked to keep one; one that was never shown goes on that day."""
    shown = select(Published.manifest_id).where(Published.shop_id == shop_id)
    is_over = Manifest.replaced_at < replaced_before
    was_never_shown = Manifest.replaced_at.is_(None) & Manifest.keep_until.is_not(None)
    session.execute(
        delete(Manifest).where(
            Manifest.shop_id == shop_id,
            Manifest.manifest_id.not_in(shown),
            is_over | was_never_shown,
            Manifest.keep_until.is_(None) | (Manifest.keep_until < now),
        )
    )


def record_outcomes(session: Session, outcomes: Sequence[PublicationOutcome]) -> None:
    rows = [
        {**asdict(outcome), "outcome": outcome.outcome.value, "reasons": list(outcome.reasons)}
        for outcome in outcomes
    ]
    told = upsert(OutcomeRow).values(rows)
    session.execute(
        told.on_conflict_do_update(
            index_elements=[OutcomeRow.shop_id, OutcomeRow.build_id, OutcomeRow.mart],
            set_={
                name: told.excluded[name] for name in ("outcome", "reasons", "manifest_id", "at")
            },
        )
    )


@dataclass(frozen=True, slots=True)
class ParityResult:
    """Beside the gate's own results: what can only be checked on the rows that serving holds."""

    check_name: str
    severity: str
    sentence: str
    mend: str
    marts: Sequence[str]
    differences: int


def record_parity(
    session: Session, shop_id: str, build_id: UUID, result: ParityResult, at: datetime
) -> None:
    values = {
        "severity": result.severity,
        "status": "failed" if result.differences else "passed",
        "marts": list(result.marts),
        "failing_rows": result.differences,
        "sentence": result.sentence,
        "mend": result.mend,
        "owner": "data engineering",
        "at": at,
    }
    key = {"shop_id": shop_id, "build_id": build_id, "check_name": result.check_name}
    session.execute(
        upsert(CheckResult)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )


def last_checked(session: Session, shop_id: str, check_name: str) -> datetime | None:
    return session.scalar(
        select(func.max(CheckResult.at)).where(
            CheckResult.shop_id == shop_id, CheckResult.check_name == check_name
        )
    )


def outcomes_of(session: Session, shop_id: str, build_id: UUID) -> list[PublicationOutcome]:
    found = session.scalars(
        select(OutcomeRow)
        .where(OutcomeRow.shop_id == shop_id, OutcomeRow.build_id == build_id)
        .order_by(OutcomeRow.mart)
    )
    return [
        PublicationOutcome(
            row.shop_id,
            row.build_id,
            row.mart,
            Outcome(row.outcome),
            tuple(row.reasons),
            row.manifest_id,
            row.at,
        )
        for row in found
    ]


def _as_json(as_of: Mapping[str, datetime]) -> dict[str, str]:
    return {source: iso_utc(at) for source, at in as_of.items()}


def _pointer(row: Published) -> Pointer:
    pin = None
    if row.pinned_at is not None and row.pinned_by is not None and row.pin_reason is not None:
        pin = Pin(row.pinned_at, row.pinned_by, row.pin_reason)
    return Pointer(row.shop_id, row.manifest_id, row.moved_at, pin)


def _entry(row: ManifestEntry) -> Entry:
    return Entry(row.partition_key, row.part, row.build_id, row.row_count, row.rows_hash)


def _manifest(row: Manifest, is_published: bool) -> ManifestRecord:
    return ManifestRecord(
        row.shop_id,
        row.manifest_id,
        row.build_id,
        row.created_at,
        row.reason,
        row.replaced_at,
        is_published,
    )
