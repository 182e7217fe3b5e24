"""GET /api/v1/alerts, and what a person does about one: acknowledge, snooze, resolve."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Form, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.clock import require_aware
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.alert_schemas import AlertAnswer, AlertsAnswer
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.alert_document import (
    alert_document,
    false_alarm_figures,
    listed_alerts,
)
from hotdash.jobs.handle_alert import LONGEST_NOTE, Answer, Handling, handle_alert
from hotdash.notifications.rules_file import rules_in_force
from hotdash.storage.appdb.repositories.alerts import find_alert

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])

AlertId = Annotated[UUID, Path(description="The alert, by its id.")]
Closed = Annotated[bool, Query(description="Also those that are over.")]
Note = Annotated[str, Form(description="What others should know.", max_length=LONGEST_NOTE)]
Reason = Annotated[str, Form(description="Why it is over.", max_length=LONGEST_NOTE)]
Until = Annotated[datetime | None, Form(description="Until when nothing is said about it.")]
IsFalse = Annotated[bool, Form(description="Nothing was wrong: it was a false alarm.")]
Csrf = Annotated[str, Form(description="The token of this browser, as forms carry it.")]


@router.get("", response_model=AlertsAnswer, responses=ERRORS)
def alerts(request: Request, parts: PartsOf, shop: Shop, closed: Closed = False) -> Response:
    """What is wrong with a shop, the newest first, and how many alerts were false."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    now, url = parts.context.clock.now(), parts.context.base_url
    rules = rules_in_force(parts.context.home)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = listed_alerts(session, [shop], now, url, closed=closed)
        figures = false_alarm_figures(session, [shop], now, rules)
    return _json({"shop": shop, "alerts": found, "false_alarms_per_week": figures})


@router.post("/{alert}/acknowledge", response_model=AlertAnswer, responses=ERRORS)
def acknowledge(
    request: Request, parts: PartsOf, alert: AlertId, shop: Shop, note: Note = "", csrf: Csrf = ""
) -> Response:
    """Say that you look after it."""
    return _answer(request, parts, shop, alert, csrf, answer=Answer.ACKNOWLEDGE, note=note)


@router.post("/{alert}/snooze", response_model=AlertAnswer, responses=ERRORS)
def snooze(
    request: Request,
    parts: PartsOf,
    alert: AlertId,
    shop: Shop,
    until: Until = None,
    note: Note = "",
    csrf: Csrf = "",
) -> Response:
    """Hear nothing of it until a moment that is not far away."""
    return _answer(
        request, parts, shop, alert, csrf, answer=Answer.SNOOZE, note=note, until=_utc(until)
    )


@router.post("/{alert}/resolve", response_model=AlertAnswer, responses=ERRORS)
def resolve(
    request: Request,
    parts: PartsOf,
    alert: AlertId,
    shop: Shop,
    reason: Reason = "",
    false_alarm: IsFalse = False,
    csrf: Csrf = "",
) -> Response:
    """Say that it is mended, or that nothing was wrong; with the reason."""
    answer = Answer.FALSE_ALARM if false_alarm else Answer.RESOLVE
    return _answer(request, parts, shop, alert, csrf, answer=answer, note=reason)


def _answer(
    request: Request, parts: Parts, shop: str, alert: UUID, csrf: str, **said: Any
) -> Response:
    """What the web writes it writes as this person: the shop's rows and no others."""
    admission = parts.gate.admit(request, shop, Permission.HANDLE_ALERTS)
    parts.check_form(request, csrf)
    now = parts.context.clock.now()
    actor = str(admission.visit.user_id)
    handling = Handling(actor=actor, request_id=reference_of(request) or None, **said)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = find_alert(session, str(alert), shop)
        state = handle_alert(session, found, handling, now)
    return _json(alert_document(state, now, parts.context.base_url))


def _utc(until: datetime | None) -> datetime | None:
    if until is None:
        return None
    try:
        return require_aware(until)
    except (ValueError, OverflowError):
        raise HotdashError(
            f"{until.isoformat()} says no timezone, or lies outside of time.",
            hint="Write it like 2026-11-02T08:00:00Z.",
            field="until",
        ) from None


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
