"""GET /api/v1/publications tells what a shop shows and what is kept back; POST goes back, or lets go."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.publication_schemas import (
    PublicationsAnswer,
    ReleaseRequest,
    RollbackRequest,
    ShownAnswer,
)
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken, ErrorAnswer
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.roll_back_publication import release_publication, roll_back_publication
from hotdash.storage.appdb.repositories.publications import (
    ManifestRecord,
    Pin,
    Pointer,
    list_manifests,
    pointer_of,
)
from hotdash.storage.appdb.repositories.standings import load_standings
from hotdash.storage.marts import published_marts

router = APIRouter(prefix="/api/v1/publications", tags=["publications"])

_WRITE_ERRORS: dict[int | str, dict[str, Any]] = ERRORS | {
    409: {"model": ErrorAnswer, "description": "The publication is not held."}
}


@router.get("", response_model=PublicationsAnswer, responses=ERRORS)
def list_publications(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """What a shop shows, what it could go back to, and what keeps newer builds of a mart back."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        pointer = pointer_of(session, shop)
        manifests = list_manifests(session, shop)
        standings = load_standings(session, [shop], sorted(published_marts()))
    answer = {
        "shop": shop,
        "shown": str(pointer.manifest_id) if pointer else None,
        "since": iso_utc(pointer.moved_at) if pointer else None,
        "held": _held(pointer.pin) if pointer and pointer.pin else None,
        "publications": [_publication(each) for each in manifests],
        "marts": [each.as_json() for each in standings],
    }
    return json_answer(answer)


@router.post("/rollback", response_model=ShownAnswer, responses=_WRITE_ERRORS)
def rollback(
    request: Request, parts: PartsOf, asked: RollbackRequest, token: CsrfToken = ""
) -> Response:
    """Show an older publication again, and keep to it until somebody releases it."""
    actor = _may_write(request, parts, asked.shop, token)
    pointer = roll_back_publication(
        parts.context.database,
        asked.shop,
        asked.publication,
        actor=actor,
        reason=asked.reason,
        clock=parts.context.clock,
        request_id=request.state.reference,
    )
    return _shown(pointer)


@router.post("/release", response_model=ShownAnswer, responses=_WRITE_ERRORS)
def release(
    request: Request, parts: PartsOf, asked: ReleaseRequest, token: CsrfToken = ""
) -> Response:
    """Let the next run publish again after a rollback."""
    actor = _may_write(request, parts, asked.shop, token)
    pointer = release_publication(
        parts.context.database,
        asked.shop,
        actor=actor,
        reason=asked.reason,
        clock=parts.context.clock,
        request_id=request.state.reference,
    )
    return _shown(pointer)


def _may_write(request: Request, parts: Parts, shop_id: str, token: str) -> str:
    """The actor as audit and decisions name one: by the id, never by name or address."""
    admission = parts.gate.admit(request, shop_id, Permission.ROLL_BACK_PUBLICATION)
    parts.check_form(request, token)
    return actor_of(admission.visit.user_id)


def _shown(pointer: Pointer) -> Response:
    answer = {
        "shop": pointer.shop_id,
        "shown": str(pointer.manifest_id),
        "since": iso_utc(pointer.moved_at),
        "held": _held(pointer.pin) if pointer.pin else None,
    }
    return json_answer(answer)


def _held(pin: Pin) -> dict[str, str]:
    return {"at": iso_utc(pin.at), "by": pin.by, "reason": pin.reason}


def _publication(each: ManifestRecord) -> dict[str, Any]:
    return {
        "publication": str(each.manifest_id),
        "build": str(each.build_id),
        "made_at": iso_utc(each.created_at),
        "reason": each.reason,
        "replaced_at": iso_utc(each.replaced_at) if each.replaced_at else None,
        "is_shown": each.is_published,
    }
