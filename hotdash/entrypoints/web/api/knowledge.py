"""GET /api/v1/knowledge/search: passages that answer a question; /api/v1/knowledge: how the index and the crawl stand."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission
from hotdash.entrypoints.admitting import reader_of
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.knowledge_schemas import KnowledgeAnswer, KnowledgeState
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.knowledge.documents import Kind
from hotdash.insights.knowledge.search import (
    LONGEST_QUESTION,
    MOST,
    cut_titles,
    index_state,
    search,
)
from hotdash.storage.appdb.repositories.site_pages import last_crawl, missing_pages

MOST_MISSING = 500
router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])


@router.get("/search", response_model=KnowledgeAnswer, responses=ERRORS)
def search_knowledge(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    q: Annotated[str, Query(max_length=LONGEST_QUESTION, description="A sentence or some words.")],
    kind: Annotated[list[Kind] | None, Query(description="Only these kinds.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 8,
) -> Response:
    """Of the house and of this shop, the best first; only what the asker may read where it stands."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    found = search(
        partial(parts.context.database.as_user, admission.visit.user_id),
        reader_of(admission.visit, [shop]),
        q,
        parts.context.embedder,
        kinds=kind or (),
        limit=limit,
    )
    return json_answer({"shop": shop, "question": q, **found.as_json()})


@router.get("", response_model=KnowledgeState, responses=ERRORS)
def knowledge(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """When the index was built, by which model, whether that is mock; and dead links of the shop's site."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    reader = reader_of(admission.visit, [shop])
    with parts.context.database.as_user(admission.visit.user_id) as session:
        state = index_state(session, reader, parts.context.embedder)
        cut = cut_titles(session, reader)
        crawl = last_crawl(session, shop)
        missing = missing_pages(session, shop, MOST_MISSING)
    told = None
    if crawl is not None:
        names = ("site", "stopped", "asked", "unchanged", "missing", "forbidden", "failed", "bytes")
        times = {"began_at": iso_utc(crawl.began_at), "ended_at": iso_utc(crawl.ended_at)}
        told = {name: getattr(crawl, name) for name in names} | times
    pages = [
        {
            "url": each.url,
            "status": each.status,
            "linked_from": each.linked_from,
            "asked_at": iso_utc(each.asked_at),
        }
        for each in missing
    ]
    return json_answer(
        {
            "shop": shop,
            "index": state.as_json(),
            "cut_documents": cut,
            "crawl": told,
            "missing_pages": pages,
        }
    )
