"""hotdash alerts rules|test and hotdash alerts channel add|remove"""

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.entrypoints.cli.credential_fields import Given, given_pairs
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.entrypoints.wiring_alerts import FILE_CHANNEL, FILE_NAME
from hotdash.jobs.alert_channels import (
    add_channel,
    channel_document,
    remove_channel,
    try_channel,
)
from hotdash.jobs.alert_rules import rules_of_shop, rules_of_shops
from hotdash.notifications.channels.contract import ChannelSpec
from hotdash.notifications.channels.registry import channel_kind
from hotdash.notifications.rules import Rules, rules_schema
from hotdash.notifications.rules_file import DEFAULT_RULES, RULES_FILE, load_rules
from hotdash.storage.appdb.repositories.alert_channels import list_channels
from hotdash.storage.appdb.repositories.shops import get_shop

Name = Annotated[str, typer.Argument(help="The name that the rules use.")]

commands = typer.Typer(help="Add and remove where messages go.", no_args_is_help=True)


def register_rules(alerts: typer.Typer) -> None:
    alerts.command()(rules)
    alerts.command("test")(try_one)


@commands.command()
def add(
    context: typer.Context,
    name: Name,
    kind: Annotated[str, typer.Option(help="slack, pagerduty, email, webhook or file.")],
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
        list[str] | None, typer.Option(metavar="NAME=PATH", help="A field from a file.")
    ] = None,
    secrets_stdin: Annotated[
        bool,
        typer.Option(
            "--secrets-stdin", help="Read fields, also secret ones, as JSON from standard input."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Add a channel, or replace the one of this name; its keys are kept encrypted."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        spec = channel_kind(kind)
        given = Given(field or (), field_env or (), field_file or (), secrets_stdin)
        fields = given_pairs(given, secret=spec.secret_names())
        if sys.stdin.isatty() and not (json or secrets_stdin):
            fields = _asked(spec, fields)
        add_channel(
            house.database,
            house.vault,
            house.clock,
            name=name,
            kind=kind,
            fields=fields,
            actor=operator(),
        )
        if json:
            say_json({"channel": name, "kind": kind})
        else:
            out.print(f"{name} is added; try it: `hotdash alerts test {name}`.", markup=False)


@commands.command()
def remove(context: typer.Context, name: Name, json: Json = False) -> None:
    """Forget a channel and its keys; rules that name it pass it over."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        remove_channel(house.database, house.clock, name=name, actor=operator())
        if json:
            say_json({"removed": name})
        else:
            out.print(f"{name} is removed.", markup=False)


def try_one(context: typer.Context, name: Name, json: Json = False) -> None:
    """Send a message through one channel that says it is a test."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        try_channel(house.alerts, name)
        if json:
            say_json({"channel": name, "delivered": True})
        else:
            out.print(f"{name} took the message.", markup=False)


def rules(
    context: typer.Context,
    default: Annotated[
        bool, typer.Option("--default", help="Print the default file, to begin one's own with.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema, for editors.")
    ] = False,
    shop: Annotated[
        str | None, typer.Option(help="Those that hold for this shop, which may have its own.")
    ] = None,
    json: Json = False,
) -> None:
    """Show the rules that hold and the channels they name; a mistake is told with its line."""
    if default:
        sys.stdout.write(DEFAULT_RULES.read_text(encoding="utf-8"))
        return
    if schema:
        say_json(rules_schema())
        return
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        held = load_rules(house.settings.home)
        with house.database.jobs() as session:
            found = list_channels(session, house.vault)
            own_of = sorted(rules_of_shops(session, held))
            if shop is not None:
                get_shop(session, shop)
                held = rules_of_shop(session, held, shop).rules
        wanted = held.named_channels
        channels = [channel_document(each, is_wanted=each.name in wanted) for each in found]
        own = house.settings.home / RULES_FILE
        file = str(own) if own.exists() else None
    known = {each.name for each in found} | {FILE_CHANNEL}
    missing = [name for name in wanted if name not in known]
    if json:
        told = held.model_dump(mode="json", by_alias=True)
        say_json(
            {
                "file": file,
                "rules": told,
                "channels": channels,
                "not_connected": missing,
                "shops_with_their_own": own_of,
            }
        )
    else:
        _show(held, file, channels, missing)
        for each in own_of:
            out.print(f"{each} has rules of its own: `hotdash alerts rules --shop {each}`.")


def _show(
    held: Rules, file: str | None, channels: list[dict[str, Any]], missing: list[str]
) -> None:
    out.print(f"From {file or 'the defaults'}; hours are of {held.timezone}.", markup=False)
    table = Table("severities", "about", "shops", "go to")
    for each in held.routes:
        shops = ", ".join(each.shops) if each.shops else "all"
        subjects = ", ".join(each.subjects)
        table.add_row(", ".join(each.severities), subjects, shops, ", ".join(each.to))
    out.print(table)
    for each in channels:
        note = "" if each["is_wanted"] else "; no rule names it"
        if each["sealed"] is None:
            note = "; [red]no key opens it[/]"
        out.print(f"{escape(each['channel'])}: {each['title']}{note}")
    out.print(f"{FILE_CHANNEL}: {FILE_NAME} in the home")
    if missing:
        out.print(f"Named but not connected: {', '.join(missing)}.", style="yellow")


def _asked(spec: ChannelSpec, given: Mapping[str, str]) -> dict[str, str]:
    fields = dict(given)
    for each in spec.fields:
        if each.name in fields:
            continue
        err.print(escape(each.help), style="dim")
        told = typer.prompt(each.name, default="", hide_input=each.secret, err=True)
        if str(told).strip():
            fields[each.name] = str(told).strip()
    return fields
