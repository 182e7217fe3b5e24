"""Admin, shops: what is connected, by which clock and in which money, and how its publication stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission, may
from hotdash.connectors.registry import registry
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.errors import Problem
from hotdash.entrypoints.web.pages.admin.connect_view import shop_fields
from hotdash.entrypoints.web.pages.admin.sections import SHOPS, entered, nobodys, section_page
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.storage.appdb.repositories.credentials import list_credentials
from hotdash.storage.appdb.repositories.publications import pointer_of
from hotdash.storage.appdb.repositories.shops import ShopRecord, list_shops
from hotdash.storage.appdb.repositories.standings import load_standings
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop
from hotdash.storage.marts import published_marts

router = APIRouter(prefix=SHOPS.path, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ShopView:
    name: str
    shop_id: str
    domain: str
    timezone: str
    currency: str
    role: str
    sources: str
    state: str
    is_well: bool
    state_note: str


@router.get("")
def shops(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit, chosen = entered(request, parts, SHOPS, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    return shops_page(request, parts, visit, chosen)


def shops_page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    problem: Problem | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    with parts.context.database.as_user(visit.user_id) as session:
        records = [each for each in list_shops(session) if each.shop_id in visit.shops]
        states = {each.shop_id: _state(session, each) for each in records}
    sources = _sources(parts, records)
    values = {
        "listed": [_shop_view(each, visit, sources[each.shop_id], states) for each in records],
        "may_connect": may(shop.role, Permission.MANAGE_SHOP)
        and parts.context.connect_shop is not None,
        "fields": shop_fields(told),
        "is_open": problem is not None,
    }
    return section_page(request, parts, SHOPS, visit, shop, values, problem)


def _shop_view(
    record: ShopRecord,
    visit: Visit,
    sources: str,
    states: dict[str, tuple[str, bool, str]],
) -> ShopView:
    state, is_well, note = states[record.shop_id]
    return ShopView(
        name=record.name,
        shop_id=record.shop_id,
        domain=record.vendor_domain,
        timezone=record.timezone,
        currency=record.currency,
        role=visit.shops[record.shop_id].role.value.capitalize(),
        sources=sources,
        state=state,
        is_well=is_well,
        state_note=note,
    )


def _sources(parts: Parts, records: list[ShopRecord]) -> dict[str, str]:
    """By their names alone: credentials are sealed to the page's role, and stay so."""
    specs = registry()
    with parts.context.database.jobs() as session:
        found = {each.shop_id: list_credentials(session, each.shop_id) for each in records}
    return {
        shop_id: formatting.listing(
            sorted(specs[vendor].title if vendor in specs else vendor for vendor in vendors)
        )
        or "none connected"
        for shop_id, vendors in found.items()
    }


def _state(session: Session, shop: ShopRecord) -> tuple[str, bool, str]:
    pointer = pointer_of(session, shop.shop_id)
    if pointer is None:
        return "Nothing published yet", False, "`hotdash run` reads the shop and publishes it."
    since = formatting.shop_time(pointer.moved_at, shop.timezone)
    if pointer.pin is not None:
        held = formatting.shop_time(pointer.pin.at, shop.timezone)
        return f"Held since {held}", False, f"Shows an older publication: {pointer.pin.reason}"
    standings = load_standings(session, [shop.shop_id], sorted(published_marts()))
    blocked = sum(each.block is not None for each in standings)
    if blocked:
        many = "mart is" if blocked == 1 else "marts are"
        return f"Published {since}", False, f"{blocked} {many} kept back by a check."
    return f"Published {since}", True, ""
