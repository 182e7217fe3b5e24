"""What a page may connect: no path and no command of the machine, nothing in the open, and never another shop's store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hotdash.base.address import is_loopback
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.connectors.contract import MissingScope
from hotdash.connectors.registry import spec_of
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.connectors.shopify.oauth import is_shop_domain
from hotdash.connectors.spec import ConnectorSpec, HeldFields
from hotdash.entrypoints.connecting import ADDRESS, connect, stored_fields
from hotdash.jobs.install_shopify import not_a_domain
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.shops import find_by_domain, find_shop, get_shop

if TYPE_CHECKING:
    from hotdash.entrypoints.wiring import Installation

CONNECTED, SHOP_CONNECTED = "connect_source", "connect_shop"
DOMAIN = "domain"


def connect_source(
    house: "Installation", vendor: str, shop_id: str, told: Mapping[str, str], *, actor: str
) -> Sequence[MissingScope]:
    """A secret left empty stays as it was; what was said at the machine stays, too."""
    spec = spec_of(vendor)
    refuse_at_the_machine(spec, shop_id)
    fields = _fields(spec, stored_fields(house, vendor, shop_id), told)
    if vendor == SHOPIFY:
        with house.database.jobs() as session:
            fields |= _reached(house, get_shop(session, shop_id).vendor_domain)
    made = connect(house, vendor, shop_id, fields, strict=False)
    _note(house, shop_id, actor, CONNECTED, vendor, sorted(told))
    return made.missing


def connect_shop(
    house: "Installation", told: Mapping[str, str], *, email: str, name: str, actor: str
) -> str:
    """Who holds a store's token and connects it owns it here; a store that is here stays whose it is."""
    domain = told.get(DOMAIN, "").strip().lower().removeprefix("https://").rstrip("/")
    if not is_shop_domain(domain):
        raise not_a_domain(domain)
    spec, shop_id = spec_of(SHOPIFY), domain.partition(".")[0]
    fields = _fields(spec, {}, told) | _reached(house, domain)
    spec.require_fields(fields)
    access = house.access_to(f"{shop_id} to be", SHOPIFY, fields)
    spec.open(replace(access, tokens=HeldFields(fields))).check()
    with house.database.jobs() as session:
        is_here = find_shop(session, shop_id) or find_by_domain(session, domain)
    if is_here:
        raise ConflictError(
            f"{domain} is connected here already.",
            hint="Ask its owner to invite you: Admin → People.",
            field=DOMAIN,
        )
    connect(house, SHOPIFY, shop_id, fields, strict=False)
    house.add_owner(email, name, [shop_id])
    _note(house, shop_id, actor, SHOP_CONNECTED, domain, sorted(told))
    return shop_id


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
    spec: ConnectorSpec, stored: Mapping[str, str], told: Mapping[str, str]
) -> dict[str, str]:
    fields = {each.name: each.default for each in spec.fields if each.default is not None}
    declared = {each.name: each for each in spec.fields}
    offered = {each.name: each for each in spec.fields if not each.at_the_machine}
    is_new_key = any(
        told[name] != stored.get(name) for name in told if name in offered and offered[name].secret
    )
    # What a vendor gave with an old key, a refresh token for instance, goes with it.
    fields |= {
        name: value
        for name, value in stored.items()
        if name in declared or name == ADDRESS or not is_new_key
    }
    for name, each in offered.items():
        value = told.get(name, "").strip()
        if value:
            fields[name] = _travels_safely(name, value)
        elif not each.secret and name in told:
            fields.pop(name, None)
    return fields


def _travels_safely(name: str, value: str) -> str:
    """A key sent to an address goes encrypted, save on this machine."""
    parts = urlsplit(value) if "://" in value and "\n" not in value else None
    if parts and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise HotdashError(
            f"{name} is not an https address.",
            hint="Give an address that begins with https://.",
            field=name,
        )
    return value


def _note(
    house: "Installation", shop_id: str, actor: str, action: str, subject: str, fields: list[str]
) -> None:
    with house.database.jobs() as session:
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action=action,
            subject=subject,
            at=house.clock.now(),
            detail={"fields": fields},
        )
