"""Admin, who read what: which kind of data, how often, and who looked at whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.clock import parse_iso
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.admin.sections import (
    ACCESS,
    entered,
    nobodys,
    section_page,
    url_of,
)
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.report import AccessReport, access_report, today
from hotdash.storage.appdb.repositories.audit import AuditRecord
from hotdash.storage.appdb.repositories.identity import names_of_people
from hotdash.storage.appdb.repositories.visits import VisitedShop

router = APIRouter(prefix=ACCESS.path, include_in_schema=False)
SPANS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "a year"}
_USUAL = 30
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Reading:
    who: str
    kind: str
    door: str
    reads: str
    days: str
    last: str


@dataclass(frozen=True, slots=True)
class Revealing:
    at: str
    who: str
    customer: str
    fields: str
    reason: str
    door: str


@router.get("")
def access(request: Request, parts: PartsOf, shop: str | None = None, days: str = "") -> Response:
    visit, chosen = entered(request, parts, ACCESS, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    span = int(days) if days.isascii() and days.isdigit() and len(days) < 4 else _USUAL
    span = span if span in SPANS else _USUAL
    last = today(parts.context.clock.now())
    parts.reads.write()
    with parts.context.database.as_user(visit.user_id) as session:
        found = access_report(session, chosen.shop_id, last - timedelta(days=span - 1), last)
    values = _values(parts, chosen, found, last) | {
        "spans": {url_of(ACCESS, chosen.shop_id, days=str(n)): t for n, t in SPANS.items()},
        "span": SPANS[span],
    }
    return section_page(request, parts, ACCESS, visit, chosen, values)


def _values(parts: Parts, shop: VisitedShop, found: AccessReport, last: date) -> dict[str, Any]:
    """Names are of accounts, which are sealed to the page's role; only those that read here are shown."""
    with parts.context.database.jobs() as session:
        names = names_of_people(session)
    told = found.as_json(names)
    reads = [_reading(each, shop.timezone) for each in told["reads"]]
    reveals = [_revealing(each, names, shop.timezone) for each in found.reveals]
    return {
        "reads": reads[:_MOST_SHOWN],
        "reads_left_out": max(0, len(reads) - _MOST_SHOWN),
        "reveals": reveals[:_MOST_SHOWN],
        "reveals_left_out": max(0, len(reveals) - _MOST_SHOWN),
        "revealers": [
            f"{each['name'] or each['who']}: {_counted(each)}" for each in told["reveals"]
        ],
        "days": formatting.day_span(found.first, last),
    }


def _counted(each: Mapping[str, Any]) -> str:
    fields = ", ".join(f"{_words(name)} {count}×" for name, count in each["fields"].items())
    people = "customer" if each["people"] == 1 else "customers"
    return f"{each['people']} {people} ({fields})"


def _reading(each: Mapping[str, Any], timezone: str) -> Reading:
    return Reading(
        who=each["name"] or each["who"],
        kind=_words(each["kind"]).capitalize(),
        door="Browser" if each["door"] == "session" else "Token",
        reads=formatting.count(each["reads"]),
        days=formatting.count(each["days"]),
        last=formatting.shop_time(parse_iso(each["last_at"]), timezone),
    )


def _revealing(each: AuditRecord, names: Mapping[str, str], timezone: str) -> Revealing:
    return Revealing(
        at=formatting.shop_time(each.at, timezone),
        who=names.get(each.actor, each.actor),
        customer=each.subject,
        fields=formatting.listing(_words(name) for name in each.detail.get("fields", ())),
        reason=str(each.detail.get("reason", "")),
        door="Browser" if each.detail.get("door") == "session" else str(each.detail.get("door")),
    )


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")
