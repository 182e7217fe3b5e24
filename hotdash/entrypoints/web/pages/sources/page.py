"""GET /sources: every source of a shop against its limits; GET /sources/{source}: what one of them did."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import UnavailableError
from hotdash.base.roles import Permission, may
from hotdash.connectors.registry import registry
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.sources import view, words
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.jobs.at_work import has_worker
from hotdash.jobs.show_sources import (
    NOT_CONNECTED,
    describe,
    describe_one,
    last_reads,
    read_document,
    title_of,
)
from hotdash.storage.appdb.repositories.credentials import overview
from hotdash.storage.appdb.repositories.visits import VisitedShop

PATH = "/sources"
router = APIRouter(prefix=PATH, include_in_schema=False)
_DRIFTS_SHOWN = 25


@router.get("")
def sources(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "sources"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    context, now = parts.context, parts.context.clock.now()
    with context.database.jobs() as session:
        found = describe(session, context.limits, now, [chosen.shop_id])
        last = {
            each["source"]: [
                read_document(read)
                for read in last_reads(session, chosen.shop_id, each["source"], 1)
            ]
            for each in found
        }
        is_served = has_worker(session, now)
    lines = [
        view.source_line(each, next(iter(last[each["source"]]), None), chosen) for each in found
    ]
    open_to = [each for each in registry().values() if each.vendor not in last]
    values = top_bar(visit, "sources") | {
        "shop": chosen,
        "lines": lines,
        "troubled": sorted(
            (each for each in lines if each.needs_somebody and each.trouble), key=view.by_urgency
        ),
        "on_time": sum(each.state == words.ON_TIME for each in lines),
        "is_served": is_served,
        "not_there": [each.title for each in open_to],
        "may_connect": may(chosen.role, Permission.CONNECT_SOURCES),
    }
    return parts.pages.render(request, "sources.html", values)


@router.get("/{source}")
def source(request: Request, parts: PartsOf, source: str, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "sources"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    context, now = parts.context, parts.context.clock.now()
    with context.database.jobs() as session:
        told = describe_one(session, context.limits, now, chosen.shop_id, source)
    expires_at = _expires_at(parts, chosen, source)
    spec = registry().get(source)
    last = next(iter(told["reads"]), None)
    state = words.state_of(told)
    may_see_evidence = may(chosen.role, Permission.CONNECT_SOURCES)
    drifts = told["drifts"][:_DRIFTS_SHOWN]
    values: dict[str, Any] = top_bar(visit, "sources") | {
        "shop": chosen,
        "source": source,
        "title": title_of(source),
        "state": state,
        "trouble": view.trouble_of(told, last, state),
        "alarm": view.alarm_of(told, state),
        "hint": told["hint"],
        "retry_at": words.at(told["retry_at"], chosen.timezone) if told["retry_at"] else "",
        "figures": _figures(told, last, chosen, expires_at),
        "hours": view.hours_view(told["hours"], now, chosen),
        "operations": [view.operation_row(each) for each in told["calls"]],
        "errors": [
            (
                each["status"],
                each["operation"],
                formatting.count(each["calls"]),
                words.at(each["last_at"], chosen.timezone),
            )
            for each in told["errors"]
        ],
        "throttled": [
            (
                words.at(each["first_at"], chosen.timezone),
                words.lasted(each["first_at"], each["last_at"]),
                formatting.count(each["calls"]),
            )
            for each in told["throttled"]
        ],
        "reads": [view.read_row(each, chosen) for each in told["reads"]],
        "drifts": [
            view.drift_view(each, chosen, with_evidence=may_see_evidence) for each in drifts
        ],
        "brings": list(spec.brings) if spec else [],
        "quarantine_url": view.url_of(source, chosen.shop_id, "/quarantine"),
        "connect": f"hotdash connect {source} --shop {chosen.shop_id}",
        "is_connected": told["state"] != NOT_CONNECTED,
        "may_connect": may_see_evidence,
        "list_url": f"{PATH}?{urlencode({'shop': chosen.shop_id})}",
    }
    return parts.pages.render(request, "source.html", values)


def _expires_at(parts: Parts, shop: VisitedShop, source: str) -> str | None:
    """Of what is sealed only this is opened, and where no key opens it, it is not known."""
    vault = parts.context.vault
    if vault is None:
        return None
    try:
        with parts.context.database.jobs() as session:
            found = overview(session, vault, [shop.shop_id])
    except UnavailableError:
        return None
    return next((each.expires_at for each in found if each.vendor == source), None)


def _figures(
    told: dict[str, Any], last: dict[str, Any] | None, shop: VisitedShop, expires_at: str | None
) -> list[tuple[str, str, str]]:
    counts = told["last_24_hours"]
    through = words.at(told["complete_through"], shop.timezone)
    limits = words.limits_of(told)
    fullest = max((each["fullest"] or 0 for each in told["hours"]), default=0)
    return [
        ("Age", words.age_of(told), f"complete up to {through}; late / too old from {limits}"),
        (
            "Last reading",
            f"{formatting.count(last['rows'])} rows" if last else formatting.MISSING,
            words.at(last["started_at"], shop.timezone) if last else "it was never read",
        ),
        (
            "Calls in 24 hours",
            formatting.count(counts["calls"]),
            f"{formatting.count(counts['failed'])} failed, "
            f"{formatting.count(counts['retried'])} asked again",
        ),
        (
            "Most of its limit used",
            f"{round(fullest * 100)}%" if fullest else formatting.MISSING,
            "in seven days, where the vendor tells it",
        ),
        ("Credentials", *words.credentials_of(told, expires_at, shop.timezone)),
    ]
