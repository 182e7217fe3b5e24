"""hotdash rates list|import"""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.cli.text_file import text_of
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.import_rates import import_rates, rate_shops
from hotdash.storage.appdb.repositories.exchange_rates import DatedRate, list_rates

Shops = Annotated[
    list[str] | None, typer.Option("--shop", help="Of this shop only; may be given many times.")
]

commands = typer.Typer(
    help="Bring the dated exchange rates that amounts in other currencies are converted with.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="rates")


@commands.command("list")
def list_(context: typer.Context, shop: Shops = None, json: Json = False) -> None:
    """List the rates that hold, by shop, pair and day."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.jobs() as session,
    ):
        held = [
            each
            for shop_id in rate_shops(session, shop or [])
            for each in list_rates(session, shop_id)
        ]
    if json:
        say_json({"rates": [document(each) for each in held]})
        return
    table = Table("shop", "day", "one", "is", "")
    for each in held:
        table.add_row(each.shop_id, each.day.isoformat(), each.base, shown(each), each.quote)
    out.print(table)


@commands.command("import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="CSV: day,base,quote,rate; one base is rate quote on that day.")
    ],
    shop: Shops = None,
    json: Json = False,
) -> None:
    """Import a file of rates for every shop: all of it or, where a line does not fit, nothing."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        added = import_rates(
            house.database, shop or [], text_of(file), actor=operator(), clock=house.clock
        )
        if json:
            say_json({"added": [document(each) for each in added]})
        else:
            out.print(f"{len(added)} rates are new; the next run computes with them.")


def document(each: DatedRate) -> dict[str, Any]:
    return {
        "shop": each.shop_id,
        "day": each.day.isoformat(),
        "base": each.base,
        "quote": each.quote,
        "rate": shown(each),
        "imported_by": each.imported_by,
    }


def shown(each: DatedRate) -> str:
    """Without the noughts that only the column adds."""
    return f"{each.rate.normalize():f}"
