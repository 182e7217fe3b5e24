"""GET /api/v1/access/report: who read what; /api/v1/customers/{customer}: masked, or revealed with a reason."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.personal_data import PersonalData
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.access_schemas import AccessAnswer, PersonAnswer, RevealBody
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.report import access_report, today
from hotdash.governance.privacy.reveal import (
    FindIdentity,
    Reveal,
    masked_person,
    reveal_person,
)
from hotdash.storage.appdb.repositories.identity import names_of_people

_DAYS = 30
_MOST_DAYS = 400
router = APIRouter(prefix="/api/v1/access", tags=["access"])
customers = APIRouter(prefix="/api/v1/customers", tags=["access"])

Customer = Annotated[
    str, Path(description="The customer's pseudonym, as marts carry it.", max_length=200)
]
From = Annotated[date | None, Query(alias="from", description="The first day, in UTC.")]
To = Annotated[date | None, Query(description="The last day, in UTC.")]


@router.get("/report", response_model=AccessAnswer, responses=ERRORS)
def report(
    request: Request, parts: PartsOf, shop: Shop, first: From = None, to: To = None
) -> Response:
    """Who read what kind of data how often, and who looked at which fields of persons."""
    admission = parts.gate.admit(request, shop, Permission.SEE_ACCESS)
    parts.reads.write()
    last = to or today(parts.context.clock.now())
    begins = first or last - timedelta(days=min(_DAYS - 1, last.toordinal() - 1))
    if not 0 <= (last - begins).days < _MOST_DAYS or last == date.max:
        raise HotdashError(
            f"{begins} to {last} is no range that can be told.",
            hint=f"Choose at most {_MOST_DAYS} days, the first before the last.",
            field="from",
        )
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = access_report(session, shop, begins, last)
    with parts.context.database.jobs() as session:
        names = names_of_people(session)
    return json_answer({"shop": shop} | found.as_json(names))


@customers.get("/{customer}", response_model=PersonAnswer, responses=ERRORS)
def masked(request: Request, parts: PartsOf, customer: Customer, shop: Shop) -> Response:
    """Who a pseudonym stands for, masked: enough to tell two customers apart."""
    parts.gate.admit(request, shop, Permission.SEE_METRICS)
    person = masked_person(finder_of(parts), shop, customer)
    return _answer(shop, customer, person, is_masked=True)


@customers.post("/{customer}/reveal", response_model=PersonAnswer, responses=ERRORS)
def reveal(
    request: Request,
    parts: PartsOf,
    customer: Customer,
    shop: Shop,
    said: RevealBody,
    token: CsrfToken = "",
) -> Response:
    """The same in full, for whoever may; it is written down who saw what and why."""
    admission = parts.gate.admit(request, shop, Permission.REVEAL_PEOPLE)
    parts.check_form(request, token)
    user_id = admission.visit.user_id
    asked = Reveal(
        shop_id=shop,
        customer=customer,
        user_id=user_id,
        actor=actor_of(user_id),
        reason=said.reason,
        door=request.state.door,
        request_id=reference_of(request) or None,
    )
    # Nobody's personal data lies about in what is kept of requests.
    request.state.shown_once = True
    person = reveal_person(
        parts.context.database, finder_of(parts), asked, parts.context.clock.now()
    )
    return _answer(shop, customer, person, is_masked=False)


def finder_of(parts: Parts) -> FindIdentity:
    if parts.context.find_identity is None:
        raise UnavailableError(
            "This server has no way to the table of customers.",
            hint="Serve with `hotdash serve` or `hotdash up` where the warehouse lies.",
        )
    return parts.context.find_identity


def _answer(shop: str, customer: str, person: PersonalData, *, is_masked: bool) -> Response:
    answer = json_answer({"shop": shop, "customer": customer, "masked": is_masked} | asdict(person))
    answer.headers["cache-control"] = "no-store"
    return answer
