"""Coming in and going out: password, one-time link, sign-out."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web.address import client_address, local_path, see_other
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.links import redeem_link
from hotdash.governance.access.sessions import OpenedSession, close_session
from hotdash.governance.access.sign_in import TooManyFailuresError, WrongPasswordError
from hotdash.governance.access.tokens import new_token

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


@router.get("/sign-in")
def sign_in_page(request: Request, parts: PartsOf, next: str = "/") -> Response:
    if parts.gate.find_visit(request) is not None:
        return see_other(local_path(next))
    return _page(request, parts, local_path(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    parts: PartsOf,
    email: Text = "",
    password: Text = "",
    next: Text = "/",
    csrf: Text = "",
) -> Response:
    parts.check_form(request, csrf)
    address = client_address(request, parts.context)
    try:
        opened = parts.passwords.sign_in(email, password, address, parts.context.clock.now())
    except (WrongPasswordError, TooManyFailuresError) as error:
        return _page(request, parts, local_path(next), email, problem_of(error))
    return come_in(request, parts, opened, local_path(next))


@router.get("/sign-in/{token}")
def link_page(request: Request, parts: PartsOf, token: str) -> Response:
    """Asks back: whatever looks at links in passing must not use this one up."""
    values = {"token": token, "hours": parts.context.session_hours, "here": "/"}
    return parts.pages.render(request, "sign_in_link.html", values)


@router.post("/sign-in/link")
def sign_in_by_link(
    request: Request, parts: PartsOf, token: Text = "", csrf: Text = ""
) -> Response:
    parts.check_form(request, csrf)
    context = parts.context
    opened = redeem_link(
        context.database, token, now=context.clock.now(), session_lasts=context.session_lasts
    )
    return come_in(request, parts, opened, "/")


@router.post("/sign-out")
def sign_out(request: Request, parts: PartsOf, csrf: Text = "") -> Response:
    parts.check_form(request, csrf)
    token = parts.cookies.session_of(request)
    if token:
        with parts.context.database.as_user(None) as session:
            close_session(session, token)
    response = see_other("/sign-in")
    parts.cookies.drop_session(response)
    return response


def _page(
    request: Request,
    parts: Parts,
    next_address: str,
    email: str = "",
    problem: Problem | None = None,
) -> Response:
    oidc = parts.context.oidc
    values = {
        "next": next_address,
        "email": email,
        "problem": problem,
        "here": "/sign-in",
        "elsewhere": oidc.client.name if oidc else None,
    }
    status = problem.status if problem else 200
    headers = problem.headers if problem else None
    return parts.pages.render(request, "sign_in.html", values, status, headers)


def come_in(request: Request, parts: Parts, opened: OpenedSession, next_address: str) -> Response:
    """A session that this browser had before ends; its forms belong to a new visitor."""
    before = parts.cookies.session_of(request)
    if before:
        with parts.context.database.as_user(None) as session:
            close_session(session, before)
    response = see_other(next_address)
    parts.cookies.keep_session(response, opened.token)
    parts.cookies.keep_visitor(response, new_token())
    return response
