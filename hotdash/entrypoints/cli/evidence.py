"""hotdash evidence create|verify|list"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.clock import iso_utc
from hotdash.decisions.evidence.bundle import Opened
from hotdash.decisions.evidence.create import FOLDER, Asked, create
from hotdash.decisions.evidence.proof import entered_bundles, verify_alone, verify_by_log
from hotdash.entrypoints.cli.instants import in_utc, instant_of
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, err, out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.entrypoints.wiring_evidence import surroundings
from hotdash.storage.appdb.repositories.evidence import Window

_A_DAY = timedelta(days=1)

commands = typer.Typer(
    help="Pack a window of time into one file that proves itself: what is known of it, without secrets.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="evidence")


@commands.command("create")
def create_(
    context: typer.Context,
    topic: Annotated[str, typer.Argument(help="What it is evidence of, in a few words.")],
    shop: Annotated[str | None, typer.Option(help="Only this shop's.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="From this instant on; else a day before --to.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Before this instant; else now.")] = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(help="A file of yours to put in as it is; may be given many times."),
    ] = None,
    json: Json = False,
) -> None:
    """Pack queries, results, logs, charts, versions, settings and the audit log, without secrets."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        until = instant_of(to, "to") or house.clock.now()
        window = Window(shop, instant_of(from_, "from") or until - _A_DAY, until)
        asked = Asked(topic, window, tuple(attach or ()))
        made = create(house.database, surroundings(house), asked, operator(), house.clock)
    if json:
        told = {"path": made.path, "manifest_sha256": made.manifest_hash, "members": made.members}
        say_json(told)
        return
    out.print(f"{made.path} holds {len(made.members)} files.", soft_wrap=True)
    out.print(f"Its manifest has the SHA-256 {made.manifest_hash}.", soft_wrap=True)


@commands.command()
def verify(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A file of `hotdash evidence create`.")],
    alone: Annotated[
        bool, typer.Option(help="Without the audit log, on a machine that has none.")
    ] = False,
    manifest: Annotated[
        str | None, typer.Option(help="The hash that was printed at its creation.")
    ] = None,
    json: Json = False,
) -> None:
    """Prove a bundle unchanged; what was changed, removed or added is named."""
    with told_errors(json):
        is_alone = alone or manifest is not None
        if is_alone:
            opened = verify_alone(path, manifest)
        else:
            with migrated_installation(invocation(context).settings()) as house:
                opened = verify_by_log(path, house.database)
        is_vouched = not is_alone or manifest is not None
        if json:
            say_json(_document(opened, is_vouched))
        else:
            _tell(opened, is_vouched)
        if opened.differences:
            raise SystemExit(FAILED)


@commands.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List the bundles that were made here, the newest first."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        found = entered_bundles(house.database)
        folder = house.settings.home / FOLDER
    if json:
        say_json(
            {
                "bundles": [
                    {
                        "name": each.name,
                        "topic": each.topic,
                        "shop": each.shop_id,
                        "made_at": iso_utc(each.made_at),
                        "made_by": each.made_by,
                        "manifest_sha256": each.manifest_hash,
                        "is_here": (folder / each.name).is_file(),
                    }
                    for each in found
                ]
            }
        )
        return
    table = Table("made", "by", "shop", "topic", Column("file", overflow="fold"), "lies")
    for each in found:
        is_here = "here" if (folder / each.name).is_file() else "not in this home"
        told = each.made_by, each.shop_id or "–", each.topic, each.name
        table.add_row(in_utc(each.made_at), *(escape(one) for one in told), is_here)
    out.print(table if found else "No bundle was made here.")


def _document(opened: Opened, is_vouched: bool) -> dict[str, Any]:
    return {
        "holds": not opened.differences,
        "manifest_sha256": opened.manifest_hash,
        "manifest_is_vouched_for": is_vouched,
        "members": opened.members,
        "differences": [{"member": each.member, "why": each.why} for each in opened.differences],
        **{name: opened.about.get(name) for name in ("topic", "shop", "from", "to")},
    }


def _tell(opened: Opened, is_vouched: bool) -> None:
    for each in opened.differences:
        err.print("[bold red]✕[/]", escape(f"{each.member}: {each.why}."), soft_wrap=True)
    if opened.differences:
        return
    out.print(f"{opened.members} files: nothing was changed, removed or added.")
    if not is_vouched:
        out.print(
            f"That its manifest is the one that was made, only the audit log or --manifest says; "
            f"its SHA-256 is {opened.manifest_hash}.",
            soft_wrap=True,
        )
