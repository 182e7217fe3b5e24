"""GET /customers: who buys, and who an order, a conversation or a customer key stands for, masked; POST shows one value, with a reason."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError
from hotdash.base.personal_data import PersonalData
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.api.access import finder_of
from hotdash.entrypoints.web.errors import Problem, problem_of, reference_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.customer_list import (
    PATH,
    CustomerListView,
    OrderRow,
    customer_list,
    order_rows,
)
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.governance.privacy.reveal import Reveal, masked_person, reveal_person
from hotdash.insights.people.customers import MOST_ORDERS, Sort
from hotdash.insights.people.pseudonyms import About, Asked, pseudonym_of
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(prefix=PATH, include_in_schema=False)
Text = Annotated[str, Form()]
TITLES = {"email": "E-mail", "first_name": "First name", "last_name": "Last name"}
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class ValueView:
    name: str
    title: str
    value: str
    is_in_full: bool


def customer_url(shop_id: str, about: About, number: str) -> str:
    """Where lists lead that name an order, a conversation or a customer."""
    return f"{PATH}?{urlencode({'shop': shop_id, 'about': about.value, 'number': number})}"


@router.get("")
def customers(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    about: str = About.ORDER,
    number: str = "",
    sort: str = Sort.REVENUE,
    cursor: str | None = None,
) -> Response:
    """Without a number all of them; with one who is behind it."""
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    if not number:
        return _everybody(request, parts, visit, chosen, sort, cursor)
    try:
        key = _key(parts, visit, chosen.shop_id, about, number)
        person = masked_person(finder_of(parts), chosen.shop_id, key)
    except HotdashError as error:
        return _page(request, parts, visit, chosen, about, number, problem=problem_of(error))
    return _page(request, parts, visit, chosen, about, number, person=person)


@router.post("/reveal")
def reveal(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    about: Text = "",
    number: Text = "",
    field: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    """One value, in this answer and nowhere else; that it was shown is written down before."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    chosen = shop_of(visit, shop, Permission.REVEAL_PEOPLE)
    try:
        asked = Reveal(
            shop_id=shop,
            customer=_key(parts, visit, shop, about, number),
            user_id=visit.user_id,
            actor=actor_of(visit.user_id),
            reason=reason[:LONGEST_REASON],
            door=request.state.door,
            request_id=reference_of(request) or None,
            field=field,
        )
        find, now = finder_of(parts), parts.context.clock.now()
        person = reveal_person(parts.context.database, find, asked, now)
    except HotdashError as error:
        return _page(request, parts, visit, chosen, about, number, problem=problem_of(error))
    return _page(
        *(request, parts, visit, chosen, about, number),
        person=person,
        in_full={field},
        reason=asked.reason,
    )


def _everybody(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    sort: str,
    cursor: str | None,
) -> Response:
    try:
        with parts.context.database.as_user(visit.user_id) as session:
            listed = customer_list(session, shop, sort, cursor)
    except HotdashError as error:
        return _page(request, parts, visit, shop, About.ORDER, "", problem=problem_of(error))
    return _page(request, parts, visit, shop, About.ORDER, "", listed=listed)


def _key(parts: Parts, visit: Visit, shop_id: str, about: str, number: str) -> str:
    asked = Asked.parse(about, number)
    with parts.context.database.as_user(visit.user_id) as session:
        return pseudonym_of(session, shop_id, asked)


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    about: str,
    number: str,
    *,
    person: PersonalData | None = None,
    in_full: Collection[str] = (),
    reason: str = "",
    problem: Problem | None = None,
    listed: CustomerListView | None = None,
) -> Response:
    orders: Sequence[OrderRow] = ()
    if about == About.CUSTOMER and number:
        with parts.context.database.as_user(visit.user_id) as session:
            orders = order_rows(session, shop, number)
    values = top_bar(visit) | {
        "shop": shop,
        "about": about,
        "number": number,
        "abouts": list(About),
        "values": _values(person, in_full) if person else None,
        "in_full": [TITLES[name] for name in in_full],
        "reason": reason,
        "may_reveal": may(shop.role, Permission.REVEAL_PEOPLE),
        "longest_reason": LONGEST_REASON,
        "problem": problem,
        "listed": listed,
        "orders": orders,
        "most_orders": MOST_ORDERS,
        "every_customer_url": f"{PATH}?{urlencode({'shop': shop.shop_id})}",
    }
    return parts.pages.render(request, "customers.html", values, problem.status if problem else 200)


def _values(person: PersonalData, in_full: Collection[str]) -> list[ValueView]:
    """What the shop does not know is not there."""
    return [
        ValueView(name, TITLES[name], str(value), name in in_full)
        for name, value in asdict(person).items()
        if value
    ]
