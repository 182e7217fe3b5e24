"""hotdash recommendations model|export|freeze|unfreeze|reset|training-set"""

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.clock import iso_utc
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.jobs.datasheet import FILE_OF_LINES, FILE_OF_SHEET
from hotdash.jobs.learn import change_model, event_called
from hotdash.jobs.training_set import export_training_set
from hotdash.storage.appdb.repositories.recommender import ModelRecord, find_model
from hotdash.storage.appdb.repositories.shops import get_shop

Shop = Annotated[str, typer.Option(help="Whose.")]

commands = typer.Typer(
    help="See what answers taught, freeze it, hand it out.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="recommendations")


@commands.command()
def model(context: typer.Context, shop: Shop, json: Json = False) -> None:
    """Show what was learnt, and how well answers are foretold."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        found = _found(house, shop)
    if json:
        changed = iso_utc(found.made_at) if found else None
        say_json({"shop": shop, "changed_at": changed, "card": found.card if found else None})
    elif found is None:
        out.print("Nothing is learnt yet; the next publication looks at every answer.")
    else:
        _show(found.card)


@commands.command()
def export(context: typer.Context, shop: Shop) -> None:
    """Write the whole model to the standard output, as JSON."""
    with told_errors(False), migrated_installation(invocation(context).settings()) as house:
        found = _found(house, shop)
    told = {"shop": shop, "model": found.model if found else None}
    sys.stdout.write(orjson.dumps(told).decode() + "\n")


@commands.command()
def freeze(context: typer.Context, shop: Shop, json: Json = False) -> None:
    """Let no further answer change it."""
    _change(context, shop, "freeze", "Frozen as it is.", json)


@commands.command()
def unfreeze(context: typer.Context, shop: Shop, json: Json = False) -> None:
    """Let it learn again; answers given meanwhile are not learnt from."""
    _change(context, shop, "unfreeze", "It learns again.", json)


@commands.command()
def reset(context: typer.Context, shop: Shop, json: Json = False) -> None:
    """Forget every answer up to now; the log of decisions keeps them all."""
    _change(context, shop, "reset", "It begins anew.", json)


@commands.command("training-set")
def training_set(
    context: typer.Context,
    shop: Shop,
    to: Annotated[Path, typer.Option(help="The folder to write it into.")],
    json: Json = False,
) -> None:
    """Write every answer as a line that names nobody, and a datasheet beside them."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        _require(house, shop)
        made = export_training_set(house.database, shop, operator(), house.clock)
        to.mkdir(parents=True, exist_ok=True)
        (to / FILE_OF_LINES).write_text(made.text, encoding="utf-8")
        (to / FILE_OF_SHEET).write_text(made.sheet, encoding="utf-8")
    if json:
        say_json({"shop": shop, "lines": len(made.lines), "folder": str(to)})
    else:
        out.print(f"{len(made.lines):,} lines are in {escape(str(to))}.", soft_wrap=True)


def _change(context: typer.Context, shop: str, change: str, told: str, json: bool) -> None:
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        _require(house, shop)
        change_model(house.database, shop, event_called(change), operator(), house.clock)
    if json:
        say_json({"shop": shop, "change": change})
    else:
        out.print(f"{shop}: {told}", markup=False)


def _require(house: Installation, shop: str) -> None:
    with house.database.jobs() as session:
        get_shop(session, shop)


def _found(house: Installation, shop: str) -> ModelRecord | None:
    _require(house, shop)
    with house.database.jobs() as session:
        return find_model(session, shop)


def _show(card: Any) -> None:
    quality = card["quality"]
    ready = "ranked by" if card["is_ready"] else f"ranked by from {card['fewest_answers']} on"
    frozen = f", frozen since {in_utc(card['frozen_since'])}" if card["frozen_since"] else ""
    out.print(f"{card['answers']:,} answers, {ready}{frozen}.")
    out.print(
        f"AUC {_figure(quality['auc'])}, probabilities off by {_figure(quality['calibration_error'])}"
        f" on average, over the newest {quality['answers']:,} answers."
    )
    kinds = Table("kind", "answered", "approved", "liked", "measured", "worked", "works")
    for each in card["kinds"]:
        kinds.add_row(
            escape(each["kind"]),
            *(str(each[name]) for name in ("answers", "approved")),
            _figure(each["liked"]),
            *(str(each[name]) for name in ("outcomes", "worked")),
            _figure(each["works"]),
        )
    if card["kinds"]:
        out.print(kinds)
    for each in card["weights"]:
        out.print(f"{each['words']} ({_figure(each['sure'])} sure)", markup=False)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
