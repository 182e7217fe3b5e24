"""hotdash credentials list"""

from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.clock import iso_utc
from hotdash.connectors.registry import registry
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.storage.appdb.repositories import credentials

commands = typer.Typer(
    help="See which keys to vendors are kept.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="credentials")


@commands.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List what each of them opens and since when it is kept; never what it is."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.jobs() as session,
    ):
        found = [document(each) for each in credentials.overview(session, house.vault)]
    if json:
        say_json({"credentials": found})
        return
    table = Table("shop", "opens", "since", "expires", "made of")
    for each in found:
        table.add_row(
            escape(each["shop"]),
            escape(each["opens"]),
            each["since"],
            escape(each["expires_at"] or "–"),
            ", ".join(each["fields"]) if each["is_open"] else "[red]no key opens it[/]",
        )
    out.print(table if found else "No credentials are kept.")


def document(each: credentials.CredentialOverview) -> dict[str, Any]:
    spec = registry().get(each.vendor)
    return {
        "shop": each.shop_id,
        "vendor": each.vendor,
        "opens": spec.title if spec else each.vendor,
        "since": iso_utc(each.since),
        "expires_at": each.expires_at,
        "is_open": each.fields is not None,
        "fields": list(each.fields or ()),
    }
