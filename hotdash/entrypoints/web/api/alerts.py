"""GET /api/v1/alerts, and what a person does about one: acknowledge, snooze, resolve."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import require_aware
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.alert_schemas import (
    AcknowledgeBody,
    AlertAnswer,
    AlertsAnswer,
    ResolveBody,
    SnoozeBody,
)
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.alert_document import (
    alert_document,
    false_alarm_figures,
    listed_alerts,
)
from hotdash.jobs.handle_alert import Answer, Handling, handle_alert
from hotdash.notifications.rules_file import rules_in_force
from hotdash.storage.appdb.repositories.alerts import find_alert

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])

AlertId = Annotated[UUID, Path(description="The alert, by its id.")]
Closed = Annotated[bool, Query(description="Also those that are over.")]


@router.get("", response_model=AlertsAnswer, responses=ERRORS)
def alerts(request: Request, parts: PartsOf, shop: Shop, closed: Closed = False) -> Response:
    """What is wrong with a shop, the newest first, and how many alerts were false."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    now, url = parts.context.clock.now(), parts.context.base_url
    rules = rules_in_force(parts.context.home)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = listed_alerts(session, [shop], now, url, closed=closed)
        figures = false_alarm_figures(session, [shop], now, rules)
    return json_answer({"shop": shop, "alerts": found, "false_alarms_per_week": figures})


@router.post("/{alert}/acknowledge", response_model=AlertAnswer, responses=ERRORS)
def acknowledge(
    request: Request,
    parts: PartsOf,
    alert: AlertId,
    shop: Shop,
    said: AcknowledgeBody,
    token: CsrfToken = "",
) -> Response:
    """Say that you look after it."""
    return _answer(request, parts, shop, alert, token, answer=Answer.ACKNOWLEDGE, note=said.note)


@router.post("/{alert}/snooze", response_model=AlertAnswer, responses=ERRORS)
def snooze(
    request: Request,
    parts: PartsOf,
    alert: AlertId,
    shop: Shop,
    said: SnoozeBody,
    token: CsrfToken = "",
) -> Response:
    """Hear nothing of it until a moment that is not far away."""
    asked = {"answer": Answer.SNOOZE, "note": said.note, "until": _utc(said.until)}
    return _answer(request, parts, shop, alert, token, **asked)


@router.post("/{alert}/resolve", response_model=AlertAnswer, responses=ERRORS)
def resolve(
    request: Request,
    parts: PartsOf,
    alert: AlertId,
    shop: Shop,
    said: ResolveBody,
    token: CsrfToken = "",
) -> Response:
    """Say that it is mended, or that nothing was wrong; with the reason."""
    answer = Answer.FALSE_ALARM if said.false_alarm else Answer.RESOLVE
    return _answer(request, parts, shop, alert, token, answer=answer, note=said.reason)


def _answer(
    request: Request, parts: Parts, shop: str, alert: UUID, token: str, **said: Any
) -> Response:
    """What the web writes it writes as this person: the shop's rows and no others."""
    admission = parts.gate.admit(request, shop, Permission.HANDLE_ALERTS)
    parts.check_form(request, token)
    now = parts.context.clock.now()
    actor = actor_of(admission.visit.user_id)
    handling = Handling(actor=actor, request_id=reference_of(request) or None, **said)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = find_alert(session, str(alert), shop)
        state = handle_alert(session, found, handling, now)
    return json_answer(alert_document(state, now, parts.context.base_url))


def _utc(until: datetime) -> datetime:
    try:
        return require_aware(until)
    except (ValueError, OverflowError):
        raise HotdashError(
            f"{until.isoformat()} says no timezone, or lies outside of time.",
            hint="Write it like 2026-11-02T08:00:00Z.",
            field="until",
        ) from None
