"""hotdash backup create|list|verify|restore|drill|rotate-key"""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.clock import iso_utc
from hotdash.entrypoints.cli.instants import in_utc, instant_of
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation, open_installation
from hotdash.entrypoints.wiring_backups import backup_desk, restoring_desk
from hotdash.governance.backup.archive import newest_first
from hotdash.governance.backup.create import Made
from hotdash.governance.backup.drill import Drilled
from hotdash.governance.backup.manifest import Manifest, WarehouseFile
from hotdash.governance.backup.restore import Restored
from hotdash.governance.privacy.erase import Proof

Backup = Annotated[
    str | None, typer.Argument(help="Which, by its name in `backup list`; else the newest.")
]
At = Annotated[
    str | None, typer.Option(help="The newest that was made until this instant.", metavar="INSTANT")
]
_MIB = 1024 * 1024

commands = typer.Typer(
    help="Back up what must never be lost, prove it, put it back, and practise that.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="backup")


@commands.command()
def create(
    context: typer.Context,
    without_warehouse: Annotated[
        bool, typer.Option("--without-warehouse", help="Only the app database and the home.")
    ] = False,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="Write every chunk anew, also those that are there already."),
    ] = False,
    json: Json = False,
) -> None:
    """Make one: the app database, the warehouse and the home's files, sealed; only what is new is written."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        shown_progress(err, silent=json) as progress,
    ):
        desk = backup_desk(house)
        made = desk.create(
            *(operator(), "by hand", progress),
            whole=whole,
            with_warehouse=not without_warehouse,
        )
        if json:
            say_json(_made_document(made))
            return
        out.print(escape(told_of(made)))
        out.print(
            f"Keep a copy of {escape(str(desk.key_file))} somewhere else: without it no backup "
            "opens. secret.keys, which opens the vendors' keys, is in none of them.",
            style="dim",
        )


@commands.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List them, the newest first."""
    with (
        told_errors(json),
        open_installation(invocation(context).settings(), settles=False) as house,
    ):
        desk = backup_desk(house)
        found = newest_first(desk.existing_archive())
    if json:
        say_json({"place": desk.told, "backups": [document(each) for each in found]})
        return
    table = Table("backup", "made", "why", "tables", "warehouse", "MiB")
    for each in found:
        kind = each.warehouse.kind if each.warehouse else "–"
        table.add_row(
            each.backup_id,
            iso_utc(each.made_at),
            escape(each.reason),
            str(len(each.app.tables)),
            kind,
            f"{each.size / _MIB:,.1f}",
        )
    out.print(table)


@commands.command()
def verify(
    context: typer.Context, backup: Backup = None, at: At = None, json: Json = False
) -> None:
    """Prove that every part of one is there and unchanged."""
    with (
        told_errors(json),
        open_installation(invocation(context).settings(), settles=False) as house,
        shown_progress(err, silent=json) as progress,
    ):
        proven = backup_desk(house).verify(backup, instant_of(at, "at"), progress)
    if json:
        say_json({"holds": True, "bytes": proven.bytes, **document(proven.manifest)})
    else:
        out.print(
            f"{proven.manifest.backup_id} is whole: {proven.bytes / _MIB:,.1f} MiB, nothing is "
            "missing or changed."
        )


@commands.command()
def restore(
    context: typer.Context,
    backup: Backup = None,
    at: At = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the shops and everything else that is here.")
    ] = False,
    without_warehouse: Annotated[
        bool,
        typer.Option("--without-warehouse", help="Leave the warehouse of this home as it is."),
    ] = False,
    json: Json = False,
) -> None:
    """Put one back: the database in one step, then the files; killed, it is run again."""
    with (
        told_errors(json),
        open_installation(invocation(context).settings(), settles=False) as house,
        shown_progress(err, silent=json) as progress,
    ):
        erased: list[Proof] = []
        done = restoring_desk(house, erased).restore(
            *(operator(), backup, instant_of(at, "at"), progress),
            replace=replace,
            with_warehouse=not without_warehouse,
        )
    if json:
        say_json(_restored_document(done, erased))
    else:
        _tell_restored(done, erased)


def _restored_document(done: Restored, erased: Sequence[Proof]) -> dict[str, Any]:
    return document(done.manifest) | {
        "has_warehouse": done.has_warehouse,
        "warehouse_of": done.warehouse_of.backup_id if done.warehouse_of else None,
        "opens_credentials": done.opens_credentials,
        "erased_again": [each.erasure.erasure_id for each in erased],
    }


def _tell_restored(done: Restored, erased: Sequence[Proof]) -> None:
    out.print(f"Restored as of {in_utc(done.manifest.made_at)}; everybody signs in anew.")
    if erased:
        times = "1 erasure was" if len(erased) == 1 else f"{len(erased)} erasures were"
        out.print(f"{times} done again, because the backup had brought these people back.")
    if done.is_of_two and done.warehouse_of:
        older = done.warehouse_of
        out.print(
            f"This backup holds no warehouse and there was none here, so that of {older.backup_id} "
            f"was put back, as of {in_utc(older.made_at)}: `hotdash run --full` reads on from there "
            "and computes anew."
        )
    if not done.has_warehouse:
        out.print(
            "The warehouse was left as it is: `hotdash run --full --reread` loads what the vendors "
            "still have, and `hotdash privacy replay` erases whoever they bring back."
        )
    if not done.opens_credentials:
        out.print(
            "The keys of this home do not open all credentials that came back: put the secret.keys of "
            "that time here, or enter them again."
        )


@commands.command()
def drill(context: typer.Context, backup: Backup = None, at: At = None, json: Json = False) -> None:
    """Restore one into a Postgres of its own, compare every table, and throw it away."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        shown_progress(err, silent=json) as progress,
    ):
        done = backup_desk(house).drill(operator(), backup, instant_of(at, "at"), progress)
    if json:
        say_json(_drill_document(done))
    elif done.holds:
        out.print(
            f"{done.manifest.backup_id} came back in {done.seconds} s: {done.compared} tables are "
            f"what they were, {done.served} of them served; the warehouse's "
            f"{done.warehouse_tables} hold as many rows."
        )
    else:
        odd = done.audit_misfit or ", ".join(done.differing)
        err.print("[bold red]✕[/]", escape(f"{done.manifest.backup_id} came back, but: {odd}."))
    if not done.holds:
        raise SystemExit(FAILED)


@commands.command("rotate-key")
def rotate_key(
    context: typer.Context,
    retire_old: Annotated[
        bool,
        typer.Option("--retire-old", help="Also delete the keys from before."),
    ] = False,
    json: Json = False,
) -> None:
    """Seal what opens the backups with a new key; the backups stay as they are."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        desk = backup_desk(house)
        retired = desk.rotate_key(operator(), retire_old=retire_old)
    if json:
        say_json({"retired": retired})
    else:
        out.print(
            f"Keep the new {escape(str(desk.key_file))} somewhere else: the old copy "
            "opens nothing that is there now."
        )


def told_of(made: Made) -> str:
    manifest, written = made.manifest, made.written
    return (
        f"Backed up as {manifest.backup_id}: {manifest.size / _MIB:,.1f} MiB. Of its "
        f"{written.known + written.chunks} chunks {written.known} were there already; "
        f"{written.chunks} were written, compressed to {written.bytes / _MIB:,.1f} MiB."
    )


def document(manifest: Manifest) -> dict[str, Any]:
    warehouse = manifest.warehouse
    return {
        "backup": manifest.backup_id,
        "made_at": iso_utc(manifest.made_at),
        "reason": manifest.reason,
        "version": manifest.version,
        "revision": manifest.app.revision,
        "bytes": manifest.size,
        "tables": len(manifest.app.tables),
        "rows": sum(table.rows for table in manifest.app.tables),
        "files": len(manifest.files),
        "warehouse": warehouse.kind if warehouse else None,
        "warehouse_tables": len(warehouse.rows) if isinstance(warehouse, WarehouseFile) else None,
    }


def _made_document(made: Made) -> dict[str, Any]:
    written = made.written
    return document(made.manifest) | {
        "written_bytes": written.bytes,
        "written_chunks": written.chunks,
        "known_chunks": written.known,
    }


def _drill_document(done: Drilled) -> dict[str, Any]:
    return document(done.manifest) | {
        "holds": done.holds,
        "compared": done.compared,
        "served": done.served,
        "differing": list(done.differing),
        "audit_misfit": done.audit_misfit,
        "seconds": done.seconds,
    }
