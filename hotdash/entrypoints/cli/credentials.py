"""hotdash credentials list|rotate-key"""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.clock import iso_utc
from hotdash.connectors.registry import registry
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.rotate_key import rotate_key as rotate
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.secrets import KEY_FILE

commands = typer.Typer(
    help="See which keys to vendors are kept, and change what they are encrypted with.",
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


@commands.command("rotate-key")
def rotate_key(
    context: typer.Context,
    retire_old: Annotated[
        bool,
        typer.Option(
            "--retire-old",
            help="Also delete the keys from before; backups made until now need them.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Encrypt all credentials with a new key. Nothing has to be stopped for it."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        key_file = house.settings.home / KEY_FILE
        done = rotate(
            house.database, key_file, house.clock, actor=operator(), retire_old=retire_old
        )
        if json:
            say_json({"sealed_anew": done.sealed_anew, "retired": done.retired})
        else:
            out.print(f"{done.sealed_anew} credentials are encrypted with the new key.")
            out.print(
                f"{done.retired} old keys are deleted."
                if retire_old
                else "The old key still opens backups; --retire-old deletes it.",
                style="dim",
            )


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
