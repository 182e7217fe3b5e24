"""hotdash migrate"""

from typing import Annotated

import typer

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import open_installation
from hotdash.entrypoints.wiring_backups import back_up_before_migrating
from hotdash.storage.appdb import migrate as migrations


def register(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate(
    context: typer.Context,
    revision: Annotated[
        str, typer.Option("--to", help="The revision to reach; head is the newest.")
    ] = "head",
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
        made = None if no_backup else back_up_before_migrating(house, operator(), goes_down=down)
        if down:
            migrations.downgrade(database, revision, losing=lose)
        else:
            migrations.upgrade(database, revision)
            if data_api:
                migrations.open_data_api(database)
        after = migrations.current(database)
        if json:
            say_json({"before": before, "after": after, "backup": made})
        elif before == after:
            out.print(f"The app database is at {after} already.")
        else:
            out.print(f"The app database went from {before or 'nothing'} to {after or 'nothing'}.")
        if made and not json:
            out.print(f"Before that it was backed up as {made}.", style="dim")
