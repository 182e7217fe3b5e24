"""GET /api/v1/audit: what was done in a shop, by whom, with the hash of each row."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.audit_lines import Event
from hotdash.base.clock import iso_utc
from hotdash.base.cursors import cursor_of_number, number_of
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.audit_schemas import AuditAnswer
from hotdash.entrypoints.web.api.decision_schemas import Cursor, Limit
from hotdash.entrypoints.web.api.decisions import utc_of
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.gate import Admission
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.storage.appdb.repositories.audit_chain import WantedEvents, wanted_events

router = APIRouter(prefix="/api/v1/audit", tags=["access"])

_BACKFILLS = "backfill"


@router.get("", response_model=AuditAnswer, responses=ERRORS)
def audit(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    actor: Annotated[str | None, Query(max_length=200, description="By whom.")] = None,
    action: Annotated[
        str | None,
        Query(max_length=200, description="An action, or with a dot at its end a family."),
    ] = None,
    subject: Annotated[
        str | None, Query(max_length=200, description="A part of what it is about.")
    ] = None,
    since: Annotated[datetime | None, Query(description="From this instant on.")] = None,
    until: Annotated[datetime | None, Query(description="Before this instant.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The newest first, of what is not archived yet."""
    admission = parts.gate.admit(request, shop, Permission.SEE_ACCESS)
    wanted = WantedEvents(
        *(shop, actor, action, subject),
        since=utc_of(since, "since"),
        until=utc_of(until, "until"),
        before_event=number_of(cursor),
        hidden=() if _may_see_backfills(admission) else (_BACKFILLS,),
    )
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = wanted_events(session, wanted, limit + 1)
    last = found[limit - 1][0] if len(found) > limit else None
    answer = json_answer(
        {
            "shop": shop,
            "events": [_document(*each) for each in found[:limit]],
            "next_cursor": cursor_of_number(last.event_id) if last else None,
        }
    )
    answer.headers["cache-control"] = "no-store"
    return answer


def _may_see_backfills(admission: Admission) -> bool:
    """Whoever sees access may see backfills; a token only where it was made for them."""
    scopes = admission.visit.scopes
    return scopes is None or Permission.SEE_BACKFILLS in scopes


def _document(event: Event, row_hash: bytes) -> dict[str, Any]:
    """The detail as the database writes it, of which the hash was made."""
    return {
        "event": event.event_id,
        "at": iso_utc(event.at),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "detail": orjson.Fragment(event.detail),
        "request_id": event.request_id,
        "row_hash": row_hash.hex(),
    }
