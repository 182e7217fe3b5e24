"""/api/v1/people: who belongs to a shop; invited, changed, signed out and taken out by its owners."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.decision_schemas import IdempotencyKey
from hotdash.entrypoints.web.api.people_schemas import (
    ChangeBody,
    ChangedAnswer,
    EndedSessionsAnswer,
    EndSessionsBody,
    InvitationBody,
    InvitedAnswer,
    MemberAnswer,
    PeopleAnswer,
    RemovedAnswer,
)
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.managing import members_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.members import Change, Invitation, Invited, Members
from hotdash.storage.appdb.repositories.memberships import MemberRecord, list_members

router = APIRouter(prefix="/api/v1/people", tags=["people"])
Person = Annotated[UUID, Path(description="The person, by their id.")]


@router.get("", response_model=PeopleAnswer, responses=ERRORS)
def people(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """Who belongs to a shop, with which role and which ways in, by name."""
    parts.gate.admit(request, shop, Permission.MANAGE_SHOP)
    return _private({"shop": shop, "people": [_document(each) for each in _list(parts, shop)]})


@router.get("/{person}", response_model=MemberAnswer, responses=ERRORS)
def one(request: Request, parts: PartsOf, person: Person, shop: Shop) -> Response:
    """One of them."""
    parts.gate.admit(request, shop, Permission.MANAGE_SHOP)
    for each in _list(parts, shop):
        if each.user_id == person:
            return _private({"shop": shop, "person": _document(each)})
    raise NotFoundError(
        "This person does not belong to the shop.",
        hint="GET /api/v1/people lists who does.",
        field="person",
    )


@router.post("", response_model=InvitedAnswer, responses=ERRORS)
def invite(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    asked: InvitationBody,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """Let somebody in; the link is in this answer and nowhere else, and no mail is sent."""
    del key
    members = _managing(request, parts, shop, token)
    made = members.invite(Invitation(asked.email, asked.name, asked.role))
    return _invited(request, shop, made)


@router.patch("/{person}", response_model=ChangedAnswer, responses=ERRORS)
def change(
    request: Request,
    parts: PartsOf,
    person: Person,
    shop: Shop,
    asked: ChangeBody,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """Give another role, or allow or refuse a password; it holds from the next request on."""
    del key
    members = _managing(request, parts, shop, token)
    role = members.change(person, Change(asked.role, asked.may_have_password))
    return json_answer({"shop": shop, "person": str(person), "role": role.value})


@router.delete("/{person}", response_model=RemovedAnswer, responses=ERRORS)
def remove(
    request: Request,
    parts: PartsOf,
    person: Person,
    shop: Shop,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """Take somebody out of the shop, with their tokens there; the last owner stays."""
    del key
    _managing(request, parts, shop, token).remove(person)
    return json_answer({"shop": shop, "person": str(person), "removed": True})


@router.post("/{person}/sessions/end", response_model=EndedSessionsAnswer, responses=ERRORS)
def end_sessions(
    request: Request,
    parts: PartsOf,
    person: Person,
    shop: Shop,
    asked: EndSessionsBody,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """End their sessions and links, and when asked their tokens; they sign in again."""
    del key
    members = _managing(request, parts, shop, token)
    ended = members.end_sessions(person, with_tokens=asked.tokens)
    told = {"sessions": ended.sessions, "tokens": ended.tokens}
    return json_answer({"shop": shop, "person": str(person)} | told)


@router.post("/{person}/link", response_model=InvitedAnswer, responses=ERRORS)
def new_link(
    request: Request,
    parts: PartsOf,
    person: Person,
    shop: Shop,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """A new invitation link for somebody who has no way in yet; the one before is void."""
    del key
    made = _managing(request, parts, shop, token).new_link(person)
    return _invited(request, shop, made)


def _managing(request: Request, parts: Parts, shop: str, token: str) -> Members:
    admission = parts.gate.admit(request, shop, Permission.MANAGE_SHOP)
    parts.check_form(request, token)
    return members_of(request, parts, admission)


def _list(parts: Parts, shop: str) -> list[MemberRecord]:
    """Accounts are sealed to the page's role; these are of the one shop that is asked about."""
    with parts.context.database.jobs() as session:
        return list_members(session, shop, parts.context.clock.now())


def _invited(request: Request, shop: str, made: Invited) -> Response:
    request.state.shown_once = made.link is not None
    return _private(
        {
            "shop": shop,
            "person": str(made.user_id),
            "role": made.role.value,
            "link": made.link,
            "until": iso_utc(made.until) if made.until else None,
        }
    )


def _private(document: dict[str, Any]) -> Response:
    answer = json_answer(document)
    answer.headers["cache-control"] = "no-store"
    return answer


def _document(each: MemberRecord) -> dict[str, Any]:
    """Not which other shops they belong to: that is nobody's business here."""
    return {
        "person": str(each.user_id),
        "email": each.email,
        "name": each.name,
        "role": each.role.value,
        "by_rule": each.by_rule,
        "since": iso_utc(each.since),
        "has_password": each.has_password,
        "may_have_password": each.may_have_password,
        "signs_in_elsewhere": each.signs_in_elsewhere,
        "disabled": each.is_disabled,
        "sessions": each.sessions,
        "last_seen_at": iso_utc(each.last_seen_at) if each.last_seen_at else None,
        "link_until": iso_utc(each.link_until) if each.link_until else None,
    }
