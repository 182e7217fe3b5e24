"""hotdash serve"""

from typing import Annotated

import typer

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, told_errors
from hotdash.entrypoints.served_address import told_where
from hotdash.entrypoints.web.server import serve as serve_web
from hotdash.entrypoints.wiring import open_installation
from hotdash.entrypoints.wiring_web import web_context


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    json: Json = False,
) -> None:
    """Serve the pages and the API until Ctrl-C."""
    with told_errors(json):
        settings = invocation(context).settings(host=host, port=port)
        with open_installation(settings) as house:
            house.database.check()
            house.require_migrated()
            err.print(f"Serving on {settings.base_url} (Ctrl-C stops)")
            with told_where(settings):
                serve_web(settings.host, settings.port, web_context(house))
