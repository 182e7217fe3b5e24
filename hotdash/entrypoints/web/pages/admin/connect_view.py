"""The form of each source, made of what its connector says it needs; what is secret is never in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotdash.connectors.registry import registry
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.connectors.spec import ConnectorSpec, CredentialField
from hotdash.entrypoints.web import formatting

_FILE_OF_A_KEY = "_json"
DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class FieldView:
    name: str
    label: str
    help: str
    is_secret: bool
    is_file: bool
    is_required: bool
    value: str


@dataclass(frozen=True, slots=True)
class ConnectView:
    vendor: str
    title: str
    brings: str
    needed: tuple[FieldView, ...]
    more: tuple[FieldView, ...]
    is_connected: bool
    is_open: bool


def connect_views(
    stored: Mapping[str, Mapping[str, str]], opened: str, told: Mapping[str, str]
) -> list[ConnectView]:
    """Those that are not connected first; what somebody just entered stands in the one they sent."""
    views = [
        _view(spec, stored.get(vendor), told if vendor == opened else {}, is_open=vendor == opened)
        for vendor, spec in registry().items()
        if not spec.is_at_the_machine and spec.fields
    ]
    return sorted(views, key=lambda each: each.is_connected)


def shop_fields(told: Mapping[str, str]) -> tuple[FieldView, ...]:
    return _fields(registry()[SHOPIFY].fields, {}, told, is_connected=False)


def field_view(
    each: CredentialField, value: str = "", *, is_required: bool | None = None
) -> FieldView:
    return FieldView(
        name=each.name,
        label=f"{each.label[:1].upper()}{each.label[1:]}",
        help=each.help,
        is_secret=each.secret,
        is_file=each.name.endswith(_FILE_OF_A_KEY),
        is_required=each.required if is_required is None else is_required,
        value="" if each.secret else value,
    )


def _view(
    spec: ConnectorSpec, stored: Mapping[str, str] | None, told: Mapping[str, str], *, is_open: bool
) -> ConnectView:
    offered = [each for each in spec.fields if not each.at_the_machine]
    if spec.vendor == SHOPIFY:
        # The shop's own store, whichever way it is written.
        offered = [each for each in offered if each.name != DOMAIN]
    has_default = {each.name for each in offered if each.default is not None}
    fields = _fields(offered, stored or {}, told, is_connected=stored is not None)
    return ConnectView(
        vendor=spec.vendor,
        title=spec.title,
        brings=formatting.listing(_brought(spec)),
        needed=tuple(each for each in fields if each.name not in has_default),
        more=tuple(each for each in fields if each.name in has_default),
        is_connected=stored is not None,
        is_open=is_open,
    )


def _fields(
    declared: Sequence[CredentialField],
    stored: Mapping[str, str],
    told: Mapping[str, str],
    *,
    is_connected: bool,
) -> tuple[FieldView, ...]:
    return tuple(
        field_view(
            each,
            told.get(each.name, stored.get(each.name, each.default or "")),
            is_required=each.required and not (each.secret and is_connected),
        )
        for each in declared
        if not each.at_the_machine
    )


def _brought(spec: ConnectorSpec) -> list[str]:
    names = [table.name.removeprefix(f"{spec.vendor}_") for table in spec.tables]
    return list(spec.brings) or [name.replace("_", " ") for name in names]
