"""Admin, alert rules: who hears of this shop what, and when; written in a file, shown here."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.errors import problem_of
from hotdash.entrypoints.web.pages.admin.sections import (
    ALERT_RULES,
    entered,
    nobodys,
    section_page,
)
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.alert_channels import RESERVED
from hotdash.notifications.channels.registry import channel_kinds
from hotdash.notifications.rules import Hours, OfficeHours, Route, Rules
from hotdash.notifications.rules_file import RULES_FILE, RulesError, load_rules, rules_in_force
from hotdash.storage.appdb.repositories.alert_channels import list_channels

router = APIRouter(prefix=ALERT_RULES.path, include_in_schema=False)
NOT_CONNECTED = "not connected"


@dataclass(frozen=True, slots=True)
class Goes:
    channel: str
    kind: str


@dataclass(frozen=True, slots=True)
class RouteView:
    severities: str
    subjects: str
    checks: str
    to: tuple[Goes, ...]


@router.get("")
def alert_rules(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    """Of the rules of the installation those that this shop is meant by."""
    visit, chosen = entered(request, parts, ALERT_RULES, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    home, problem = parts.context.home, None
    try:
        held = load_rules(home)
    except RulesError as error:
        held, problem = rules_in_force(home), problem_of(error)
    kinds = _kinds(parts)
    values = {
        "is_own": (home / RULES_FILE).exists() and problem is None,
        "file": RULES_FILE,
        "routes": [_route(each, kinds) for each in held.routes if _means(each, chosen.shop_id)],
        "on_call": [
            (each.name.capitalize(), tuple(_goes(name, kinds) for name in each.to))
            for each in held.on_call
        ],
        "hours": _hours(held),
    }
    return section_page(request, parts, ALERT_RULES, visit, chosen, values | {"refused": problem})


def _means(route: Route, shop_id: str) -> bool:
    return route.shops is None or shop_id in route.shops


def _kinds(parts: Parts) -> dict[str, str]:
    """What each channel is, by name; neither where it leads nor what opens it."""
    specs, vault = channel_kinds(), parts.context.vault
    named = {RESERVED: "a file of the installation"}
    if vault is None:
        return named
    with parts.context.database.jobs() as session:
        for each in list_channels(session, vault):
            title = specs[each.kind].title if each.kind in specs else each.kind
            named[each.name] = title if each.fields is not None else "no key opens it"
    return named


def _route(route: Route, kinds: dict[str, str]) -> RouteView:
    return RouteView(
        severities=formatting.listing(route.severities),
        subjects=formatting.listing(f"{each}s" for each in route.subjects),
        checks=formatting.listing(each.replace("_", " ") for each in route.checks)
        if route.checks
        else "every check",
        to=tuple(_goes(name, kinds) for name in route.to),
    )


def _goes(name: str, kinds: dict[str, str]) -> Goes:
    return Goes(name, kinds.get(name, NOT_CONNECTED))


def _hours(held: Rules) -> list[tuple[str, str]]:
    quiet = held.quiet_hours
    office = held.office_hours
    days = formatting.listing(each.capitalize() for each in office.days)
    return [
        ("Timezone of all hours", held.timezone),
        ("Warnings wait", _span(quiet) if quiet else "never"),
        ("Office hours", f"{days}, {_span(office)}"),
        ("A blocking alert is answered within", _length(held.clocks.blocking_answer)),
        ("and mended within", _length(held.clocks.blocking_mend)),
    ]


def _span(hours: Hours | OfficeHours) -> str:
    return f"{hours.start:%H:%M} – {hours.until:%H:%M}"


def _length(span: timedelta) -> str:
    return formatting.minutes(Decimal(int(span.total_seconds())) / 60)
