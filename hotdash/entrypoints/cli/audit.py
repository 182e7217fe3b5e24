"""hotdash audit verify|query|mark|export|note|archive"""

import gzip
import sys
import zlib
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.audit_lines import INSTALLATION, Misfit, PartOfChains, line_of, part_of_lines
from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.entrypoints.cli.instants import in_utc, instant_of
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, err, out, say_json, told_errors
from hotdash.entrypoints.mcp.asked import fingerprint
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.entrypoints.wiring_mcp import asked_keys
from hotdash.governance.audit.archive import archive_old
from hotdash.governance.audit.between import events_between
from hotdash.governance.audit.chain import note_heads, verify
from hotdash.storage.appdb.repositories.audit_chain import WantedEvents, seal, wanted_events

Shop = Annotated[str | None, typer.Option(help="Only this shop's.")]
Actor = Annotated[str | None, typer.Option(help="By whom, such as user:….")]
ActionOption = Annotated[
    str | None, typer.Option("--action", help="An action, or with a dot at its end a family.")
]
Subject = Annotated[str | None, typer.Option(help="A part of what it is about.")]
From = Annotated[str | None, typer.Option("--from", help="From this instant on.")]
To = Annotated[str | None, typer.Option(help="Before this instant.")]

commands = typer.Typer(
    help="Search the record of everything done, and prove it.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="audit")


@commands.command("verify")
def verify_(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="An exported file; else the log here.")
    ] = None,
    json: Json = False,
) -> None:
    """Prove that nothing in it was changed or removed; the first row that does not fit is named."""
    with told_errors(json):
        if file is not None:
            part = _of_file(file)
            misfit, document, sentences = part.misfit, part.as_json(), part.told()
        else:
            settings = invocation(context).settings()
            with migrated_installation(settings) as house:
                proof = verify(house.database, settings.home)
            misfit, document, sentences = proof.misfit, proof.as_json(), proof.told()
        if json:
            say_json(document)
        elif misfit is None:
            for told in sentences:
                out.print(escape(told), soft_wrap=True)
        else:
            err.print("[bold red]✕[/]", escape(_told(misfit)))
        if misfit is not None:
            raise SystemExit(FAILED)


@commands.command()
def query(
    context: typer.Context,
    shop: Shop = None,
    actor: Actor = None,
    action: ActionOption = None,
    subject: Subject = None,
    from_: From = None,
    to: To = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """Show what was done, the newest first."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        spans = instant_of(from_, "from"), instant_of(to, "to")
        wanted = WantedEvents(shop, actor, action, subject, *spans)
        with house.database.snapshot() as session:
            found = [event for event, _ in wanted_events(session, wanted, limit)]
    if json:
        say_json(
            {
                "events": [
                    {
                        "event": each.event_id,
                        "shop": each.shop_id,
                        "at": iso_utc(each.at),
                        "actor": each.actor,
                        "action": each.action,
                        "subject": each.subject,
                        "detail": each.detail,
                        "request_id": each.request_id,
                        "row_hash": each.row_hash.hex(),
                    }
                    for each in found
                ]
            }
        )
        return
    table = Table("at", "shop", "by", "what", "about", "detail")
    for each in found:
        told = each.shop_id or "–", each.actor, each.action, each.subject, each.detail
        table.add_row(in_utc(each.at, to_the="seconds"), *(escape(one) for one in told))
    out.print(table if found else "Nothing like that was done.")


@commands.command()
def mark(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="What an agent may have asked, letter by letter.")],
    json: Json = False,
) -> None:
    """Say how the log marks words that an agent sent, because it keeps none; find the mark with query."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        marks = [fingerprint(key, words) for key in asked_keys(house.vault)]
    if json:
        say_json({"characters": len(words), "fingerprints": marks})
        return
    for each in marks:
        out.print(each)


@commands.command()
def export(
    context: typer.Context,
    shop: Shop = None,
    installation: Annotated[
        bool, typer.Option("--installation", help="Only what concerns no shop.")
    ] = False,
    from_: From = None,
    to: To = None,
) -> None:
    """Write it as NDJSON with its hashes to the standard output; verify proves the file alone."""
    settings = invocation(context).settings()
    with told_errors(False), migrated_installation(settings) as house:
        if installation and shop is not None:
            raise HotdashError(
                "--installation and --shop exclude each other.",
                hint="Export them one after the other.",
                field="installation",
            )
        chain = INSTALLATION if installation else shop
        spans = instant_of(from_, "from"), instant_of(to, "to")
        with house.database.jobs() as session:
            seal(session)
        with house.database.snapshot() as session:
            for event, link in events_between(session, settings.home, chain, *spans):
                sys.stdout.write(line_of(event, link) + "\n")


@commands.command()
def note(context: typer.Context, json: Json = False) -> None:
    """Write down outside the database where each chain ends, so that a cut-off end is found."""
    with told_errors(json):
        settings = invocation(context).settings()
        with migrated_installation(settings) as house:
            news = note_heads(house.database, settings.home, house.clock.now())
        if json:
            say_json({"noted": news})
        else:
            out.print(f"{news} ends noted.")


@commands.command()
def archive(context: typer.Context, json: Json = False) -> None:
    """Bring rows older than 180 days into files of the home; the worker does it every night."""
    with told_errors(json):
        settings = invocation(context).settings()
        with migrated_installation(settings) as house:
            rows = archive_old(house.database, settings.home, house.clock.now())
        if json:
            say_json({"archived": rows})
        else:
            out.print(f"{rows} rows archived.")


def _of_file(file: Path) -> PartOfChains:
    try:
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rt", encoding="utf-8", newline="\n") as lines:
            part = part_of_lines(lines)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise NotFoundError(
            f"{file} cannot be read: {error}.",
            hint="Name a file of `hotdash audit export`.",
            field="file",
        ) from None
    if not part.rows and part.misfit is None:
        raise NotFoundError(
            f"{file} is empty, which proves nothing.",
            hint="Name a file of `hotdash audit export`, and look whether that wrote anything.",
            field="file",
        )
    return part


def _told(misfit: Misfit) -> str:
    event = f"event {misfit.event_id}" if misfit.event_id is not None else "an event"
    at = f" of {iso_utc(misfit.at)}" if misfit.at else ""
    where = misfit.chain or "the installation"
    return f"{where}, position {misfit.position}, {event}{at}: {misfit.why}."
