"""GET /knowledge: a question and the passages that answer it; /knowledge/{document} is one text as it is indexed."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.roles import Permission
from hotdash.entrypoints.admitting import reader_of
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.knowledge import view
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.knowledge.documents import Kind
from hotdash.insights.knowledge.search import (
    LONGEST_QUESTION,
    Answer,
    index_state,
    read_document,
    search,
)
from hotdash.storage.appdb.repositories.site_pages import last_crawl, missing_pages

MOST_SHOWN = 10
MOST_MISSING = 100
router = APIRouter(prefix=view.PATH, include_in_schema=False)


@router.get("")
def knowledge(
    request: Request, parts: PartsOf, shop: str | None = None, q: str = "", kind: str = ""
) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "knowledge"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    reader = reader_of(visit, [chosen.shop_id])
    reading = partial(parts.context.database.as_user, visit.user_id)
    problem: Problem | None = None
    answer: Answer | None = None
    if q.strip():
        kinds = [each for each in Kind if each.value == kind]
        try:
            answer = search(
                reading, reader, q, parts.context.embedder, kinds=kinds, limit=MOST_SHOWN
            )
        except HotdashError as error:
            problem = problem_of(error)
    with reading() as session:
        state = answer.state if answer else index_state(session, reader, parts.context.embedder)
        crawl = last_crawl(session, chosen.shop_id)
        missing = missing_pages(session, chosen.shop_id, MOST_MISSING)
    values = top_bar(visit, "knowledge") | {
        "shop": chosen,
        "question": q,
        "kind": kind,
        "kinds": [each for each in Kind if each.value in state.documents],
        "longest": LONGEST_QUESTION,
        "found": [view.passage_of(each, chosen) for each in answer.passages] if answer else None,
        "problem": problem,
        "state": view.state_of(state, chosen),
        "crawl": view.crawl_of(crawl, chosen),
        "missing": missing,
        "more_missing": crawl is not None and crawl.missing > len(missing),
    }
    status = problem.status if problem is not None else 200
    return parts.pages.render(request, "knowledge.html", values, status=status)


@router.get("/{document}")
def knowledge_document(request: Request, parts: PartsOf, document: UUID, shop: str) -> Response:
    visit = parts.gate.visit(request)
    chosen = shop_of(visit, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(visit.user_id) as session:
        found = read_document(session, reader_of(visit, [chosen.shop_id]), document)
    if not found:
        raise NotFoundError(
            "There is no such document here, or none any more.",
            hint="Search for it again: a document that changed has another address.",
            field="document",
        )
    values = top_bar(visit, "knowledge") | {
        "shop": chosen,
        "document": view.document_of(found, chosen),
        "back_url": view.url_of(chosen.shop_id),
    }
    return parts.pages.render(request, "knowledge_document.html", values)
