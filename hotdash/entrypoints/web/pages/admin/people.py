"""Admin, people: who belongs to the shop, with which role; invited, changed and shut out by its owners."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission, Role, may
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.gate import Admission
from hotdash.entrypoints.web.managing import members_of
from hotdash.entrypoints.web.pages.admin.sections import (
    PEOPLE,
    changing,
    entered,
    nobodys,
    section_page,
    url_of,
)
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.members import Change, Invitation, InvitationError, Invited, Members
from hotdash.storage.appdb.repositories.memberships import MemberRecord, list_members
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(prefix=PEOPLE.path, include_in_schema=False)
Text = Annotated[str, Form()]
_DONE = {
    "role": "The role is changed; it holds from this moment on.",
    "removed": "This person opens the shop no more: their sessions and tokens ended here at once.",
    "sessions": "Their sessions are over; they have to sign in again.",
    "tokens": "Their sessions and API tokens are over; they sign in again and make new ones.",
    "password": "They may set a password under Account, which works without the other service.",
    "no_password": "They come in by the other service alone; their password and sessions are over.",
    "invited": "They belong to the shop now and sign in as they always do.",
}


@dataclass(frozen=True, slots=True)
class PersonView:
    user_id: UUID
    name: str
    email: str
    role: str
    is_by_rule: bool
    state: str
    seen: str
    is_me: bool
    may_get_link: bool
    may_end_sessions: bool
    may_be_allowed_password: bool
    may_be_refused_password: bool


@router.get("")
def people(request: Request, parts: PartsOf, shop: str | None = None, done: str = "") -> Response:
    visit, chosen = entered(request, parts, PEOPLE, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    return _page(request, parts, visit, chosen, done=_DONE.get(done))


@router.post("/invite")
def invite(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    email: Text = "",
    name: Text = "",
    role: Text = "",
    csrf: Text = "",
) -> Response:
    """The link stands in this answer and nowhere else."""
    return _changed(
        *(request, parts, shop, csrf, "invited"),
        lambda members: members.invite(Invitation(email, name, _role(role))),
    )


@router.post("/role")
def change_role(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    person: Text = "",
    role: Text = "",
    csrf: Text = "",
) -> Response:
    return _changed(
        *(request, parts, shop, csrf, "role"),
        lambda members: members.change(_person(person), Change(role=_role(role))),
    )


@router.post("/remove")
def remove(
    request: Request, parts: PartsOf, shop: Text = "", person: Text = "", csrf: Text = ""
) -> Response:
    return _changed(
        *(request, parts, shop, csrf, "removed"),
        lambda members: members.remove(_person(person)),
    )


@router.post("/sessions/end")
def end_sessions(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    person: Text = "",
    tokens: Text = "",
    csrf: Text = "",
) -> Response:
    return _changed(
        *(request, parts, shop, csrf, "tokens" if tokens else "sessions"),
        lambda members: members.end_sessions(_person(person), with_tokens=bool(tokens)),
    )


@router.post("/password")
def allow_password(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    person: Text = "",
    allowed: Text = "",
    csrf: Text = "",
) -> Response:
    return _changed(
        *(request, parts, shop, csrf, "password" if allowed == "yes" else "no_password"),
        lambda members: members.change(
            _person(person), Change(may_have_password=_yes_or_no(allowed))
        ),
    )


@router.post("/link")
def new_link(
    request: Request, parts: PartsOf, shop: Text = "", person: Text = "", csrf: Text = ""
) -> Response:
    return _changed(
        *(request, parts, shop, csrf, "invited"),
        lambda members: members.new_link(_person(person)),
    )


def _changed(
    request: Request,
    parts: Parts,
    shop_id: str,
    csrf: str,
    done: str,
    change: Callable[[Members], object],
) -> Response:
    """What is refused is told above the list; a link is shown at once, for it is not kept."""
    admission = changing(request, parts, Permission.MANAGE_SHOP, shop_id, csrf)
    visit, shop = admission.visit, admission.shop
    try:
        made = change(members_of(request, parts, admission))
    except HotdashError as error:
        return _page(request, parts, visit, shop, problem=problem_of(error))
    if isinstance(made, Invited) and made.link is not None:
        return _page(request, parts, visit, shop, invited=made)
    is_gone = done == "removed" and not _still_manages(parts, admission)
    return see_other("/" if is_gone else url_of(PEOPLE, shop_id, done=done))


def _still_manages(parts: Parts, admission: Admission) -> bool:
    with parts.context.database.jobs() as session:
        now = parts.context.clock.now()
        found = list_members(session, admission.shop.shop_id, now)
    own = next((each for each in found if each.user_id == admission.visit.user_id), None)
    return own is not None and may(own.role, Permission.MANAGE_SHOP)


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    *,
    problem: Problem | None = None,
    invited: Invited | None = None,
    done: str | None = None,
) -> Response:
    """Accounts are sealed to the page's role; these are of the one shop that is asked about."""
    with parts.context.database.jobs() as session:
        found = list_members(session, shop.shop_id, parts.context.clock.now())
    managed = {
        each.shop_id for each in visit.shops.values() if may(each.role, Permission.MANAGE_SHOP)
    }
    values = {
        "people": [_person_view(each, visit, managed, shop.timezone) for each in found],
        "roles": [role.value for role in Role],
        "invited": invited,
        "until": formatting.shop_time(invited.until, shop.timezone)
        if invited and invited.until
        else None,
        "done": done,
    }
    return section_page(request, parts, PEOPLE, visit, shop, values, problem)


def _person_view(
    member: MemberRecord, visit: Visit, managed: set[str], timezone: str
) -> PersonView:
    is_me = member.user_id == visit.user_id
    has_way_in = member.has_password or member.is_known_elsewhere
    is_ours = member.shops <= managed
    return PersonView(
        user_id=member.user_id,
        name=member.name or member.email,
        email=member.email,
        role=member.role.value,
        is_by_rule=member.by_rule,
        state=_state(member, timezone),
        seen=formatting.shop_time(member.last_seen_at, timezone)
        if member.last_seen_at
        else formatting.MISSING,
        is_me=is_me,
        may_get_link=not is_me and is_ours and not has_way_in and not member.is_disabled,
        may_end_sessions=not is_me and is_ours,
        may_be_allowed_password=is_ours and not member.may_have_password,
        may_be_refused_password=is_ours and member.may_have_password and member.signs_in_elsewhere,
    )


def _state(member: MemberRecord, timezone: str) -> str:
    if member.is_disabled:
        return "Shut out"
    if member.sessions:
        many = "session" if member.sessions == 1 else "sessions"
        return f"Signed in, {member.sessions} {many}"
    if member.has_password or member.is_known_elsewhere:
        return "Signed out"
    if member.link_until is not None:
        return f"Invited, link until {formatting.shop_time(member.link_until, timezone)}"
    return "No way in: make a link"


def _role(text: str) -> Role:
    if text not in set(Role):
        raise InvitationError(
            f"{text[:40]!r} is no role.", hint=f"The roles are {', '.join(Role)}.", field="role"
        )
    return Role(text)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise InvitationError(
            f"{text[:40]!r} neither allows nor refuses.",
            hint="Load the list again.",
            field="allowed",
        )
    return text == "yes"


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvitationError(
            f"{text[:40]!r} names nobody.", hint="Load the list again.", field="person"
        ) from None
