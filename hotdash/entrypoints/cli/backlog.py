"""hotdash backlog"""

from typing import Annotated

import typer
from rich.markup import escape

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.reports.backlog.items import backlog as wanted
from hotdash.reports.backlog.standing import Board, Standing, Status, board
from hotdash.reports.backlog.surroundings import load_surroundings
from hotdash.storage.appdb.repositories.shops import chosen_shops

_STYLES = {
    Status.QUEUED: "",
    Status.IN_PROGRESS: "cyan",
    Status.BLOCKED: "yellow",
    Status.COMPLETE: "green",
}


def register(app: typer.Typer) -> None:
    app.command()(backlog)


def backlog(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only this shop; else each of them.")] = None,
    json: Json = False,
) -> None:
    """Show the metrics, studies and evidence still to come, and how far each is for a shop."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        home, now = house.settings.home, house.clock.now()
        with house.database.snapshot() as session:
            boards = [
                board(wanted(), load_surroundings(session, each.shop_id, home, now))
                for each in chosen_shops(session, shop)
            ]
    if json:
        say_json({"boards": [each.as_json() for each in boards]})
        return
    for each in boards:
        _show(each)


def _show(found: Board) -> None:
    counts = ", ".join(f"{number} {status.value}" for status, number in found.counts.items())
    out.print(f"[bold]{escape(found.shop_id)}[/] {counts}")
    for each in found.standings:
        item, style = each.item, _STYLES[each.status]
        word = f"[{style}]{each.status.value}[/]" if style else each.status.value
        named = f"{item.kind.value} {item.name}: {item.title}, priority {item.priority}"
        out.print(f"{word} {escape(named)}")
        out.print(f"    {_because(each)}", markup=False)


def _because(each: Standing) -> str:
    if each.blocked_by:
        return f"by: {'; '.join(each.blocked_by)}"
    artifact = each.artifact
    place = (artifact.page or artifact.file) if artifact else None
    return f"{each.why}: {place}" if place else each.why
