"""hotdash connect"""

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.errors import HotdashError
from hotdash.connectors.registry import registry, spec_of
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.connectors.spec import ConnectorSpec
from hotdash.entrypoints.cli.credential_fields import FieldsOf, Given
from hotdash.entrypoints.cli.init import valid_domain, valid_email
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.people import tell_begun_anew
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.connecting import (
    Connected,
    connected_shops,
    known_shops,
    stored_fields,
)
from hotdash.entrypoints.connecting import (
    connect as connect_source,
)
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.governance.access.further_shops import GivenShops

DOMAIN = "domain"


def register(app: typer.Typer) -> None:
    app.command()(connect)


def connect(
    context: typer.Context,
    vendor: Annotated[
        str | None, typer.Argument(help="Which vendor; without one, all are listed.")
    ] = None,
    shop: Annotated[
        str | None,
        typer.Option(help="Which shop; for shopify our name of it, by default from its domain."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A field that is not secret; many times."),
    ] = None,
    field_env: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VARIABLE", help="A field from an environment variable; many times."
        ),
    ] = None,
    field_file: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=PATH", help="A field from a file, a key file for instance."),
    ] = None,
    secrets_stdin: Annotated[
        bool,
        typer.Option(
            "--secrets-stdin", help="Read fields, also secret ones, as JSON from standard input."
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Store nothing when a scope is missing.")
    ] = False,
    owner: Annotated[
        str | None, typer.Option(help="The e-mail address of who shall own a new shop.")
    ] = None,
    json: Json = False,
) -> None:
    """Give a shop a source: credentials are asked for, tried at once, and kept encrypted.

    Done again it replaces them; what is not given anew stays as it was.
    """
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        if vendor is None:
            show_vendors(listed(house), json)
            return
        given = Given(field or (), field_env or (), field_file or (), secrets_stdin)
        may_ask = sys.stdin.isatty() and not (json or secrets_stdin)
        made = made_of(house, spec_of(vendor), shop, given, may_ask=may_ask, strict=strict)
        owned = give_owner(house, made.shop_id, owner) if owner is not None else None
        if json:
            told = {} if owned is None else {"begins_anew": owned.begins_anew}
            say_json(document(made) | told)
            return
        show(made, spec_of(vendor), has_owner=owned is not None)
        if owned is not None:
            tell_begun_anew(owned)


def give_owner(house: Installation, shop_id: str, owner: str) -> GivenShops:
    email = valid_email(owner)
    return house.add_owner(email, email.partition("@")[0], [shop_id], by=operator())


def made_of(
    house: Installation,
    spec: ConnectorSpec,
    shop: str | None,
    given: Given,
    *,
    may_ask: bool,
    strict: bool,
) -> Connected:
    asking = FieldsOf(spec)
    told = asking.given(given)
    if shop is None and spec.vendor == SHOPIFY:
        domain = told.get(DOMAIN) or asking.one(DOMAIN, may_ask=may_ask)
        told[DOMAIN] = valid_domain(domain)
        shop = told[DOMAIN].partition(".")[0]
    shop = shop or only_shop(house)
    fields = FieldsOf(spec, stored_fields(house, spec.vendor, shop)).gather(told, may_ask=may_ask)
    if spec.vendor == SHOPIFY:
        fields[DOMAIN] = valid_domain(fields[DOMAIN])
    return connect_source(house, spec.vendor, shop, fields, strict=strict)


def only_shop(house: Installation) -> str:
    shops = known_shops(house)
    if len(shops) == 1:
        return shops[0]
    known = ", ".join(shops)
    raise HotdashError(
        "Whose source is it?" if shops else "There is no shop yet.",
        hint=f"Name the shop with --shop: {known}."
        if shops
        else "Connect the shop itself first: `hotdash connect shopify`.",
        field="shop",
    )


def document(made: Connected) -> dict[str, Any]:
    missing = [asdict(each) for each in made.missing]
    hooks = asdict(made.webhooks) if made.webhooks else None
    told = {"shop": made.shop_id, "vendor": made.vendor, "stored": True}
    return {**told, "missing_scopes": missing, "webhooks": hooks}


def show(made: Connected, spec: ConnectorSpec, *, has_owner: bool) -> None:
    out.print(f"[green]✓[/] {spec.title} of [bold]{escape(made.shop_id)}[/] is connected.")
    for each in made.missing:
        out.print(f"  [yellow]The scope {escape(each.scope)} is missing[/]: ", end="")
        out.print(f"without it there is nothing of {escape(each.costs)}.")
    if made.missing:
        out.print("  Grant it at the vendor and connect again.", style="dim")
    if made.webhooks is not None:
        heard = len(made.webhooks.present) + len(made.webhooks.created)
        out.print(f"  Its webhooks tell us of {heard} topics.", style="dim")
        for topic, reason in made.webhooks.refused.items():
            out.print(f"  No webhooks for {topic}: {escape(reason)}", style="yellow")
    if made.is_new_shop and not has_owner:
        again = f"hotdash connect {made.vendor} --shop {made.shop_id} --owner you@example.com"
        out.print(f"  Nobody may see this shop yet: `{again}`.", style="dim")
    out.print("  Next: `hotdash sync`, or `hotdash run` for everything.", style="dim")


def listed(house: Installation) -> list[dict[str, Any]]:
    shops = connected_shops(house)
    return [
        {
            "vendor": spec.vendor,
            "title": spec.title,
            "brings": brought(spec),
            "shops": shops.get(spec.vendor, []),
            "fields": [
                {"name": each.name, "label": each.label, "secret": each.secret}
                for each in spec.fields
            ],
        }
        for spec in registry().values()
    ]


def brought(spec: ConnectorSpec) -> list[str]:
    names = [table.name.removeprefix(f"{spec.vendor}_") for table in spec.tables]
    return list(spec.brings) or [name.replace("_", " ") for name in names]


def show_vendors(vendors: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        say_json({"vendors": vendors})
        return
    table = Table("vendor", "title", "what it brings", "connected for")
    for each in vendors:
        brings, shops = ", ".join(each["brings"]), ", ".join(each["shops"])
        table.add_row(each["vendor"], each["title"], escape(brings), escape(shops) or "–")
    out.print(table)
    out.print("Connect one: `hotdash connect VENDOR --shop SHOP`.", style="dim")
