"""hotdash publish list|rollback|release"""

import getpass
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.roll_back_publication import release_publication, roll_back_publication
from hotdash.storage.appdb.repositories.identity import names_of_actors
from hotdash.storage.appdb.repositories.publications import (
    ManifestRecord,
    Pointer,
    list_manifests,
    pointer_of,
)
from hotdash.storage.appdb.repositories.shops import get_shop
from hotdash.storage.appdb.repositories.standings import MartStanding, load_standings
from hotdash.storage.marts import published_marts

Shop = Annotated[str, typer.Option(help="Whose publications.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the decision.")]

commands = typer.Typer(help="List, roll back and release what is published.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="publish")


@commands.command("list")
def list_(context: typer.Context, shop: Shop, json: Json = False) -> None:
    """List what was published for a shop, the newest first, and what keeps newer builds back."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        get_shop(session, shop)
        manifests = list_manifests(session, shop)
        pointer = pointer_of(session, shop)
        standings = load_standings(session, [shop], sorted(published_marts()))
        names = names_of_actors(session)
    if json:
        marts = [each.as_json() for each in standings]
        say_json({"shop": shop, "publications": manifests, "published": pointer, "marts": marts})
        return
    _show_manifests(manifests, pointer, names)
    _show_marts(standings)


def _show_manifests(
    manifests: Sequence[ManifestRecord], pointer: Pointer | None, names: Mapping[str, str]
) -> None:
    table = Table(Column("manifest", no_wrap=True), Column("made", no_wrap=True), "reason", "state")
    for manifest in manifests:
        marks = "published" if manifest.is_published else ""
        if manifest.is_published and pointer and pointer.pin:
            by = escape(names.get(pointer.pin.by, pointer.pin.by))
            marks += f", pinned by {by}: {escape(pointer.pin.reason)}"
        table.add_row(
            str(manifest.manifest_id), iso_utc(manifest.created_at), escape(manifest.reason), marks
        )
    out.print(table)


def _show_marts(standings: Sequence[MartStanding]) -> None:
    table = Table("mart", Column("shown build", no_wrap=True), "complete through", "kept back")
    for each in standings:
        block = each.block
        told = f"since {in_utc(block.since)}: {block.told}" if block else ""
        through = in_utc(min(each.as_of.values())) if each.as_of else ""
        shown = str(each.build_id) if each.build_id else "none"
        table.add_row(each.mart, shown, through, escape(told), style="yellow" if block else None)
    out.print(table)
    mends = {one.mend for each in standings if each.block for one in each.block.reasons}
    for mend in sorted(mends):
        out.print(escape(mend), style="dim")


@commands.command()
def rollback(
    context: typer.Context,
    manifest: Annotated[UUID, typer.Argument(help="What to go back to; see hotdash publish list.")],
    shop: Shop,
    reason: Reason,
    json: Json = False,
) -> None:
    """Serve an older publication again, and keep to it until it is released."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        roll_back_publication(
            house.database, shop, manifest, actor=operator(), reason=reason, clock=house.clock
        )
        tell(json, shop, f"{shop} serves {manifest} and stays there until it is released.")


@commands.command()
def release(context: typer.Context, shop: Shop, reason: Reason, json: Json = False) -> None:
    """Let the next run publish again after a rollback."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        release_publication(
            house.database, shop, actor=operator(), reason=reason, clock=house.clock
        )
        tell(json, shop, f"{shop} is released; the next run publishes again.")


def operator() -> str:
    """Who sits at this terminal; the command has no other name for a person."""
    try:
        return f"cli:{getpass.getuser().partition('@')[0]}"
    except (KeyError, OSError):
        raise HotdashError(
            "This user has no name, and a decision needs one.", hint="Set LOGNAME."
        ) from None


def tell(as_json: bool, shop: str, sentence: str) -> None:
    if as_json:
        say_json({"shop": shop, "done": sentence})
    else:
        out.print(sentence, markup=False)
