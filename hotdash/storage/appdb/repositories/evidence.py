"""The questions an evidence bundle answers, in SQL that stands in it beside the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hotdash.base.audit_lines import Link
from hotdash.storage.appdb.models import AuditEvent, AuditLink
from hotdash.storage.appdb.repositories.publications import (
    editions_of,
    list_manifests,
)

_FOLDER = Path(__file__).parent / "evidence_queries"


@dataclass(frozen=True, slots=True)
class Window:
    """From its first instant on and before its last, of one shop or of all."""

    shop_id: str | None
    since: datetime
    until: datetime


def questions() -> Mapping[str, str]:
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(_FOLDER.glob("*.sql"))}


def answer(
    session: Session, question: str, window: Window
) -> tuple[list[str], list[Sequence[Any]]]:
    """The columns and the rows."""
    found = session.execute(
        text(question),
        {"shop": window.shop_id, "since": window.since, "until": window.until},
    )
    return list(found.keys()), [tuple(row) for row in found]


def chain_ends(session: Session, window: Window) -> dict[str, Link]:
    """The last link of each chain whose event came before the window ended."""
    ends = (
        select(AuditLink.chain, func.max(AuditLink.position).label("position"))
        .outerjoin(AuditEvent, AuditEvent.event_id == AuditLink.event_id)
        .where(AuditEvent.event_id.is_(None) | (AuditEvent.at < window.until))
        .group_by(AuditLink.chain)
        .subquery()
    )
    found = select(AuditLink).join(
        ends, (ends.c.chain == AuditLink.chain) & (ends.c.position == AuditLink.position)
    )
    if window.shop_id is not None:
        found = found.where(AuditLink.chain == window.shop_id)
    return {
        row.chain: Link(row.chain, row.position, row.row_hash, row.previous, row.hash)
        for row in session.scalars(found.order_by(AuditLink.chain))
    }


def published_at(session: Session, shop_id: str, until: datetime) -> dict[str, Any] | None:
    """What the shop's pages showed when the window ended, mart by mart with the hash of its rows."""
    standing = [
        each
        for each in list_manifests(session, shop_id)
        if each.created_at < until and (each.replaced_at is None or each.replaced_at >= until)
    ]
    if not standing:
        return None
    newest = standing[0]
    editions = editions_of(session, shop_id, newest.manifest_id)
    return {
        "shop": shop_id,
        "manifest": newest.manifest_id,
        "build": newest.build_id,
        "created_at": newest.created_at,
        "reason": newest.reason,
        "marts": {name: editions[name] for name in sorted(editions)},
    }
