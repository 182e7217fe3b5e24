"""Prove the audit log: every row fits its link, every link the one before, and no end was cut off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.audit_lines import Event, Link, Misfit, first_misfit
from hotdash.base.clock import iso_utc
from hotdash.governance.audit.archive import misfit_of_archives, with_archived
from hotdash.governance.audit.heads import HEADS_FILE, HeadsTold, add_heads, head_of, heads_told
from hotdash.storage.appdb.repositories import audit_chain
from hotdash.storage.appdb.session import Database


@dataclass(frozen=True)
class Proof:
    """Noted are the ends that were written down before; without them a cut-off end is not found."""

    rows: int
    heads: Mapping[str, Link]
    misfit: Misfit | None
    noted: int
    noted_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "holds": self.misfit is None,
            "misfit": self.misfit.as_json() if self.misfit else None,
            "heads": [head_of(link) for link in self.heads.values()],
            "noted_ends": self.noted,
            "noted_at": iso_utc(self.noted_at) if self.noted_at else None,
        }

    def told(self) -> Iterator[str]:
        if not self.rows:
            yield "The log is empty, which proves nothing."
        else:
            yield f"{self.rows} rows: nothing was changed or removed."
        if self.noted_at is None:
            yield (
                f"No end is noted in {HEADS_FILE}: rows cut off at the end, or a whole chain, would "
                "not be missed. `hotdash audit note` notes where each ends now."
            )
        else:
            yield f"Held against {self.noted} ends, the newest noted at {iso_utc(self.noted_at)}."


def verify(database: Database, home: Path) -> Proof:
    with database.jobs() as session:
        audit_chain.seal(session)
    seen: dict[str, dict[int, Link]] = {}
    told = heads_told(home)
    rows = 0
    heads: dict[str, Link] = {}
    resting: dict[str, tuple[Event, Link]] = {}

    def counted(linked: Iterator[tuple[Event | None, Link]]) -> Iterator[tuple[Event | None, Link]]:
        nonlocal rows
        for event, link in linked:
            rows += 1
            heads[link.chain] = link
            if (link.chain, link.position) in told.ends:
                seen.setdefault(link.chain, {})[link.position] = link
            yield event, link

    def rests(event: Event, link: Link) -> None:
        resting.setdefault(event.action, (event, link))

    with database.snapshot() as session:
        archives = audit_chain.archives(session)
        linked = with_archived(audit_chain.linked_events(session), home, archives, rests)
        misfit = (
            misfit_of_archives(home, archives)
            or first_misfit(counted(linked))
            or _outside(session)
            or _only_resting(session, resting)
        )
    misfit = misfit or told.misfit or _cut_off(told, seen)
    return Proof(rows, heads, misfit, len(told.ends), told.newest_at)


def note_heads(database: Database, home: Path, at: datetime) -> int:
    """Seal, and write down outside the database where each chain ends, if that is news."""
    with database.jobs() as session:
        audit_chain.seal(session)
    with database.snapshot() as session:
        heads = audit_chain.heads(session)
    return add_heads(home, heads.values(), at)


def _outside(session: Session) -> Misfit | None:
    """Rows without a place, and places that wait for a row that was there."""
    for event in audit_chain.unlinked(session):
        return Misfit(event.shop_id or "", 0, event.event_id, event.at, "it stands in no chain")
    for event_id in audit_chain.waiting_for_nothing(session):
        why = "its row went before it had its place in a chain"
        return Misfit("", 0, event_id, None, why)
    return None


def _only_resting(session: Session, resting: Mapping[str, tuple[Event, Link]]) -> Misfit | None:
    """What is kept for good stands in the database too, whatever a file holds of it."""
    for action in audit_chain.kept_for_good(session, sorted(resting)):
        event, link = resting[action]
        why = "its row is kept for good, and only the archive has it"
        return Misfit(link.chain, link.position, event.event_id, event.at, why)
    return None


def _cut_off(told: HeadsTold, seen: Mapping[str, Mapping[int, Link]]) -> Misfit | None:
    for (chain, position), (at, known) in told.ends.items():
        link = seen.get(chain, {}).get(position)
        if link is None:
            return Misfit(
                chain, position, None, at, "the newest rows are gone: it was the end then"
            )
        if link.hash.hex() != known:
            return Misfit(chain, position, None, at, "it is not what was written down then")
    return None
