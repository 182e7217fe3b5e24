"""Decisions and the rows behind recommendations, as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotdash.base.clock import parse_iso
from hotdash.entrypoints.web import formatting


@dataclass(frozen=True, slots=True)
class DecidedView:
    at: str
    by: str
    action: str
    about: str
    subject: str
    rationale: str
    outcome: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def decided_view(decision: Mapping[str, Any], timezone: str) -> DecidedView:
    outcome = decision["outcome"]
    shown: Mapping[str, Any] = decision["shown"]
    return DecidedView(
        at=formatting.shop_time(parse_iso(decision["decided_at"]), timezone),
        by=decision["by"],
        action=decision["action"],
        about=str(shown.get("title") or decision["subject"]),
        subject=decision["subject"],
        rationale=decision["rationale"],
        outcome=outcome["sentence"] if outcome else formatting.MISSING,
    )


def evidence_view(subject: str, rows: Sequence[Mapping[str, Any]]) -> EvidenceView:
    names = tuple(rows[0]) if rows else ()
    return EvidenceView(
        title=subject,
        columns=tuple(name.replace("_", " ") for name in names),
        rows=tuple(
            tuple(formatting.MISSING if row[name] is None else str(row[name]) for name in names)
            for row in rows
        ),
    )
