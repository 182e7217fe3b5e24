"""hotdash settings list|import"""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.cli.text_file import text_of
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.insights.operations.settings import known_settings
from hotdash.jobs.import_settings import import_settings
from hotdash.storage.appdb.repositories.operating_settings import SettingDecision, list_settings
from hotdash.storage.appdb.repositories.shops import get_shop

Shop = Annotated[str, typer.Option(help="Whose settings.")]

commands = typer.Typer(
    help="Set the numbers a shop runs by: lead times, safety stock, handling days.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="settings")


@commands.command("list")
def list_(context: typer.Context, shop: Shop, json: Json = False) -> None:
    """List the settings, what holds by default, and what the shop decided."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.jobs() as session,
    ):
        get_shop(session, shop)
        decided = list_settings(session, shop)
    if json:
        defaults = {name: each.default for name, each in known_settings().items()}
        say_json(
            {"shop": shop, "defaults": defaults, "decided": [document(each) for each in decided]}
        )
        return
    table = Table("setting", "for", "value", "from", "why")
    for name, known in known_settings().items():
        default = "none" if known.default is None else str(known.default)
        table.add_row(name, "", f"{default} {known.unit}", "", escape(known.meaning))
        for each in (each for each in decided if each.setting == name):
            subject = f"{each.applies_to} {each.subject}".strip()
            day = each.effective_from.isoformat()
            table.add_row("", escape(subject), str(each.value), day, escape(each.reason))
    out.print(table)


@commands.command("import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="CSV: setting,applies_to,subject,value,effective_from,reason.")
    ],
    shop: Shop,
    json: Json = False,
) -> None:
    """Import a file of settings: all of it or, where a line does not fit, nothing."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        decided = import_settings(
            house.database, shop, text_of(file), actor=operator(), clock=house.clock
        )
        if json:
            say_json({"shop": shop, "decided": [document(each) for each in decided]})
        else:
            out.print(f"{len(decided)} settings are new; the next run computes with them.")


def document(each: SettingDecision) -> dict[str, Any]:
    return {
        "setting": each.setting,
        "applies_to": each.applies_to,
        "subject": each.subject,
        "value": each.value,
        "effective_from": each.effective_from.isoformat(),
        "decided_by": each.decided_by,
        "reason": each.reason,
    }
