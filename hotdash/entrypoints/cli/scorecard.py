"""hotdash scorecard"""

from typing import Annotated

import typer
from rich.markup import escape

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.reports.scorecard.contract import Measured, Scorecard
from hotdash.reports.scorecard.measure import measure
from hotdash.storage.appdb.repositories.shops import chosen_shops

_STYLES = {True: "green", False: "bold red", None: "dim"}


def register(app: typer.Typer) -> None:
    app.command()(scorecard)


def scorecard(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only this shop; else each of them.")] = None,
    json: Json = False,
) -> None:
    """Show what is promised, measured on this installation; what is not measured yet says so."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        now = house.clock.now()
        with house.database.snapshot() as session:
            found = [
                measure(session, each.shop_id, each.timezone, now)
                for each in chosen_shops(session, shop)
            ]
    if json:
        say_json({"scorecards": [each.as_json() for each in found]})
        return
    for each in found:
        _show(each)


def _show(found: Scorecard) -> None:
    counts = ", ".join(f"{number} {word}" for word, number in found.counts.items())
    out.print(f"[bold]{escape(found.shop_id)}[/] {counts}")
    for each in found.figures:
        promise, style = each.promise, _STYLES[each.is_kept]
        value = f": {each.value}" if each.value is not None else ""
        out.print(f"[{style}]{each.word}[/] [bold]{promise.title}[/]{escape(value)}")
        out.print(f"    goal {promise.goal}; {_told(each)}", markup=False)
        out.print(f"    from {promise.source}", style="dim", markup=False)


def _told(each: Measured) -> str:
    days = f"{each.window.first} to {each.window.last}" if each.window else ""
    return " ".join(part for part in (days, each.detail, each.would_fill) if part)
