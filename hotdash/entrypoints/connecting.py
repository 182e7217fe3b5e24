"""Credentials are tried at the vendor before they are kept; what they do not open is said, with its cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hotdash.base.errors import ForbiddenError, HotdashError, NotFoundError
from hotdash.base.logging import get_logger
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Connector, MissingScope, Rows
from hotdash.connectors.files.connector import VENDOR as FILES
from hotdash.connectors.registry import spec_of
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.connectors.shopify.spec import client_of
from hotdash.connectors.shopify.subscriptions import Subscriptions, ensure_subscriptions
from hotdash.connectors.shopify.tables import SHOPS
from hotdash.connectors.shopify.webhooks import ShopifyWebhooks
from hotdash.connectors.spec import ADDRESS_OF_PAGE, ConnectorSpec, HeldFields
from hotdash.jobs.install_shopify import webhook_url
from hotdash.jobs.leave_source import leave_source
from hotdash.jobs.secret_ends import RENEWS
from hotdash.jobs.secret_overlap import with_secret_before
from hotdash.storage.appdb.repositories import audit, credentials, shops

if TYPE_CHECKING:
    from hotdash.entrypoints.wiring import Installation

RENEWED = "renew_credentials"
ADDRESS = "base_url"
_log = get_logger(__name__)


@dataclass(frozen=True)
class Connected:
    """What was kept; `missing` are the scopes it goes without."""

    shop_id: str
    vendor: str
    missing: Sequence[MissingScope]
    is_new_shop: bool = False
    webhooks: Subscriptions | None = None


class MissingScopesError(ForbiddenError):
    code = "missing_scopes"


def connect(
    house: "Installation", vendor: str, shop_id: str, fields: Mapping[str, str], *, strict: bool
) -> Connected:
    """A vendor that refuses the credentials raises its own error, and nothing is kept."""
    spec = spec_of(vendor)
    spec.require_fields(fields)
    is_new_shop = shop_id not in known_shops(house)
    if is_new_shop and vendor not in (SHOPIFY, FILES):
        raise _unknown_shop(house, shop_id)
    held = HeldFields(fields)
    connector = spec.open(replace(house.access_to(shop_id, vendor, fields), tokens=held))
    missing = connector.check()
    if missing and strict:
        raise _too_little(spec.title, missing)
    # A token that was renewed by being tried is the one that works from now on.
    kept = _with_secret_before(house, spec, shop_id, held.fields)
    if vendor == SHOPIFY:
        house.save_shop(shop_id, kept)
        return Connected(shop_id, vendor, missing, is_new_shop, subscribed(house, shop_id, held))
    if is_new_shop:
        _save_shop_of_loader(house, shop_id, connector)
    keep(house, vendor, shop_id, kept)
    return Connected(shop_id, vendor, missing, is_new_shop)


def _with_secret_before(
    house: "Installation", spec: ConnectorSpec, shop_id: str, fields: Mapping[str, str]
) -> dict[str, str]:
    stored = stored_fields(house, spec.vendor, shop_id)
    signed_by = spec.webhooks.secret_field if spec.webhooks else None
    return with_secret_before(signed_by, stored, fields, house.clock.now())


def renew(
    house: "Installation", vendor: str, shop_id: str, secrets: Mapping[str, str], *, actor: str
) -> Sequence[MissingScope]:
    """New secrets in place of the old ones, everything else as it was; the vendor is asked first."""
    spec, stored = spec_of(vendor), stored_fields(house, vendor, shop_id)
    if not stored:
        raise NotFoundError(
            f"{spec.title} of {shop_id} is not connected.",
            hint=f"Connect it first: `hotdash connect {vendor} --shop {shop_id}`.",
            field="vendor",
        )
    known = {each.name: each.secret for each in spec.fields}
    told = {name: secret for name, secret in secrets.items() if known.get(name) and secret.strip()}
    if not told:
        raise HotdashError(
            "Nothing new was entered.",
            hint="Enter the secret that the vendor gave.",
            field="vendor",
        )
    check_of_page(house, spec, stored, told)
    fields = {**kept_beside(spec, stored, told), **told}
    made = connect(house, vendor, shop_id, fields, strict=False)
    with house.database.jobs() as session:
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action=RENEWED,
            subject=vendor,
            at=house.clock.now(),
            detail={"fields": sorted(told)},
        )
    return made.missing


def kept_beside(
    spec: ConnectorSpec, stored: Mapping[str, str], told: Mapping[str, str]
) -> dict[str, str]:
    """What a vendor gave with an old key, a refresh token for instance, goes with it; so does its end."""
    is_new_key = any(
        told.get(each.name) and told[each.name] != stored.get(each.name)
        for each in spec.fields
        if each.ends_tokens
    )
    lasting = {each.name for each in spec.fields} | {ADDRESS, ADDRESS_OF_PAGE}
    kept = {name: value for name, value in stored.items() if name in lasting or not is_new_key}
    is_changed = any(value != stored.get(name) for name, value in told.items())
    if is_changed and RENEWS not in kept:
        kept.pop(credentials.EXPIRES_AT, None)
    return kept


def check_of_page(
    house: "Installation", spec: ConnectorSpec, stored: Mapping[str, str], told: Mapping[str, str]
) -> None:
    for each in spec.fields:
        if each.check_of_page and told.get(each.name):
            each.check_of_page(told[each.name], stored.get(each.name, ""), house.reach_of_page)


def subscribed(house: "Installation", shop_id: str, held: HeldFields) -> Subscriptions | None:
    """Without a secret to check them by, or an address they could reach, there are no webhooks."""
    access = replace(house.access_to(shop_id, SHOPIFY, held.fields), tokens=held)
    address = house.settings.base_url
    if not access.fields.get(ShopifyWebhooks().secret_field) or not address.startswith("https://"):
        return None
    try:
        return ensure_subscriptions(client_of(access), webhook_url(address))
    except HotdashError as error:
        _log.warning("webhooks_not_subscribed", shop_id=shop_id, error=str(error))
        return None


def _save_shop_of_loader(house: "Installation", shop_id: str, connector: Connector) -> None:
    """Who the shop is stands in the tables that another loader keeps; it is told before all else."""
    for event in connector.read(None, SilentProgress()):
        if isinstance(event, Rows) and event.table == SHOPS:
            [row] = event.data.to_pylist()
            with house.database.jobs() as session:
                shops.save_shop(
                    session,
                    shop_id=shop_id,
                    name=row["name"],
                    vendor_domain=row["domain"],
                    timezone=row["iana_timezone"],
                    currency=row["currency"],
                )
            return
    raise NotFoundError(
        f"The loader's tables do not say who the shop {shop_id} is.",
        hint="Let the loader sync the table of the shop, with one row in it.",
    )


def keep(house: "Installation", vendor: str, shop_id: str, fields: Mapping[str, str]) -> None:
    """Without a question to the vendor."""
    with house.database.jobs() as session:
        credentials.enter_credential(session, house.vault, shop_id, vendor, fields)


def disconnect(house: "Installation", vendor: str, shop_id: str, *, actor: str) -> None:
    if not leave_source(house.alerts, shop_id, vendor, actor=actor):
        raise NotFoundError(
            f"{vendor} of {shop_id} is not connected.",
            hint="`hotdash credentials list` shows what is.",
        )


def stored_fields(house: "Installation", vendor: str, shop_id: str) -> Mapping[str, str]:
    with house.database.jobs() as session:
        found = credentials.find_credential(session, house.vault, shop_id, vendor)
    return found or {}


def known_shops(house: "Installation") -> list[str]:
    with house.database.jobs() as session:
        return [shop.shop_id for shop in shops.list_shops(session)]


def connected_shops(house: "Installation") -> dict[str, list[str]]:
    """Per vendor the shops that have it."""
    found: dict[str, list[str]] = {}
    with house.database.jobs() as session:
        for shop in shops.list_shops(session):
            for vendor in credentials.list_credentials(session, shop.shop_id):
                found.setdefault(vendor, []).append(shop.shop_id)
    return found


def _unknown_shop(house: "Installation", shop_id: str) -> NotFoundError:
    known = ", ".join(known_shops(house))
    return NotFoundError(
        f"There is no shop {shop_id!r}.",
        hint=f"The shops here are {known}."
        if known
        else "Connect the shop itself first: `hotdash connect shopify`.",
        field="shop",
    )


def _too_little(title: str, missing: Sequence[MissingScope]) -> MissingScopesError:
    told = "; ".join(f"{each.scope}: without it nothing of {each.costs}" for each in missing)
    return MissingScopesError(
        f"{title} accepts the credentials, but scopes are missing: {told}.",
        hint="Nothing was stored. Grant them and connect again, or leave out --strict.",
    )
