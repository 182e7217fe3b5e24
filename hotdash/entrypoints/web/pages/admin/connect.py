"""Admin: a source connected to a shop, or another shop; tried at the vendor before anything is kept."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.roles import Permission
from hotdash.connectors.registry import spec_of
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.errors import problem_of
from hotdash.entrypoints.web.pages.admin.credentials import credentials_page, entered_fields
from hotdash.entrypoints.web.pages.admin.sections import CREDENTIALS, SHOPS, changing, url_of
from hotdash.entrypoints.web.pages.admin.shops import shops_page
from hotdash.entrypoints.web.parts import PartsOf

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
Texts = Annotated[list[str] | None, Form()]


@router.post(f"{CREDENTIALS.path}/connect")
def connect_source(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    vendor: Text = "",
    field: Texts = None,
    value: Texts = None,
    csrf: Text = "",
) -> Response:
    admission = changing(request, parts, Permission.CONNECT_SOURCES, shop, csrf)
    visit, chosen = admission.visit, admission.shop
    told: dict[str, str] = {}
    try:
        told = entered_fields(field or (), value or ())
        spec_of(vendor[:60])
        if parts.context.connect_source is None:
            raise _not_here(f"hotdash connect {vendor} --shop {shop}")
        actor = actor_of(visit.user_id)
        missing = parts.context.connect_source(vendor, shop, told, actor=actor)
    except HotdashError as error:
        sent = (vendor, told)
        return credentials_page(request, parts, visit, chosen, problem=problem_of(error), sent=sent)
    if missing:
        return credentials_page(request, parts, visit, chosen, connected=vendor, missing=missing)
    return see_other(url_of(CREDENTIALS, shop, connected=vendor))


@router.post(f"{SHOPS.path}/shops/connect")
def connect_shop(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    field: Texts = None,
    value: Texts = None,
    csrf: Text = "",
) -> Response:
    """Whoever manages a shop may bring another: the store's own token proves that it is theirs."""
    admission = changing(request, parts, Permission.MANAGE_SHOP, shop, csrf)
    visit = admission.visit
    told: dict[str, str] = {}
    try:
        told = entered_fields(field or (), value or ())
        if parts.context.connect_shop is None:
            raise _not_here("hotdash connect shopify")
        brought = parts.context.connect_shop(
            told,
            email=visit.email,
            name=visit.name,
            actor=actor_of(visit.user_id),
            session_token=parts.cookies.session_of(request),
        )
    except HotdashError as error:
        return shops_page(request, parts, visit, admission.shop, problem_of(error), told)
    told_anew = {"anew": "true"} if brought.begins_anew else {}
    return see_other(url_of(CREDENTIALS, brought.shop_id, connected="shopify", **told_anew))


def _not_here(command: str) -> UnavailableError:
    return UnavailableError(
        "This server connects nothing.", hint=f"Connect it at the machine: `{command}`."
    )
