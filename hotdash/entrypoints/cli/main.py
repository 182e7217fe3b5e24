"""The hotdash command: one file per command, imported when it is called."""

import signal
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from hotdash.entrypoints.cli.invocation import Invocation
from hotdash.entrypoints.cli.parent import end_with

COMMANDS = (
    *("demo", "init", "connect", "disconnect", "credentials", "sync", "run", "serve"),
    *("up", "worker"),
    "metrics",
    "attribution",
    *("sources", "quarantine", "drift", "settings", "rates", "status", "doctor", "simulate"),
    *("ci", "migrate", "publish", "backfill", "checks", "alerts", "sign-in", "version"),
)


class CommandOnDemand(typer.core.TyperGroup):
    """`hotdash version` need not wait for dbt, dlt and the web server to be imported."""

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"hotdash.entrypoints.cli.{cmd_name.replace('-', '_')}")
        registered = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
        module.register(registered)
        return typer.main.get_group(registered).get_command(ctx, cmd_name)


app = typer.Typer(
    name="hotdash",
    help="The operator control center for Shopify merchants.",
    cls=CommandOnDemand,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def root(
    context: typer.Context,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A setting for this call; may be given many times."
        ),
    ] = None,
    home: Annotated[
        str | None, typer.Option(help="The folder of the installation, like the setting home.")
    ] = None,
    parent: Annotated[
        int | None, typer.Option(hidden=True, help="End when this process is gone.")
    ] = None,
) -> None:
    if parent is not None:
        end_with(parent)
    context.obj = Invocation.from_flags(set_ or [], home)


def main() -> None:
    # A terminated command ends like an interrupted one: what it started is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    app()
