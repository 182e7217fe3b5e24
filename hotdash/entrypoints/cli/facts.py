"""hotdash facts list|types|rollup|backfill-breaches"""

from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.decisions.facts.types import SCHEMAS, type_called
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.backfill_breaches import backfill_breaches
from hotdash.jobs.decision_documents import fact_document
from hotdash.jobs.roll_up_facts import roll_up
from hotdash.storage.appdb.repositories.facts import list_facts
from hotdash.storage.appdb.repositories.shops import list_shops

commands = typer.Typer(
    help="See what is known about how shops are run, and complete it.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="facts")


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only this shop's.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Of this type only.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3700, help="Of so many days.")] = 7,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most per shop.")] = 50,
    json: Json = False,
) -> None:
    """List facts, the newest first; of a corrected one only the correction."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        kind = type_called(type_).value if type_ is not None else None
        since = house.clock.now() - timedelta(days=days)
        with house.database.snapshot() as session:
            shops = [each.shop_id for each in list_shops(session) if shop in (None, each.shop_id)]
            found = [
                fact_document(each)
                for shop_id in shops
                for each in list_facts(session, shop_id, fact_type=kind, since=since, limit=limit)
            ]
    if json:
        say_json({"facts": found})
        return
    table = Table("at", "shop", "type", "value", "metadata")
    for each in found:
        told = escape(str(each["metadata"])[:160])
        table.add_row(
            in_utc(each["occurred_at"]),
            escape(each["shop"]),
            each["type"],
            each["value"] or "–",
            told,
        )
    out.print(table if found else "No facts.")


@commands.command()
def types(context: typer.Context, json: Json = False) -> None:
    """List the types of facts with their versions; with --json also their schemas."""
    del context
    if json:
        say_json(
            {
                kind.value: {
                    "version": schema.version,
                    "value": schema.value,
                    "metadata": schema.as_json(),
                }
                for kind, schema in SCHEMAS.items()
            }
        )
        return
    table = Table("type", "version", "value")
    for kind, schema in SCHEMAS.items():
        table.add_row(kind.value, str(schema.version), schema.value)
    out.print(table)


@commands.command()
def rollup(context: typer.Context, json: Json = False) -> None:
    """Keep now what the night would keep: activation, resolution and response over seven days."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        told = roll_up(house.database, house.clock)
    if json:
        say_json({"kept": told})
        return
    for shop_id, number in told.items():
        out.print(f"{shop_id}: {number} new facts.", markup=False)


@commands.command("backfill-breaches")
def backfill_breaches_(context: typer.Context, json: Json = False) -> None:
    """Give older escalations the moments at which their promises were broken."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        told = backfill_breaches(house.database)
    if json:
        say_json(
            {
                shop_id: {"corrected": corrected, "unknown_conversations": unknown}
                for shop_id, (corrected, unknown) in told.items()
            }
        )
        return
    for shop_id, (corrected, unknown) in told.items():
        rest = f"; of {unknown} conversations no broken promise is published" if unknown else ""
        out.print(f"{shop_id}: {corrected} facts corrected{rest}.", markup=False)
