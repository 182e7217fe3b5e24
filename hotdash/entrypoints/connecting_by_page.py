"""What a page may connect: no path and no command of the machine, nothing in the open, and never another shop's store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
from sqlalchemy.orm import Session

from hotdash.base.address import is_loopback
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.base.reach import Reach
from hotdash.connectors.contract import MissingScope
from hotdash.connectors.registry import spec_of
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.connectors.shopify.oauth import is_shop_domain
from hotdash.connectors.spec import (
    ADDRESS_OF_PAGE,
    ConnectorSpec,
    CredentialField,
    HeldFields,
)
from hotdash.entrypoints.connecting import (
    ADDRESS,
    check_of_page,
    connect,
    kept_beside,
    stored_fields,
    subscribed,
)
from hotdash.governance.access.further_shops import Brought, GivenShops, Giving
from hotdash.governance.access.owner import make_owner
from hotdash.jobs.install_shopify import not_a_domain
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.shops import (
    find_by_domain,
    find_shop,
    get_shop,
    hold_shop,
)

if TYPE_CHECKING:
    from hotdash.entrypoints.wiring import Installation

CONNECTED, SHOP_CONNECTED = "connect_source", "connect_shop"
DOMAIN = "domain"


def connect_source(
    house: "Installation", vendor: str, shop_id: str, told: Mapping[str, str], *, actor: str
) -> Sequence[MissingScope]:
    """A secret left empty stays as it was, save at another address; what was said at the machine stays, too."""
    spec = spec_of(vendor)
    refuse_at_the_machine(spec, shop_id)
    fields = _fields(house, spec, stored_fields(house, vendor, shop_id), told)
    if vendor == SHOPIFY:
        with house.database.jobs() as session:
            fields |= _reached(house, get_shop(session, shop_id).vendor_domain)
    made = connect(house, vendor, shop_id, fields, strict=False)
    _note(house, shop_id, actor, CONNECTED, vendor, sorted(told))
    return made.missing


def connect_shop(
    house: "Installation",
    told: Mapping[str, str],
    *,
    email: str,
    name: str,
    actor: str,
    session_token: str | None = None,
) -> Brought:
    """Who holds a store's token and connects it owns it here; a store that is here stays whose it is."""
    domain = told.get(DOMAIN, "").strip().lower().removeprefix("https://").rstrip("/")
    if not is_shop_domain(domain):
        raise not_a_domain(domain)
    spec, shop_id = spec_of(SHOPIFY), domain.partition(".")[0]
    fields = _fields(house, spec, {}, told) | _reached(house, domain)
    spec.require_fields(fields)
    access = house.access_to(f"{shop_id} to be", SHOPIFY, fields)
    held = HeldFields(fields)
    spec.open(replace(access, tokens=held)).check()

    def require_new(session: Session, named: str) -> None:
        """Asked under a lock: of two who bring it at once one owns it."""
        hold_shop(session, shop_id)
        known = (find_by_domain(session, each) for each in (domain, named))
        if find_shop(session, shop_id) or any(known):
            raise _is_here(domain)

    owners: list[GivenShops] = []

    def give(session: Session) -> None:
        giving = Giving(actor, house.clock.now(), kept=session_token)
        owner = make_owner(session, email=email, name=name, shop_ids=[shop_id], giving=giving)
        owners.append(owner)
        _add_event(house, session, shop_id, actor, SHOP_CONNECTED, domain, sorted(told))

    with house.database.jobs() as session:
        require_new(session, domain)
    house.save_shop(shop_id, held.fields, prepare=require_new, finish=give)
    subscribed(house, shop_id, held)
    return Brought(shop_id, any(each.begins_anew for each in owners))


def _is_here(domain: str) -> ConflictError:
    return ConflictError(
        f"{domain} is connected here already.",
        hint="Ask its owner to invite you: Admin → People.",
        field=DOMAIN,
    )


def _reached(house: "Installation", domain: str) -> dict[str, str]:
    """Where the installation says that stores are reached, which is Shopify itself unless it names another."""
    app = house.shopify_app
    return app.fields_for(domain) if app else {DOMAIN: domain}


def refuse_at_the_machine(spec: ConnectorSpec, shop_id: str) -> None:
    if spec.is_at_the_machine:
        raise HotdashError(
            f"{spec.title} is connected at the machine, for it names files or a database there.",
            hint=f"Run `hotdash connect {spec.vendor} --shop {shop_id}`.",
            field="vendor",
        )


def _fields(
    house: "Installation",
    spec: ConnectorSpec,
    stored: Mapping[str, str],
    told: Mapping[str, str],
) -> dict[str, str]:
    offered = {each.name: each for each in spec.fields if not each.at_the_machine}
    said = {name: told[name].strip() for name in told if name in offered}
    check_of_page(house, spec, stored, said)
    moved = [
        each
        for each in offered.values()
        if each.is_address and each.name in said and _leads(each, said) != _leads(each, stored)
    ]
    fields = {each.name: each.default for each in spec.fields if each.default is not None}
    fields |= kept_beside(spec, stored, said)
    if moved:
        fields = _without_secrets(spec, fields, said, moved[0].name) | {ADDRESS_OF_PAGE: "yes"}
    for name, value in said.items():
        if value:
            fields[name] = value
        elif not offered[name].secret:
            fields.pop(name, None)
    for each in moved:
        _require_private_way(each.name, fields.get(each.name, ""), house.reach_of_page)
    return fields


def _leads(field: CredentialField, fields: Mapping[str, str]) -> str:
    return (fields.get(field.name) or field.usual).rstrip("/")


def _without_secrets(
    spec: ConnectorSpec, fields: Mapping[str, str], said: Mapping[str, str], address: str
) -> dict[str, str]:
    """They were entered for the old address; what the new one gets is entered by who has it."""
    for each in spec.fields:
        if each.secret and each.required and fields.get(each.name) and not said.get(each.name):
            raise HotdashError(
                f"{address} is another than before, and the stored {each.name} is not sent there.",
                hint=f"Enter {each.name} ({each.label}) anew along with the address.",
                field=each.name,
            )
    open_fields = {each.name for each in spec.fields if not each.secret} | {ADDRESS}
    return {name: value for name, value in fields.items() if name in open_fields}


def _require_private_way(name: str, value: str, reach: Reach) -> None:
    """A key sent to an address goes encrypted, save to a simulator on this machine."""
    if not value:
        return
    try:
        url = httpx.URL(value)
        is_fit = url.scheme == "https" and bool(url.host)
        is_fit |= reach is Reach.PUBLIC_OR_LOOPBACK and is_loopback(url.host)
    except httpx.InvalidURL:
        is_fit = False
    if not is_fit:
        raise HotdashError(
            f"{name} is not an https address.",
            hint="Give an address that begins with https://.",
            field=name,
        )


def _note(
    house: "Installation", shop_id: str, actor: str, action: str, subject: str, fields: list[str]
) -> None:
    with house.database.jobs() as session:
        _add_event(house, session, shop_id, actor, action, subject, fields)


def _add_event(
    house: "Installation",
    session: Session,
    shop_id: str,
    actor: str,
    action: str,
    subject: str,
    fields: list[str],
) -> None:
    audit.add_event(
        session,
        shop_id=shop_id,
        actor=actor,
        action=action,
        subject=subject,
        at=house.clock.now(),
        detail={"fields": fields},
    )
