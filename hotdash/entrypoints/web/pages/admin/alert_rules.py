"""Admin, alert rules: who hears of this shop what, and when; of the installation's file, or the shop's own."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.pages.admin.alert_rules_view import (
    Channels,
    RouteSight,
    channels_of,
    hours_form,
    hours_view,
    new_route,
    route_view,
)
from hotdash.entrypoints.web.pages.admin.sections import (
    ALERT_RULES,
    entered,
    nobodys,
    section_page,
)
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.alert_desk import states_of
from hotdash.jobs.alert_rules import HeldRules, rules_of_shop
from hotdash.notifications.hours import quiet_until
from hotdash.notifications.rules import Rules
from hotdash.notifications.rules_file import RULES_FILE, RulesError, load_rules, rules_in_force
from hotdash.notifications.shop_rules import kept_from
from hotdash.storage.appdb.repositories.alert_channels import list_channels
from hotdash.storage.appdb.repositories.alert_rules import last_fired
from hotdash.storage.appdb.repositories.alerts import list_alerts
from hotdash.storage.appdb.repositories.identity import names_of_people
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(prefix=ALERT_RULES.path, include_in_schema=False)
DONE = {
    "route": "The rule is changed.",
    "hours": "The hours and clocks are changed.",
    "file": "The installation's rules hold again.",
}


@router.get("")
def alert_rules(
    request: Request, parts: PartsOf, shop: str | None = None, done: str = ""
) -> Response:
    visit, chosen = entered(request, parts, ALERT_RULES, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    return rules_page(request, parts, visit, chosen, done=DONE.get(done))


def rules_page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    *,
    done: str | None = None,
    problem: Problem | None = None,
) -> Response:
    common, refused = _common(parts)
    with parts.context.database.jobs() as session:
        names = names_of_people(session)
    with parts.context.database.as_user(visit.user_id) as session:
        held = rules_of_shop(session, common, shop.shop_id)
        sight = RouteSight(
            rules=held.rules,
            channels=_channels(parts),
            fired=last_fired(session, shop.shop_id),
            open_alerts=states_of(session, list_alerts(session, [shop.shop_id])),
            now=parts.context.clock.now(),
            timezone=shop.timezone,
            kept=kept_from(common, shop.shop_id),
        )
    values = {
        "refused": refused,
        "file": RULES_FILE,
        "origin": _origin(parts, held, refused),
        "written": _written(held, names, shop),
        "routes": [route_view(each, sight) for each in held.rules.routes],
        "new_route": new_route(sight),
        "on_call": [
            (each.name.capitalize(), sight.channels.goes(each.to)) for each in held.rules.on_call
        ],
        "hours": hours_view(held.rules),
        "hours_form": hours_form(held.rules, common, shop),
        "quiet_now": _quiet_now(held.rules, sight),
        "channels": sight.channels.without(sight.kept),
        "may_change": may(shop.role, Permission.SET_ALERT_RULES),
        "may_try": parts.context.open_alerts is not None,
        "done": done,
    }
    return section_page(request, parts, ALERT_RULES, visit, shop, values, problem)


def _common(parts: Parts) -> tuple[Rules, Problem | None]:
    """A slip in the file is told, and the defaults hold until it is mended."""
    try:
        return load_rules(parts.context.home), None
    except RulesError as error:
        return rules_in_force(parts.context.home), problem_of(error)


def _channels(parts: Parts) -> Channels:
    vault = parts.context.vault
    if vault is None:
        return channels_of([])
    with parts.context.database.jobs() as session:
        return channels_of(list_channels(session, vault))


def _origin(parts: Parts, held: HeldRules, refused: Problem | None) -> str:
    if held.written:
        return "this shop's own rules"
    if (parts.context.home / RULES_FILE).exists() and refused is None:
        return "the installation's own rules"
    return "the default rules"


def _written(held: HeldRules, names: dict[str, str], shop: VisitedShop) -> str | None:
    if held.written is None:
        return None
    by = names.get(held.written.actor, held.written.actor)
    return f"{formatting.shop_time(held.written.at, shop.timezone)} by {by}: {held.written.reason}"


def _quiet_now(rules: Rules, sight: RouteSight) -> str | None:
    until = quiet_until(rules.quiet_hours, rules.zone, sight.now)
    return formatting.shop_time(until, sight.timezone) if until else None
