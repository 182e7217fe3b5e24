"""Admin, alert rules: a rule, the hours and the clocks changed for one shop; a channel tried."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Form
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.errors import problem_of
from hotdash.entrypoints.web.gate import Admission
from hotdash.entrypoints.web.pages.admin.alert_rules import rules_page
from hotdash.entrypoints.web.pages.admin.sections import ALERT_RULES, LONGEST, changing, url_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.alert_channels import tried_channel
from hotdash.jobs.alert_rules import RulesChange, change_rules
from hotdash.notifications.rules import Clocks, Hours, OfficeHours, Route, Rules
from hotdash.notifications.rules_file import RulesError, rules_in_force
from hotdash.notifications.shop_rules import key_of, with_route

router = APIRouter(prefix=ALERT_RULES.path, include_in_schema=False)
Text = Annotated[str, Form()]
Texts = Annotated[list[str] | None, Form()]
Part = TypeVar("Part", bound=BaseModel)
_NAMES = {
    "severities": "The severities",
    "subjects": "What it is about",
    "to": "Where it goes",
    "from": "The beginning",
    "until": "The end",
    "timezone": "The timezone",
    "blocking_answer": "The time to answer",
    "blocking_mend": "The time to mend",
    "routes": "The list of rules",
}


@router.post("/route")
def route(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    key: Text = "",
    severity: Texts = None,
    subject: Texts = None,
    to: Texts = None,
    off: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    """Without a key one more; a key that no route has is one that somebody changed meanwhile."""

    def make(rules: Rules) -> Rules:
        before = next((each for each in rules.routes if key_of(each) == key), None)
        written = {
            "severities": severity or (),
            "subjects": subject or (),
            "checks": before.checks if before else None,
            "to": tuple(each[:LONGEST] for each in to or ()),
            "off": bool(off),
        }
        return with_route(rules, key, _read(Route, written))

    return _changed(request, parts, shop, csrf, reason, "route", make)


@router.post("/hours")
def hours(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    timezone: Text = "",
    quiet_from: Text = "",
    quiet_until: Text = "",
    office_from: Text = "",
    office_until: Text = "",
    answer: Text = "",
    mend: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    def make(rules: Rules) -> Rules:
        quiet = {"from": quiet_from, "until": quiet_until} if quiet_from or quiet_until else None
        office = {"from": office_from, "until": office_until, "days": rules.office_hours.days}
        clocks = {"blocking_answer": answer.strip(), "blocking_mend": mend.strip()}
        return rules.model_copy(
            update={
                "timezone": _timezone(timezone.strip()),
                "quiet_hours": _read(Hours, quiet) if quiet else None,
                "office_hours": _read(OfficeHours, office),
                "clocks": _read(Clocks, clocks),
            }
        )

    return _changed(request, parts, shop, csrf, reason, "hours", make)


@router.post("/file")
def back_to_the_file(
    request: Request, parts: PartsOf, shop: Text = "", reason: Text = "", csrf: Text = ""
) -> Response:
    def make(rules: Rules) -> None:
        del rules

    return _changed(request, parts, shop, csrf, reason, "file", make)


@router.post("/test")
def try_delivery(
    request: Request, parts: PartsOf, shop: Text = "", channel: Text = "", csrf: Text = ""
) -> Response:
    """Told as it went: the message is on its way, or the channel's own words why it is not."""
    admission = changing(request, parts, Permission.SET_ALERT_RULES, shop, csrf)
    try:
        if parts.context.open_alerts is None:
            raise UnavailableError(
                "This server sends no messages.",
                hint=f"Try it at the machine: `hotdash alerts test {channel[:60]}`.",
            )
        actor = actor_of(admission.visit.user_id)
        refused = tried_channel(
            parts.context.open_alerts(), channel[:LONGEST], shop_id=shop, actor=actor
        )
        if refused is not None:
            raise refused
    except HotdashError as error:
        return _refused(request, parts, admission, error)
    done = f"{channel} took the message. It says that it is a test; look for it there."
    return rules_page(request, parts, admission.visit, admission.shop, done=done)


def _changed(
    request: Request,
    parts: Parts,
    shop_id: str,
    csrf: str,
    reason: str,
    part: str,
    make: Callable[[Rules], Rules | None],
) -> Response:
    admission = changing(request, parts, Permission.SET_ALERT_RULES, shop_id, csrf)
    context = parts.context
    try:
        change_rules(
            *(context.database, context.clock, rules_in_force(context.home), shop_id),
            RulesChange(part, make),
            actor=actor_of(admission.visit.user_id),
            reason=reason[:LONGEST],
        )
    except HotdashError as error:
        return _refused(request, parts, admission, error)
    return see_other(url_of(ALERT_RULES, shop_id, done=part))


def _refused(request: Request, parts: Parts, admission: Admission, error: HotdashError) -> Response:
    problem = problem_of(error)
    return rules_page(request, parts, admission.visit, admission.shop, problem=problem)


def _read(kind: type[Part], written: dict[str, Any]) -> Part:
    """In the words of the form, which has other names than the file."""
    try:
        return kind.model_validate(written)
    except ValidationError as error:
        raise _told(error.errors(include_url=False, include_context=False)[0]) from None


def _timezone(name: str) -> str:
    return _read(Rules, {"timezone": name, "routes": [{"to": ["file"]}]}).timezone


def _told(first: Any) -> RulesError:
    place: Sequence[str | int] = first["loc"]
    field = next((str(each) for each in place if each in _NAMES), "")
    said = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "too_short":
        return RulesError(
            f"{_NAMES.get(field, 'Something')}: nothing is chosen.",
            hint="Choose one at least; to tell nobody, switch the rule off.",
            field=field,
        )
    return RulesError(
        f"{_NAMES.get(field, 'These hours')} cannot be {str(first['input'])[:60]!r}.",
        hint=f"{said[:1].upper()}{said[1:]}.",
        field=field or None,
    )
