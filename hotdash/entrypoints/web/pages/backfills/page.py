"""GET /backfills: the list, the form of a new one, and one with its plan, its changes and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import local_day
from hotdash.base.errors import NotFoundError
from hotdash.base.roles import Permission, may
from hotdash.connectors.registry import registry
from hotdash.entrypoints.web.api.backfills import names_of_tellers
from hotdash.entrypoints.web.errors import Problem
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.backfills.lists import (
    ListedView,
    PlanLine,
    listed_view,
    plan_lines,
)
from hotdash.entrypoints.web.pages.backfills.looking import look
from hotdash.entrypoints.web.pages.backfills.one import one_values
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.jobs.at_work import has_worker
from hotdash.jobs.plan_asked import JOB, planning_document
from hotdash.jobs.show_backfills import list_backfills
from hotdash.storage.appdb.repositories.backfills import open_plans
from hotdash.storage.appdb.repositories.credentials import list_credentials
from hotdash.storage.appdb.repositories.jobs import newest_jobs
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop
from hotdash.storage.marts import published_marts

PATH = "/backfills"
router = APIRouter(prefix=PATH, include_in_schema=False)
_LISTED, _PLANS = 50, 10


@dataclass(frozen=True, slots=True)
class Opened:
    """Who looks, and at which shop."""

    visit: Visit
    shop: VisitedShop


def opened(parts: Parts, request: Request, shop: str | None) -> Opened | None:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return None
    return Opened(visit, shop_of(visit, wanted, Permission.SEE_BACKFILLS))


@router.get("")
def backfills(request: Request, parts: PartsOf, shop: str | None = None, page: int = 1) -> Response:
    seen = opened(parts, request, shop)
    if seen is None:
        visit = parts.gate.visit(request)
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "backfills"))
    page = max(1, min(page, 10_000))
    listed, has_more = _listed(parts, seen, page)
    plans = _plans(parts, seen)
    address = f"{PATH}?{urlencode({'shop': seen.shop.shop_id})}"
    values = top_bar(seen.visit, "backfills") | {
        "shop": seen.shop,
        "listed": listed,
        "plans": plans,
        "is_at_work": any(each.is_being_made for each in plans),
        "may_ask": may(seen.shop.role, Permission.REQUEST_BACKFILLS),
        "newer_url": f"{address}&page={page - 1}" if page > 1 else None,
        "older_url": f"{address}&page={page + 1}" if has_more else None,
    }
    return parts.pages.render(request, "backfills.html", values)


def _listed(parts: Parts, seen: Opened, page: int) -> tuple[Sequence[ListedView], bool]:
    names, shop = names_of_tellers(parts), seen.shop
    with parts.context.database.as_user(seen.visit.user_id) as session:
        found = list_backfills(
            session,
            [shop.shop_id],
            names,
            limit=_LISTED + 1,
            offset=(page - 1) * _LISTED,
        )
    return [listed_view(each, shop) for each in found[:_LISTED]], len(found) > _LISTED


def _plans(parts: Parts, seen: Opened) -> Sequence[PlanLine]:
    names, now, shop_id = names_of_tellers(parts), parts.context.clock.now(), seen.shop.shop_id
    with parts.context.database.as_user(seen.visit.user_id) as session:
        made = open_plans(session, shop_id, now, _PLANS)
    with parts.context.database.jobs() as session:
        asked = [planning_document(each) for each in newest_jobs(session, JOB, shop_id, _PLANS)]
    return plan_lines(made, asked, names, seen.shop)


@router.get("/new")
def new(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    seen = opened(parts, request, shop)
    if seen is None:
        visit = parts.gate.visit(request)
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "backfills"))
    chosen = shop_of(seen.visit, seen.shop.shop_id, Permission.REQUEST_BACKFILLS)
    asked = request.query_params
    told = {name: asked.get(name, "") for name in ("from", "to", "model")}
    told |= {"refetch": asked.get("refetch", "")}
    sources = asked.getlist("source")
    return new_page(request, parts, Opened(seen.visit, chosen), told, sources)


def new_page(
    request: Request,
    parts: Parts,
    seen: Opened,
    told: Mapping[str, str],
    sources: Sequence[str],
    problem: Problem | None = None,
) -> Response:
    """As it was filled in, with what was wrong with it."""
    now, shop = parts.context.clock.now(), seen.shop
    with parts.context.database.jobs() as session:
        connected = list(list_credentials(session, shop.shop_id))
        is_served = has_worker(session, now)
    known = [(each, spec.title) for each, spec in registry().items() if each in connected]
    values: dict[str, Any] = top_bar(seen.visit, "backfills") | {
        "shop": shop,
        "here": f"{PATH}/new?{urlencode({'shop': shop.shop_id})}",
        "told": told,
        "sources": [(name, title, name in sources) for name, title in known],
        "marts": sorted(published_marts()),
        "today": local_day(now, shop.timezone).isoformat(),
        "environment": parts.context.environment.value,
        "is_served": is_served,
        "problem": problem,
    }
    status = problem.status if problem else 200
    return parts.pages.render(request, "backfill_new.html", values, status)


@router.get("/{backfill}")
def backfill(
    request: Request,
    parts: PartsOf,
    backfill: str,
    shop: str | None = None,
    metric: str = "",
    page: int = 1,
) -> Response:
    seen = opened(parts, request, shop)
    if seen is None:
        visit = parts.gate.visit(request)
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "backfills"))
    return one_page(
        request, parts, seen, named(backfill), metric=metric, page=max(1, min(page, 1000))
    )


def one_page(
    request: Request,
    parts: Parts,
    seen: Opened,
    backfill_id: UUID,
    *,
    metric: str = "",
    page: int = 1,
    problem: Problem | None = None,
) -> Response:
    looked = look(parts, seen.visit, seen.shop, backfill_id)
    values = top_bar(seen.visit, "backfills") | {
        "shop": seen.shop,
        "here": f"{PATH}/{backfill_id}?{urlencode({'shop': seen.shop.shop_id})}",
        "problem": problem,
        "actor": actor_of(seen.visit.user_id),
        **one_values(looked, seen.visit, seen.shop, metric, page),
    }
    status = problem.status if problem else 200
    return parts.pages.render(request, "backfill.html", values, status)


def named(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError(
            f"{text[:60]!r} names no backfill.",
            hint="The page Backfills lists those there are.",
            field="backfill",
        ) from None
