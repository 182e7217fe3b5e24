"""hotdash migrate"""

from typing import Annotated

import typer

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import open_installation
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
        typer.Option("--down", help="Go down to the revision; what only newer ones hold is lost."),
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
        if down:
            migrations.downgrade(database, revision)
        else:
            migrations.upgrade(database, revision)
            if data_api:
                migrations.open_data_api(database)
        after = migrations.current(database)
        if json:
            say_json({"before": before, "after": after})
        elif before == after:
            out.print(f"The app database is at {after} already.")
        else:
            out.print(f"The app database went from {before or 'nothing'} to {after or 'nothing'}.")
