"""/api/v1/sources: how each source stands, what it did, what of it could not be read, and asking again."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import UnavailableError
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.backfills import SAID
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken, ErrorAnswer
from hotdash.entrypoints.web.api.source_schemas import (
    QuarantineAnswer,
    RetryAnswer,
    RetryBody,
    SourceAnswer,
    SourcesAnswer,
)
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.jobs.quarantine_asked import enqueue_retry, quarantine_document
from hotdash.jobs.show_sources import describe, describe_one
from hotdash.storage.warehouse.quarantine import Chosen

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])
Source = Annotated[
    str,
    Path(
        description="A source by its name.", min_length=1, max_length=100, pattern=r"^[a-z0-9_]+$"
    ),
]
_READ = SAID | {503: {"model": ErrorAnswer, "description": "The warehouse cannot be read now."}}


@router.get("", response_model=SourcesAnswer, responses=ERRORS)
def sources(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """Every source of a shop against its limits."""
    parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.jobs() as session:
        found = describe(session, parts.context.limits, parts.context.clock.now(), [shop])
    return json_answer({"shop": shop, "sources": found})


@router.get("/{source}", response_model=SourceAnswer, responses=ERRORS)
def source(request: Request, parts: PartsOf, source: Source, shop: Shop) -> Response:
    """One source: its last readings, its calls, how it was throttled, and how its shape drifted."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    now = parts.context.clock.now()
    with parts.context.database.jobs() as session:
        told = describe_one(session, parts.context.limits, now, shop, source)
    if not may(admission.shop.role, Permission.CONNECT_SOURCES):
        told["drifts"] = [{**each, "evidence": {}} for each in told["drifts"]]
    return json_answer(told)


@router.get("/{source}/quarantine", response_model=QuarantineAnswer, responses=_READ)
def quarantine(
    request: Request,
    parts: PartsOf,
    source: Source,
    shop: Shop,
    limit: Annotated[int, Query(description="The newest so many.", ge=1, le=200)] = 50,
) -> Response:
    """What of a source no table could hold and still waits; what the vendor sent is on the page."""
    parts.gate.admit(request, shop, Permission.SEE_METRICS)
    read, now = parts.context.read_quarantine, parts.context.clock.now()
    with parts.context.database.jobs() as session:
        describe_one(session, parts.context.limits, now, shop, source)
    if read is None:
        raise UnavailableError(
            "This server has no way to the warehouse.",
            hint="`hotdash quarantine list` has, where the warehouse is.",
        )
    waiting = [each for each in read(Chosen([shop], source)) if each.is_waiting]
    records = [quarantine_document(each) for each in waiting[:limit]]
    told = {"shop": shop, "source": source, "total": len(waiting), "records": records}
    return json_answer(told)


@router.post("/{source}/quarantine/retry", response_model=RetryAnswer, responses=SAID)
def retry(
    request: Request,
    parts: PartsOf,
    source: Source,
    shop: Shop,
    body: RetryBody,
    token: CsrfToken = "",
) -> Response:
    """Put in line for a worker, who asks the vendor again; the next run computes what came."""
    admission = parts.gate.admit(request, shop, Permission.CONNECT_SOURCES)
    parts.check_form(request, token)
    context = parts.context
    with context.database.jobs() as session:
        describe_one(session, context.limits, context.clock.now(), shop, source)
    job = enqueue_retry(
        *(context.database, context.clock, shop, source, body.record),
        actor=actor_of(admission.visit.user_id),
        request_id=reference_of(request) or None,
    )
    return json_answer({"source": source, "job": str(job)})
