"""The signed-in person's own account: which shops, and the password."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.web.address import client_address, see_other
from hotdash.entrypoints.web.errors import Problem, problem_of, reference_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.governance.access.passwords import MINIMUM_LENGTH
from hotdash.governance.access.sign_in import NewPassword
from hotdash.storage.appdb.repositories.sign_in import may_have_password
from hotdash.storage.appdb.repositories.visits import Visit

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


@router.get("/account")
def account_page(request: Request, parts: PartsOf, saved: bool = False) -> Response:
    return _page(request, parts, parts.gate.visit(request), saved=saved)


@router.post("/account/password")
def change_password(
    request: Request,
    parts: PartsOf,
    current: Text = "",
    new: Text = "",
    tokens: Text = "",
    csrf: Text = "",
) -> Response:
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    wanted = NewPassword(
        user_id=visit.user_id,
        email=visit.email,
        current=current if visit.has_password else None,
        new=new,
        session_token=parts.cookies.session_of(request) or "",
        ends_tokens=bool(tokens),
        request_id=reference_of(request) or None,
    )
    address = client_address(request, parts.context)
    try:
        parts.passwords.change(wanted, address, parts.context.clock.now())
    except HotdashError as error:
        return _page(request, parts, visit, problem=problem_of(error))
    return see_other("/account?saved=true")


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    *,
    saved: bool = False,
    problem: Problem | None = None,
) -> Response:
    with parts.context.database.as_user(visit.user_id) as session:
        may_have_one = may_have_password(session)
    values = {
        **top_bar(visit),
        "may_have_password": may_have_one,
        "saved": saved,
        "problem": problem,
        "minimum": MINIMUM_LENGTH,
        "here": "/account",
    }
    status = problem.status if problem else 200
    return parts.pages.render(request, "account.html", values, status)
