"""Recommendations, decisions, assignments and facts as documents: one shape for the API and the command."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.cursors import cursor_of, moment_of
from hotdash.base.money import Money
from hotdash.storage.appdb.repositories.assignments import AssignmentRecord
from hotdash.storage.appdb.repositories.decisions import (
    DecisionRecord,
    OutcomeRecord,
    Wanted,
    list_decisions,
    outcomes_of,
)
from hotdash.storage.appdb.repositories.facts import FactRecord
from hotdash.storage.appdb.repositories.recommendations import RecommendationRecord

Document = dict[str, Any]
EXPORTED = (
    *("decision", "shop", "decided_at", "by", "action", "subject", "rationale", "external_ref"),
    *("seconds_to_decide", "recommendation", "corrects", "outcome"),
)
"""The columns of a file of decisions."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    documents: Sequence[Document]
    next_cursor: str | None


def decisions_page(
    session: Session, shop_id: str, wanted: Wanted, limit: int, names: Mapping[str, str]
) -> DecisionsPage:
    """The newest first, with what came of each where that is known."""
    found = list_decisions(session, shop_id, limit=limit + 1, wanted=wanted)
    shown = found[:limit]
    outcomes = outcomes_of(session, shop_id, [each.decision_id for each in shown])
    documents = [decision_document(each, names, outcomes.get(each.decision_id)) for each in shown]
    more = len(found) > limit
    last = shown[-1] if more else None
    return DecisionsPage(documents, cursor_of(last.decided_at, last.decision_id) if last else None)


def every_decision(
    session: Session, shop_id: str, wanted: Wanted, names: Mapping[str, str]
) -> Iterator[Document]:
    """All of them, a page at a time."""
    cursor: str | None = None
    while True:
        page = decisions_page(
            session, shop_id, replace(wanted, before=moment_of(cursor)), _PAGE, names
        )
        yield from page.documents
        cursor = page.next_cursor
        if cursor is None:
            break


def exported(decision: Document) -> list[str | int | None]:
    """One decision as a row of a file."""
    outcome = decision["outcome"]
    row = decision | {"outcome": outcome["sentence"] if outcome else None}
    cells = (row[name] for name in EXPORTED)
    return [cell if cell is None or isinstance(cell, int | str) else str(cell) for cell in cells]


def recommendation_document(record: RecommendationRecord) -> Document:
    return {
        "recommendation": str(record.recommendation_id),
        "shop": record.shop_id,
        "kind": record.kind,
        "subject": record.subject,
        "period": record.period,
        "title": record.title,
        "reason": record.reason,
        "impact_amount": _money(record.impact_amount, record.currency),
        "currency": record.currency,
        "impact_text": record.impact_text,
        "confidence": record.confidence,
        "deadline": _moment(record.deadline),
        "evidence": [dict(each) for each in record.evidence],
        "verb": record.verb,
        "options": [dict(each) for each in record.options],
        "status": record.status,
        "rank": record.rank,
        "proposed_by": record.proposed_by,
        "opened_at": iso_utc(record.opened_at),
        "updated_at": iso_utc(record.updated_at),
        "snoozed_until": _moment(record.snoozed_until),
        "decision": str(record.decision_id) if record.decision_id else None,
        "context": dict(record.context),
        "approval": None if record.approval is None else f"{record.approval:f}",
        "is_trial": record.is_trial,
    }


def decision_document(
    record: DecisionRecord, names: Mapping[str, str], outcome: OutcomeRecord | None = None
) -> Document:
    detail = record.detail
    return {
        "decision": str(record.decision_id),
        "shop": record.shop_id,
        "scope": record.scope,
        "action": record.action,
        "actor": record.actor,
        "by": names.get(record.actor, record.actor),
        "subject": record.subject,
        "rationale": record.rationale,
        "decided_at": iso_utc(record.decided_at),
        "shown": dict(detail.get("shown") or {}),
        "evidence": detail.get("evidence"),
        "options": list(detail.get("options") or ()),
        "option": detail.get("option"),
        "edits": dict(detail.get("edits") or {}),
        "feedback": detail.get("feedback"),
        "seconds_to_decide": detail.get("seconds_to_decide"),
        "external_ref": record.external_ref,
        "request_id": record.request_id,
        "corrects": str(record.corrects) if record.corrects else None,
        "recommendation": str(record.recommendation_id) if record.recommendation_id else None,
        "outcome": _outcome(outcome),
    }


def assignment_document(record: AssignmentRecord) -> Document:
    return {
        "assignment": str(record.assignment_id),
        "shop": record.shop_id,
        "landing_page": record.landing_page,
        "assignee": record.assignee,
        "state": record.state,
        "changed_at": iso_utc(record.at),
        "note": record.note,
        "decision": str(record.decision_id),
    }


def fact_document(record: FactRecord) -> Document:
    return {
        "fact": str(record.fact_id),
        "shop": record.shop_id,
        "type": record.fact_type,
        "version": record.version,
        "occurred_at": iso_utc(record.occurred_at),
        "value": None if record.value is None else f"{record.value:f}",
        "metadata": dict(record.metadata),
        "evidence": record.evidence,
        "corrects": str(record.corrects) if record.corrects else None,
    }


def _outcome(found: OutcomeRecord | None) -> Document | None:
    if found is None:
        return None
    return {
        "measured_at": iso_utc(found.measured_at),
        "metric": found.metric,
        "before": None if found.before is None else f"{found.before:f}",
        "after": None if found.after is None else f"{found.after:f}",
        "verdict": found.verdict,
        "sentence": found.sentence,
        "baseline": None if found.baseline is None else f"{found.baseline:f}",
        "compared_with": found.compared_with,
        "worked": found.worked,
    }


def _money(amount: Decimal | None, currency: str | None) -> str | None:
    if amount is None or currency is None:
        return None
    return f"{Money(amount, currency).rounded().amount:f}"


def _moment(at: datetime | None) -> str | None:
    return iso_utc(at) if at else None
