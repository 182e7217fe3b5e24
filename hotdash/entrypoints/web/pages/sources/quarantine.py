"""What no table could hold of one source, and the form that has a worker ask the vendor again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.api.backfills import names_of_tellers
from hotdash.entrypoints.web.errors import Problem, problem_of, reference_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.sources.view import url_of
from hotdash.entrypoints.web.pages.sources.words import at
from hotdash.entrypoints.web.pages.states import ProgressView, in_line
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.jobs.at_work import has_worker
from hotdash.jobs.quarantine_asked import enqueue_retry, retries_of, retry_document
from hotdash.jobs.show_sources import describe, title_of
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop
from hotdash.storage.warehouse.quarantine import Chosen, Quarantined, counts_by_reason

PATH = "/sources"
router = APIRouter(prefix=PATH, include_in_schema=False)
_LISTED, _LONGEST, _PAYLOAD = 25, 300, 4000
Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class RecordView:
    record: str
    title: str
    reason: str
    is_waiting: bool
    seen: str
    payload: str


@dataclass(frozen=True, slots=True)
class Search:
    """As the address says it."""

    table: str = ""
    reason: str = ""
    resolved: bool = False
    page: int = 1

    def url(self, source: str, shop_id: str, page: int) -> str:
        asked = {"table": self.table, "reason": self.reason}
        asked |= {"resolved": "yes" if self.resolved else "", "page": str(page) if page > 1 else ""}
        kept = {name: text for name, text in asked.items() if text}
        more = f"&{urlencode(kept)}" if kept else ""
        return f"{url_of(source, shop_id, '/quarantine')}{more}"

    def takes(self, each: Quarantined) -> bool:
        return (
            (self.resolved or each.is_waiting)
            and self.table in ("", each.table_name)
            and self.reason.lower() in each.reason.lower()
        )


@router.get("/{source}/quarantine")
def quarantine(
    request: Request,
    parts: PartsOf,
    source: str,
    shop: str | None = None,
    table: str = "",
    reason: str = "",
    resolved: str = "",
    page: int = 1,
) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "sources"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    search = Search(table[:_LONGEST], reason[:_LONGEST], bool(resolved), max(1, min(page, 10_000)))
    return _page(request, parts, visit, chosen, source, search)


@router.post("/retry")
def retry(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    source: Text = "",
    record: Text = "",
    csrf: Text = "",
) -> Response:
    """Of one record, or of all of a source that wait."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    chosen = shop_of(visit, shop, Permission.CONNECT_SOURCES)
    _require_source(parts, chosen, source)
    try:
        enqueue_retry(
            *(parts.context.database, parts.context.clock, shop, source),
            record.strip()[:64] or None,
            actor=actor_of(visit.user_id),
            request_id=reference_of(request) or None,
        )
    except HotdashError as error:
        return _page(request, parts, visit, chosen, source, Search(), problem_of(error))
    return see_other(url_of(source, shop, "/quarantine"))


def _require_source(parts: Parts, shop: VisitedShop, source: str) -> None:
    with parts.context.database.jobs() as session:
        known = describe(session, parts.context.limits, parts.context.clock.now(), [shop.shop_id])
    if source not in [each["source"] for each in known]:
        raise NotFoundError(
            f"There is no source {source[:60]!r} of {shop.shop_id}.",
            hint="The page Sources lists those that are connected, or were read once.",
            field="source",
        )


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    source: str,
    search: Search,
    problem: Problem | None = None,
) -> Response:
    _require_source(parts, shop, source)
    may_retry = may(shop.role, Permission.CONNECT_SOURCES)
    found, why_not = _found(parts, shop, source)
    fitting = [each for each in found if search.takes(each)]
    begin = (search.page - 1) * _LISTED
    waiting = sum(each.is_waiting for each in found)
    progress, outcome = _retried(parts, shop, source)
    values: dict[str, Any] = top_bar(visit, "sources") | {
        "shop": shop,
        "source": source,
        "title": title_of(source),
        "here": url_of(source, shop.shop_id, "/quarantine"),
        "source_url": url_of(source, shop.shop_id),
        "problem": problem,
        "why_not": why_not,
        "waiting": waiting,
        "progress": progress,
        "outcome": outcome,
        "search": search,
        "counts": [
            (each.table_name, each.reason, *map(formatting.count, (each.waiting, each.resolved)))
            for each in counts_by_reason(found)
        ],
        "tables": sorted({each.table_name for each in found}),
        "records": [
            _record(each, shop, with_payload=may_retry) for each in fitting[begin : begin + _LISTED]
        ],
        "fitting": formatting.count(len(fitting)),
        "may_retry": may_retry and progress is None,
        "newer_url": search.url(source, shop.shop_id, search.page - 1) if begin else None,
        "older_url": search.url(source, shop.shop_id, search.page + 1)
        if begin + _LISTED < len(fitting)
        else None,
    }
    status = problem.status if problem else 200
    return parts.pages.render(request, "quarantine.html", values, status)


def _found(
    parts: Parts, shop: VisitedShop, source: str
) -> tuple[Sequence[Quarantined], tuple[str, str] | None]:
    """Where the warehouse has no time for a reader, that is said in place of a list."""
    read = parts.context.read_quarantine
    if read is None:
        return [], ("This server has no way to the warehouse.", "`hotdash quarantine list` has.")
    try:
        return read(Chosen([shop.shop_id], source)), None
    except HotdashError as error:
        return [], ("The warehouse is at work just now, so this is not known.", error.hint)


def _record(each: Quarantined, shop: VisitedShop, *, with_payload: bool) -> RecordView:
    day = f" of {formatting.day_with_year(each.day)}" if each.day else ""
    first = at(iso_utc(each.first_at), shop.timezone)
    last = at(iso_utc(each.last_at), shop.timezone)
    seen = f"came {last}" if each.times == 1 else f"came {each.times} times, {first} to {last}"
    return RecordView(
        each.record_id,
        f"{each.table_name} {each.vendor_id or 'without an id'}{day}",
        each.reason,
        each.is_waiting,
        seen,
        each.payload[:_PAYLOAD] if with_payload else "",
    )


def _retried(
    parts: Parts, shop: VisitedShop, source: str
) -> tuple[ProgressView | None, tuple[str, str] | None]:
    """How far the newest retry is, or what came of it."""
    names = names_of_tellers(parts)
    with parts.context.database.jobs() as session:
        newest = next(iter(retries_of(session, shop.shop_id, source)), None)
        if newest is None:
            return None, None
        told = retry_document(session, newest)
        is_served = has_worker(session, parts.context.clock.now())
    if told["state"] in jobs.WAITING:
        return _under_way(told, is_served=is_served, shop=shop), None
    by = names.get(told["asked_by"], told["asked_by"])
    return None, (f"{by} asked again {at(told['asked_at'], shop.timezone)}.", _outcome(told))


def _under_way(told: Mapping[str, Any], *, is_served: bool, shop: VisitedShop) -> ProgressView:
    what = "This record is" if told["record"] else "Everything that waits is"
    if told["state"] == jobs.RUNNING:
        return ProgressView(f"{what} being asked for again.", "", None, "running")
    return in_line(what, at(told["asked_at"], shop.timezone), has_worker=is_served)


def _outcome(told: Mapping[str, Any]) -> str:
    if told["error"]:
        return str(told["error"])
    done = told["outcome"]
    if done is None:
        return "Nobody said what came of it."
    parts = [
        f"{formatting.count(done['asked'])} were asked for: {formatting.count(done['resolved'])} "
        f"can be read now, {formatting.count(done['waiting'])} still cannot."
    ]
    if done["resolved"]:
        parts.append("The next run computes what came.")
    if done["left"]:
        parts.append(
            f"{formatting.count(len(done['left']))} cannot be asked for one by one: "
            f"{done['left'][0]['mend']}"
        )
    parts += [f"{each['source']}: {each['error']}" for each in done["errors"]]
    return " ".join(parts)
