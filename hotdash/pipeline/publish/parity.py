"""Both halves of parity: staged rows are the candidate, and served rows are what was published."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.storage.appdb.repositories.parts import Fingerprint, fingerprints, holds_rows
from hotdash.storage.appdb.repositories.publications import (
    PARITY_CHECK,
    Entry,
    MartEdition,
    ParityResult,
    last_checked,
    record_parity,
)
from hotdash.storage.marts import published_mart, published_marts

SERVED_CHECK = "served_rows_equal_manifest"
SERVED_EVERY = timedelta(days=1)

Damaged = frozenset[tuple[str, str]]
"""Mart and partition."""


def record_staging_failure(
    session: Session, shop_id: str, build_id: UUID, differences: Sequence[str], at: datetime
) -> None:
    result = ParityResult(
        PARITY_CHECK,
        "blocking",
        f"Staged rows are not the rows that were built: {'; '.join(differences)}.",
        "Run again; where it repeats, somebody wrote into a mart or ran dbt alone: `hotdash run --full` "
        "computes everything anew. Where it repeats even then, look for a second writer on serving.",
        [*published_marts()],
        len(differences),
    )
    record_parity(session, shop_id, build_id, result, at)


def damaged_partitions(
    session: Session,
    shop_id: str,
    build_id: UUID,
    published: Mapping[str, MartEdition],
    at: datetime,
) -> Damaged:
    """Looked for once a day; what is found is told, and published anew like any other change.

    An emptied table, as one is that a migration makes again, does not wait for its day.
    """
    last = last_checked(session, shop_id, SERVED_CHECK)
    if last is None or at - last >= SERVED_EVERY:
        looked_at = published
    else:
        looked_at = {
            mart: edition
            for mart, edition in published.items()
            if _is_emptied(session, shop_id, mart, edition.entries)
        }
    if not looked_at:
        return frozenset()
    damaged = frozenset(
        (mart, key)
        for mart, edition in looked_at.items()
        for key in _differing(session, shop_id, mart, edition.entries)
    )
    record_parity(session, shop_id, build_id, _served(damaged), at)
    return damaged


def _differing(
    session: Session, shop_id: str, mart: str, entries: Mapping[str, Entry]
) -> list[str]:
    parts = [entry.part for entry in entries.values()]
    found = fingerprints(session, published_mart(mart), shop_id, parts)
    return [
        key
        for key, entry in entries.items()
        if found.get(entry.part) != Fingerprint(entry.row_count, entry.rows_hash)
    ]


def _is_emptied(session: Session, shop_id: str, mart: str, entries: Mapping[str, Entry]) -> bool:
    has_rows = any(entry.row_count for entry in entries.values())
    return has_rows and not holds_rows(session, published_mart(mart), shop_id)


def _served(damaged: Damaged) -> ParityResult:
    named = ", ".join(f"{mart} {key}" for mart, key in sorted(damaged))
    sentence = (
        f"Served rows are not what was published: {named}. They are published anew."
        if damaged
        else "Served rows are what was published."
    )
    return ParityResult(
        SERVED_CHECK,
        "warning",
        sentence,
        "Find out who else writes to the schema serving; nobody but the pipeline should.",
        sorted({mart for mart, _ in damaged}),
        len(damaged),
    )
