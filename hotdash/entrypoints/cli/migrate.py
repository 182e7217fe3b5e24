"""hotdash migrate"""

from collections.abc import Sequence
from typing import Annotated

import typer

from hotdash.base.errors import SettingsError
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, open_installation
from hotdash.entrypoints.wiring_backups import back_up_before_migrating
from hotdash.jobs.living import living_workers
from hotdash.storage.appdb import migrate as migrations
from hotdash.storage.appdb.session import Database


def register(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate(
    context: typer.Context,
    to: Annotated[
        str | None,
        typer.Option(help="The revision to reach; else the newest, head.", metavar="REVISION"),
    ] = None,
    down: Annotated[
        bool,
        typer.Option("--down", help="Go down to the revision; refused where that loses a value."),
    ] = False,
    lose: Annotated[
        bool, typer.Option("--lose", help="Go down all the same: what only newer ones hold goes.")
    ] = False,
    no_backup: Annotated[
        bool,
        typer.Option(
            "--no-backup",
            help="Make no backup first; else the app database and the home's files go into one.",
        ),
    ] = False,
    data_api: Annotated[
        bool,
        typer.Option(
            "--data-api",
            help="Also open the views of the schema api to Supabase's roles; later migrations keep "
            "that in step.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Bring the app database's tables to this version."""
    with told_errors(json), open_installation(invocation(context).settings()) as house:
        database = house.database
        before = migrations.current(database)
        revision = _target(to, before, down)
        alive: list[str] = []
        made = None
        if migrations.is_due(database, revision, is_down=down):
            alive = [each.name for each in living_workers(database, house.clock.now())]
            _warn_of(alive)
            made = None if no_backup else _backed_up(house, revision, down, lose)
            _go(database, revision, down, lose)
        if data_api and not down:
            migrations.open_data_api(database)
        after = migrations.current(database)
    if json:
        say_json({"before": before, "after": after, "backup": made, "workers": alive})
        return
    if before == after:
        out.print(f"The app database is at {after or 'nothing'} already.")
    else:
        out.print(f"The app database went from {before or 'nothing'} to {after or 'nothing'}.")
    if made:
        out.print(f"Before that it was backed up as {made}.", style="dim")


def _target(to: str | None, current: str | None, down: bool) -> str:
    if to is None and down:
        raise SettingsError(
            "--down says no revision to go down to.",
            hint=f"The app database is at {current}. Say --to with what `before` says in what the "
            "upgrade's `hotdash migrate --json` told; `hotdash backup list --json` has the "
            "revision of every backup.",
            field="to",
        )
    return to or migrations.HEAD


def _warn_of(alive: Sequence[str]) -> None:
    """Said and not refused: where a platform starts the processes, nobody can stop them here."""
    for name in alive:
        err.print(
            f"[yellow]A worker is there: {name}.[/] It should be stopped before its tables change; "
            "start the new version's afterwards."
        )


def _backed_up(house: Installation, revision: str, down: bool, lose: bool) -> str | None:
    """What will be refused leaves no backup behind."""
    if down:
        migrations.downgrade(house.database, revision, losing=lose, is_rehearsed=True)
    return back_up_before_migrating(house, operator())


def _go(database: Database, revision: str, down: bool, lose: bool) -> None:
    if down:
        migrations.downgrade(database, revision, losing=lose)
    else:
        migrations.upgrade(database, revision)
