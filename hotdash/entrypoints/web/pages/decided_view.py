"""Decisions as the page shows them: what was changed before approving, what came of it, what corrects what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hotdash.base.clock import parse_iso
from hotdash.decisions.log import Action
from hotdash.entrypoints.web import formatting

_UNTOLD = frozenset({"assignment"})
_WORKED = {True: "It worked.", False: "It did not work.", None: ""}
_TITLES = {"units": "pieces", "landing_page": "page", "assignee": "given to"}


@dataclass(frozen=True, slots=True)
class DecidedView:
    decision_id: str
    at: str
    by: str
    action: str
    about: str
    subject: str
    rationale: str
    outcome: str
    details: str
    corrects: str | None
    has_units: bool


def decided_view(decision: Mapping[str, Any], timezone: str) -> DecidedView:
    outcome = decision["outcome"]
    shown: Mapping[str, Any] = decision["shown"]
    return DecidedView(
        decision_id=decision["decision"],
        at=formatting.shop_time(parse_iso(decision["decided_at"]), timezone),
        by=decision["by"],
        action=decision["action"],
        about=str(shown.get("title") or decision["subject"]),
        subject=decision["subject"],
        rationale=decision["rationale"],
        outcome=_outcome(outcome) if outcome else formatting.MISSING,
        details="; ".join(_details(decision, timezone)) or formatting.MISSING,
        corrects=decision["corrects"],
        has_units=decision["action"] == Action.APPROVE_REORDER.value,
    )


def _outcome(outcome: Mapping[str, Any]) -> str:
    return f"{outcome['sentence']} {_WORKED[outcome['worked']]}".strip()


def _details(decision: Mapping[str, Any], timezone: str) -> Iterator[str]:
    """What was chosen, what was changed, and its number elsewhere."""
    shown: Mapping[str, Any] = decision["shown"]
    if decision["corrects"] and shown.get("decided_at"):
        at = formatting.shop_time(parse_iso(str(shown["decided_at"])), timezone)
        yield f"corrects {shown.get('action')} of {at}"
    if decision["option"]:
        yield str(decision["option"])
    for name, value in decision["edits"].items():
        if name not in _UNTOLD and value is not None:
            yield f"{_TITLES.get(name, name.replace('_', ' '))}: {value}"
    if decision["external_ref"]:
        yield f"elsewhere {decision['external_ref']}"
