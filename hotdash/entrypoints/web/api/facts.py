"""GET /api/v1/facts: what is known about how a shop is run."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.cursors import cursor_of, moment_of
from hotdash.base.roles import Permission, may
from hotdash.decisions.facts.types import FactType
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.decision_schemas import Cursor, FactsAnswer, Limit
from hotdash.entrypoints.web.api.decisions import utc_of
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.gate import Admission, shop_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.jobs.decision_documents import fact_document
from hotdash.storage.appdb.repositories.facts import list_facts

router = APIRouter(prefix="/api/v1/facts", tags=["facts"])


@router.get("", response_model=FactsAnswer, responses=ERRORS)
def facts(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    type: Annotated[FactType | None, Query(description="Of this type only.")] = None,
    since: Annotated[datetime | None, Query(description="From this instant on.")] = None,
    until: Annotated[datetime | None, Query(description="Before this instant.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The newest first; of a corrected one only the correction."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    if type is FactType.SESSION:
        shop_of(admission.visit, shop, Permission.SEE_ACCESS)
    hidden = () if _may_see_visits(admission) else (FactType.SESSION.value,)
    spans = {"since": utc_of(since, "since"), "until": utc_of(until, "until")}
    before = moment_of(cursor)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_facts(
            *(session, shop), fact_type=type, hidden=hidden, before=before, limit=limit + 1, **spans
        )
    last = found[limit - 1] if len(found) > limit else None
    following = cursor_of(last.occurred_at, last.fact_id) if last else None
    documents = [fact_document(each) for each in found[:limit]]
    return json_answer({"shop": shop, "facts": documents, "next_cursor": following})


def _may_see_visits(admission: Admission) -> bool:
    """When somebody opened Today is a record of a person, as the access report is."""
    scopes = admission.visit.scopes
    is_good_for_it = scopes is None or Permission.SEE_ACCESS in scopes
    return is_good_for_it and may(admission.shop.role, Permission.SEE_ACCESS)
