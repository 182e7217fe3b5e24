"""hotdash drift list|show|close|check"""

from typing import Annotated, Any, cast

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.check_schemas import look_at_schemas
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.show_sources import drift_document
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.drifts import (
    DriftRecord,
    close_drift,
    find_drift,
    list_drifts,
)

Shop = Annotated[list[str] | None, typer.Option(help="Only this shop's; may be given many times.")]
Drift = Annotated[str, typer.Argument(help="Its id, or how it begins or ends.")]

_SHOWN_OF_ID = 8
_STYLES = {"Critical": "bold red", "High": "red", "Medium": "yellow"}

commands = typer.Typer(
    help="See where vendors left their contracts, and close what is settled.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="drift")


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Shop = None,
    closed: Annotated[bool, typer.Option("--closed", help="Also the closed ones.")] = False,
    json: Json = False,
) -> None:
    """List the open departures, the gravest first."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.jobs() as session,
    ):
        found = list_drifts(session, shop, closed=closed)
    if json:
        say_json({"drifts": [drift_document(each) for each in found]})
    elif found:
        show_table(found)
    else:
        out.print("Every vendor keeps its contract.")


@commands.command()
def show(context: typer.Context, drift: Drift, json: Json = False) -> None:
    """Show one with what it touches, what to do by when, and its evidence."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.jobs() as session,
    ):
        found = drift_document(find_drift(session, drift))
    if json:
        say_json(found)
    else:
        for name, value in found.items():
            out.print(f"[bold]{name}[/] {escape(_plain(value))}")


@commands.command()
def close(
    context: typer.Context,
    drift: Drift,
    because: Annotated[str, typer.Option(help="Why it is settled; it is kept with the drift.")],
    json: Json = False,
) -> None:
    """Close one; what loses records is told again when it comes again."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        actor, at = operator(), house.clock.now()
        with house.database.jobs() as session:
            found = find_drift(session, drift)
            close_drift(session, found, because, at)
            audit.add_event(
                session,
                shop_id=found.shop_id,
                actor=actor,
                action="close_drift",
                subject=str(found.drift_id),
                at=at,
                detail={"because": because, "what": f"{found.table_name}: {found.detail}"},
            )
        if json:
            say_json({"closed": str(found.drift_id), "because": because})
        else:
            out.print(f"Closed: {found.table_name}, {found.detail}.", markup=False)


@commands.command()
def check(context: typer.Context, shop: Shop = None, json: Json = False) -> None:
    """Ask the vendors' own schemas now; a run does it once a week."""
    with told_errors(json):
        settings = invocation(context).settings()
        with migrated_installation(settings) as house, house.refresh_context() as work:
            keeper = DriftKeeper(work.database, work.warehouse, work.home / "dbt")
            chosen = {
                shop_id: sources
                for shop_id, sources in work.connectors.items()
                if shop is None or shop_id in shop
            }
            told = look_at_schemas(keeper, chosen)
        if json:
            say_json(told)
        else:
            out.print(
                f"{len(told['looked'])} schemas looked at, {told['problems']} problems, "
                f"{told['news']} of them news; see `hotdash drift list`."
            )
            for name, error in told["errors"].items():
                out.print(f"[red]{escape(name)}[/] {escape(error)}")
        if told["errors"]:
            raise SystemExit(FAILED)


def show_table(found: list[DriftRecord]) -> None:
    table = Table(Column("drift", no_wrap=True), "shop", "impact", "change", "by", "state")
    for each in found:
        style = _STYLES.get(each.impact, "")
        what = f"{each.table_name}: {each.detail}"
        table.add_row(
            str(each.drift_id)[-_SHOWN_OF_ID:],
            each.shop_id,
            f"[{style}]{each.impact}[/]" if style else each.impact,
            escape(what),
            each.target_date.isoformat(),
            "closed" if each.closed_at else "",
        )
    out.print(table)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(cast("list[str]", value)) or "–"
    return "–" if value is None else str(value)
