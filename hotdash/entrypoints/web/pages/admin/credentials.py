"""Admin, credentials: what is kept to read each vendor with, whether it still opens, until when; renewed, never shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import parse_iso
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.roles import Permission
from hotdash.connectors.contract import MissingScope
from hotdash.connectors.registry import registry
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.connectors.spec import ConnectorSpec
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.pages.admin.connect_view import (
    FieldView,
    connect_views,
    field_view,
)
from hotdash.entrypoints.web.pages.admin.sections import (
    CREDENTIALS,
    changing,
    entered,
    nobodys,
    section_page,
    url_of,
)
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.at_work import has_worker
from hotdash.storage.appdb.repositories.credentials import (
    CredentialOverview,
    find_credential,
    overview,
)
from hotdash.storage.appdb.repositories.shops import get_shop
from hotdash.storage.appdb.repositories.source_states import (
    SourceStateRecord,
    State,
    source_state,
)
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(prefix=CREDENTIALS.path, include_in_schema=False)
Text = Annotated[str, Form()]
Texts = Annotated[list[str] | None, Form()]
SOON = timedelta(days=14)
LONGEST_SECRET = 20_000
NOTHING_SENT: tuple[str, Mapping[str, str]] = ("", {})


@dataclass(frozen=True, slots=True)
class CredentialView:
    vendor: str
    title: str
    state: str
    is_well: bool
    note: str
    since: str
    ends: str
    made_of: str
    secrets: tuple[FieldView, ...]
    consent_url: str | None


@router.get("")
def credentials(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    renewed: str = "",
    connected: str = "",
    anew: bool = False,
    source: str = "",
) -> Response:
    """With a source in the address its form stands open."""
    visit, chosen = entered(request, parts, CREDENTIALS, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    shown = (source, dict[str, str]())
    return credentials_page(
        request, parts, visit, chosen, renewed=renewed, connected=connected, anew=anew, sent=shown
    )


@router.post("/renew")
def renew(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    vendor: Text = "",
    field: Texts = None,
    secret: Texts = None,
    csrf: Text = "",
) -> Response:
    """Tried at the vendor first; what it refuses changes nothing."""
    admission = changing(request, parts, Permission.CONNECT_SOURCES, shop, csrf)
    visit, chosen = admission.visit, admission.shop
    try:
        told = entered_fields(field or (), secret or ())
        missing = _renewed(parts, visit, shop, vendor, told)
    except HotdashError as error:
        return credentials_page(request, parts, visit, chosen, problem=problem_of(error))
    if missing:
        return credentials_page(request, parts, visit, chosen, renewed=vendor, missing=missing)
    return see_other(url_of(CREDENTIALS, shop, renewed=vendor))


def _renewed(
    parts: Parts, visit: Visit, shop_id: str, vendor: str, told: Mapping[str, str]
) -> Sequence[MissingScope]:
    spec = registry().get(vendor)
    if spec is None or spec.is_at_the_machine:
        raise HotdashError(
            f"{vendor[:40]!r} is not renewed here.",
            hint=f"Renew it at the machine: `hotdash connect VENDOR --shop {shop_id}`.",
            field="vendor",
        )
    if parts.context.renew_credential is None:
        raise UnavailableError(
            "This server renews no credentials.",
            hint=f"Renew it at the machine: `hotdash connect {vendor} --shop {shop_id}`.",
        )
    actor = actor_of(visit.user_id)
    return parts.context.renew_credential(vendor, shop_id, told, actor=actor)


def entered_fields(fields: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    """By the name of the field; the values are in no message, whatever is wrong with them."""
    if len(fields) != len(values) or any(len(each) > LONGEST_SECRET for each in values):
        raise HotdashError(
            "This form is not complete, or something in it is too long.",
            hint="Open the page again and enter everything as the vendor shows it.",
            field="secret",
        )
    return {name: each.strip() for name, each in zip(fields, values, strict=True)}


def credentials_page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    *,
    problem: Problem | None = None,
    renewed: str = "",
    connected: str = "",
    anew: bool = False,
    missing: Sequence[MissingScope] = (),
    sent: tuple[str, Mapping[str, str]] = NOTHING_SENT,
) -> Response:
    now, vault = parts.context.clock.now(), parts.context.vault
    if vault is None:
        raise UnavailableError(
            "This server has no key to the credentials.", hint="Serve with `hotdash serve`."
        )
    with parts.context.database.jobs() as session:
        domain = get_shop(session, shop.shop_id).vendor_domain
        found = [
            (each, source_state(session, shop.shop_id, each.vendor))
            for each in overview(session, vault, (shop.shop_id,))
        ]
        stored = {
            each.vendor: find_credential(session, vault, shop.shop_id, each.vendor) or {}
            for each, _ in found
            if each.fields is not None
        }
        is_served = has_worker(session, now)
    consent_url = f"/connect/shopify?shop={domain}" if parts.install else None
    views = [_view(each, state, shop, now, consent_url) for each, state in found]
    titles = {vendor: spec.title for vendor, spec in registry().items()}
    values = {
        "credentials": views,
        "connected": titles.get(connected) if connected in stored else None,
        "connected_vendor": connected,
        "begins_anew": anew and not visit.has_password,
        "is_served": is_served,
        "connect": connect_views(stored, *sent) if parts.context.connect_source else [],
        "at_the_machine": [
            spec
            for vendor, spec in registry().items()
            if spec.is_at_the_machine and vendor not in stored
        ],
        "renewed": next((each.title for each in views if each.vendor == renewed), None),
        "missing": missing,
        "may_renew": parts.context.renew_credential is not None,
    }
    return section_page(request, parts, CREDENTIALS, visit, shop, values, problem)


def _view(
    record: CredentialOverview,
    state: SourceStateRecord | None,
    shop: VisitedShop,
    now: datetime,
    consent_url: str | None,
) -> CredentialView:
    spec = registry().get(record.vendor)
    word, is_well, note = _state(record, state, now)
    return CredentialView(
        vendor=record.vendor,
        title=spec.title if spec else record.vendor,
        state=word,
        is_well=is_well,
        note=note,
        since=formatting.shop_time(record.since, shop.timezone),
        ends=_ends(record, shop.timezone),
        made_of=_made_of(record),
        secrets=_secrets(spec),
        consent_url=consent_url if record.vendor == SHOPIFY else None,
    )


def _state(
    record: CredentialOverview, state: SourceStateRecord | None, now: datetime
) -> tuple[str, bool, str]:
    """A token that a vendor renews by itself may run out any minute; that it is refused is what counts."""
    if record.fields is None:
        return (
            "No key opens it",
            False,
            "Enter it anew, or bring back the key file it was sealed with.",
        )
    if state is not None and not state.is_entered_anew:
        if state.state is State.REJECTED:
            return "Refused by the vendor", False, state.hint or state.reason or ""
        if state.state is State.FAILING:
            return "Does not answer", False, state.reason or ""
    ends = _moment(record)
    if ends is not None and ends <= now:
        return "Over", False, "It is renewed with the next run where the vendor allows that."
    if ends is not None and ends <= now + SOON and "refresh_token" not in record.fields:
        return "Ends soon", False, "Renew it before the day."
    return "Open", True, ""


def _moment(record: CredentialOverview) -> datetime | None:
    try:
        return parse_iso(record.expires_at) if record.expires_at else None
    except ValueError:
        return None


def _ends(record: CredentialOverview, timezone: str) -> str:
    ends = _moment(record)
    return formatting.shop_time(ends, timezone) if ends else "no end is known"


def _made_of(record: CredentialOverview) -> str:
    """The fields by name, none by value."""
    if record.fields is None:
        return formatting.MISSING
    return ", ".join(name.replace("_", " ") for name in record.fields)


def _secrets(spec: ConnectorSpec | None) -> tuple[FieldView, ...]:
    if spec is None or spec.is_at_the_machine:
        return ()
    return tuple(field_view(each) for each in spec.fields if each.secret)
