"""hotdash rates list|import|remove"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.cli.text_file import text_of
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.import_rates import import_rates, rate_shops, remove_rate
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
    table = Table("shop", "day", "one", "is", "of")
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


@commands.command()
def remove(
    context: typer.Context,
    day: Annotated[
        datetime, typer.Argument(formats=["%Y-%m-%d"], help="The day that it was imported for.")
    ],
    base: Annotated[str, typer.Argument(help="Of which currency, such as JPY.")],
    quote: Annotated[str, typer.Argument(help="In which currency, such as USD.")],
    shop: Shops = None,
    json: Json = False,
) -> None:
    """Take a rate back that should not be there: before it was imported it did not hold, nor does it now."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        removed = remove_rate(
            house.database,
            shop or [],
            day.date(),
            base.upper(),
            quote.upper(),
            actor=operator(),
            clock=house.clock,
        )
        if json:
            say_json({"removed": [document(each) for each in removed]})
        else:
            for each in removed:
                out.print(
                    f"{each.shop_id}: {each.base} to {each.quote} of {each.day} was {shown(each)} "
                    "and is gone; the next run computes without it."
                )


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
    return "" if each.rate is None else f"{each.rate.normalize():f}"
