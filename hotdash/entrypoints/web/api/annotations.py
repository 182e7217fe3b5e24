"""GET and POST /api/v1/annotations: what happened on which days."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.mark_schemas import (
    AnnotationAnswer,
    AnnotationBody,
    AnnotationsAnswer,
    RemoveBody,
)
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.marks.annotations import Told, annotate, take_back
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord, list_annotations

router = APIRouter(prefix="/api/v1/annotations", tags=["annotations"])
AnnotationId = Annotated[UUID, Path(description="The annotation, by its id.")]


@router.get("", response_model=AnnotationsAnswer, responses=ERRORS)
def annotations(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """What people wrote down about a shop's days, as charts show it."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_annotations(session, shop)
    return json_answer({"shop": shop, "annotations": [_document(each) for each in found]})


@router.post("", response_model=AnnotationAnswer, responses=ERRORS)
def add_annotation(
    request: Request, parts: PartsOf, shop: Shop, said: AnnotationBody, token: CsrfToken = ""
) -> Response:
    """Say that something happened; charts of these days show it from now on."""
    admission = parts.gate.admit(request, shop, Permission.ANNOTATE)
    parts.check_form(request, token)
    told = Told(said.kind, said.first, said.title, said.last)
    now, actor = parts.context.clock.now(), actor_of(admission.visit.user_id)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        record = annotate(session, shop, told, actor, now)
    return json_answer({"shop": shop, "annotation": _document(record)})


@router.post("/{annotation}/remove", response_model=AnnotationAnswer, responses=ERRORS)
def remove_annotation(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    annotation: AnnotationId,
    said: RemoveBody,
    token: CsrfToken = "",
) -> Response:
    """Take it out of the charts; that it was told stays on record."""
    del said
    admission = parts.gate.admit(request, shop, Permission.ANNOTATE)
    parts.check_form(request, token)
    now, actor = parts.context.clock.now(), actor_of(admission.visit.user_id)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        record = take_back(session, shop, annotation, actor, now)
    return json_answer({"shop": shop, "annotation": _document(record)})


def _document(record: AnnotationRecord) -> dict[str, Any]:
    return {
        "annotation": str(record.annotation_id),
        "kind": record.kind,
        "title": record.title,
        "from": record.first_day.isoformat(),
        "to": record.last_day.isoformat(),
        "at": iso_utc(record.at),
        "actor": record.actor,
    }
