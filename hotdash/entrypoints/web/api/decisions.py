"""/api/v1/decisions: what waits for an answer, what was answered and what came of it; POST answers."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc, require_aware
from hotdash.base.cursors import cursor_of, moment_of, place_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission
from hotdash.decisions.corrections import correct as record_correction
from hotdash.decisions.recommendations.answering import Answer, Verdict, answer
from hotdash.decisions.recommendations.contract import Kind
from hotdash.decisions.recommendations.evidence import evidence_of
from hotdash.entrypoints.admitting import hidden_from
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.decision_schemas import (
    AnsweredAnswer,
    ApproveBody,
    CorrectBody,
    CorrectedAnswer,
    Cursor,
    DecisionsAnswer,
    EvidenceAnswer,
    IdempotencyKey,
    Limit,
    ModelAnswer,
    PutOffBody,
    QueueAnswer,
    RejectBody,
)
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken, ErrorAnswer
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.gate import Admission
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.decision_documents import decisions_page, recommendation_document
from hotdash.storage.appdb.repositories.decisions import Wanted
from hotdash.storage.appdb.repositories.identity import names_of_people
from hotdash.storage.appdb.repositories.recommendations import (
    ASKED,
    OPEN,
    list_recommendations,
)
from hotdash.storage.appdb.repositories.recommender import find_model

router = APIRouter(prefix="/api/v1/decisions", tags=["decisions"])

_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorAnswer, "description": "It was answered already, or the key was used."}
}
SAID = ERRORS | _CONFLICT
_UNRANKED = 1_000_000

Recommendation = Annotated[UUID, Path(description="The recommendation, by its id.")]
DecisionId = Annotated[UUID, Path(description="The decision, by its id.")]


@router.get("", response_model=DecisionsAnswer, responses=ERRORS)
def history(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    actor: Annotated[
        str | None, Query(max_length=300, description="By whom, such as user:….")
    ] = None,
    action: Annotated[
        str | None,
        Query(max_length=300, description="An action, or with a dot at its end a family."),
    ] = None,
    subject: Annotated[
        str | None, Query(max_length=300, description="A part of what it is about.")
    ] = None,
    scope: Annotated[str | None, Query(max_length=300, description="Such as ops.")] = None,
    since: Annotated[datetime | None, Query(description="From this instant on.")] = None,
    until: Annotated[datetime | None, Query(description="Before this instant.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Who decided what and why, the newest first, and what came of it.

    Decisions about backfills are told to whoever may see backfills.
    """
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    spans = utc_of(since, "since"), utc_of(until, "until")
    wanted = Wanted(
        *(actor, action, subject, scope, *spans),
        before=moment_of(cursor),
        hidden=hidden_from(admission.visit, admission.shop),
    )
    names = names_of_deciders(parts)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        page = decisions_page(session, shop, wanted, limit, names)
    answered = {"shop": shop, "decisions": page.documents, "next_cursor": page.next_cursor}
    return json_answer(answered)


@router.get("/queue", response_model=QueueAnswer, responses=ERRORS)
def queue(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    snoozed: Annotated[bool, Query(description="Also what was put off.")] = False,
    kind: Annotated[Kind | None, Query(description="Of this kind only.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What waits for an answer, by money at risk times urgency."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_recommendations(
            session,
            shop,
            ASKED if snoozed else (OPEN,),
            kind=kind,
            after=place_of(cursor),
            limit=limit + 1,
        )
    last = found[limit - 1] if len(found) > limit else None
    following = cursor_of(last.rank or _UNRANKED, last.recommendation_id) if last else None
    documents = [recommendation_document(each) for each in found[:limit]]
    return json_answer({"shop": shop, "recommendations": documents, "next_cursor": following})


@router.get("/evidence", response_model=EvidenceAnswer, responses=ERRORS)
def evidence(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    kind: Annotated[str, Query(max_length=40, description="The kind of the recommendation.")],
    subject: Annotated[str, Query(max_length=1200, description="What it is about.")],
) -> Response:
    """The published rows behind a recommendation."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        rows = evidence_of(session, shop, kind, subject, parts.context.clock.now())
    return json_answer({"shop": shop, "kind": kind, "subject": subject, "rows": rows})


@router.get("/model", response_model=ModelAnswer, responses=ERRORS)
def model(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """What the shop's answers taught, and how well answers are foretold; for its owners."""
    admission = parts.gate.admit(request, shop, Permission.MANAGE_SHOP)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = find_model(session, shop)
    changed = iso_utc(found.made_at) if found else None
    return json_answer(
        {"shop": shop, "changed_at": changed, "card": dict(found.card) if found else None}
    )


@router.post("/{recommendation}/approve", response_model=AnsweredAnswer, responses=SAID)
def approve(
    request: Request,
    parts: PartsOf,
    recommendation: Recommendation,
    shop: Shop,
    said: ApproveBody,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """Decide to do it; a landing page or an anomaly is assigned to somebody with that."""
    admission = _may_decide(request, parts, shop, token)
    given = Answer(
        **_shown(said, Verdict.APPROVE, admission, request, key),
        option=said.option,
        edits=said.edits,
        external_ref=said.external_ref,
        assignee=said.assignee,
    )
    return _answered(parts, admission, shop, recommendation, given)


@router.post("/{recommendation}/reject", response_model=AnsweredAnswer, responses=SAID)
def reject(
    request: Request,
    parts: PartsOf,
    recommendation: Recommendation,
    shop: Shop,
    said: RejectBody,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """Decide not to; it is not asked again until its period is over or it got clearly worse."""
    admission = _may_decide(request, parts, shop, token)
    shown = _shown(said, Verdict.REJECT, admission, request, key)
    given = Answer(**shown, option=said.option)
    return _answered(parts, admission, shop, recommendation, given)


@router.post("/{recommendation}/snooze", response_model=AnsweredAnswer, responses=SAID)
def snooze(
    request: Request,
    parts: PartsOf,
    recommendation: Recommendation,
    shop: Shop,
    said: PutOffBody,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """Put it off to a moment that is not far away; it comes back sooner if it gets clearly worse."""
    admission = _may_decide(request, parts, shop, token)
    shown = _shown(said, Verdict.SNOOZE, admission, request, key)
    given = Answer(**shown, until=utc_of(said.until, "until"))
    return _answered(parts, admission, shop, recommendation, given)


@router.post("/{decision}/correct", response_model=CorrectedAnswer, responses=SAID)
def correct(
    request: Request,
    parts: PartsOf,
    decision: DecisionId,
    shop: Shop,
    said: CorrectBody,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """Say what was wrong about a decision; both are kept."""
    admission = _may_decide(request, parts, shop, token)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        made = record_correction(
            session,
            shop,
            decision,
            parts.context.clock.now(),
            actor=actor_of(admission.visit.user_id),
            rationale=said.rationale,
            edits=said.edits,
            request_id=reference_of(request) or None,
            idempotency_key=key,
            hidden=hidden_from(admission.visit, admission.shop),
        )
    return json_answer({"decision": str(made), "corrects": str(decision)})


def _may_decide(request: Request, parts: Parts, shop: str, token: str) -> Admission:
    admission = parts.gate.admit(request, shop, Permission.DECIDE)
    parts.check_form(request, token)
    return admission


def _shown(
    said: ApproveBody | RejectBody | PutOffBody,
    verdict: Verdict,
    admission: Admission,
    request: Request,
    key: str | None,
) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "rationale": said.rationale,
        "actor": actor_of(admission.visit.user_id),
        "feedback": said.feedback,
        "shown_at": utc_of(said.shown_at, "shown_at"),
        "shown_order": [str(each) for each in said.shown_order],
        "request_id": reference_of(request) or None,
        "idempotency_key": key,
    }


def _answered(
    parts: Parts, admission: Admission, shop: str, recommendation: UUID, given: Answer
) -> Response:
    """As this person: their role is asked for once more where it is written."""
    with parts.context.database.as_user(admission.visit.user_id) as session:
        made = answer(session, shop, recommendation, given, parts.context.clock.now())
    told = asdict(made)
    plain = {name: str(each) if isinstance(each, UUID) else each for name, each in told.items()}
    return json_answer(plain)


def names_of_deciders(parts: Parts) -> dict[str, str]:
    """Accounts are sealed to the page's role; of these names only those are shown that decided here."""
    with parts.context.database.jobs() as session:
        return names_of_people(session)


def utc_of(told: datetime | None, field: str) -> datetime | None:
    if told is None:
        return None
    try:
        return require_aware(told)
    except (ValueError, OverflowError):
        raise HotdashError(
            f"{told.isoformat()} says no timezone, or lies outside of time.",
            hint="Write it like 2026-11-02T08:00:00Z.",
            field=field,
        ) from None
