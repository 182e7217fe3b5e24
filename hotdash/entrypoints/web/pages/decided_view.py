"""Decisions and the rows behind recommendations, as tables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotdash.base.clock import parse_iso
from hotdash.entrypoints.web import formatting

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z")


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


def evidence_view(subject: str, rows: Sequence[Mapping[str, Any]], timezone: str) -> EvidenceView:
    names = tuple(rows[0]) if rows else ()
    return EvidenceView(
        title=subject,
        columns=tuple(name.replace("_", " ") for name in names),
        rows=tuple(tuple(_told(row[name], timezone) for name in names) for row in rows),
    )


def _told(value: Any, timezone: str) -> str:
    """As it is written; an instant by the shop's clock."""
    if value is None:
        return formatting.MISSING
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return formatting.shop_time(parse_iso(value), timezone)
    return str(value)
