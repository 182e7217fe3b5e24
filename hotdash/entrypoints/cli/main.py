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

# What `hotdash --help` says of each; the whole of it stands in the command's own file.
COMMANDS = {
    "demo": "Show everything with three simulated shops",
    "init": "Set up this folder: settings file, database, owner",
    "connect": "Give a shop a source",
    "disconnect": "Forget a shop's credentials for a vendor",
    "credentials": "See which keys to vendors are kept",
    "secrets": "See what is secret here and when it ends, look for leaks",
    "sync": "Read the sources into the raw tables, and nothing more",
    "run": "Ingest, transform, check and publish",
    "serve": "Serve the pages and the API until Ctrl-C",
    "up": "Serve the pages and do what is due, together, until Ctrl-C",
    "worker": "Do what is due, until Ctrl-C",
    "metrics": "See how metrics are defined, ask for them, explain",
    "attribution": "Explain which visits an order is credited to",
    "sources": "Say how each source of each shop stands",
    "quarantine": "Look at what no table could hold, and ask for it again",
    "drift": "See where vendors left their contracts",
    "lineage": "See where a number comes from, and what rests on a column",
    "dictionary": "Look up tables, columns, metrics, settings and commands",
    "settings": "Set the numbers a shop runs by",
    "rates": "Bring the dated exchange rates",
    "status": "Say how each shop stands, what the last run did",
    "doctor": "Look at everything this installation needs",
    "simulate": "Serve the simulated vendors alone",
    "ci": "Hold a change of this project to its rules",
    "backup": "Back up what must never be lost, prove it, put it back",
    "migrate": "Bring the app database's tables to this version",
    "publish": "List, roll back and release what is published",
    "backfill": "Compute days of the past anew",
    "checks": "See what the checks found, and decide about warnings",
    "alerts": "See what is wrong, answer it, and say who hears of it",
    "anomalies": "See what was out of the ordinary and why, and answer it",
    "knowledge": "Search what was written down, and keep its index",
    "decisions": "See what is worth deciding, decide it, look back",
    "recommendations": "See what answers taught, freeze it, hand it out",
    "mirror": "Mirror decisions and facts to a Supabase project",
    "facts": "See what is known about how shops are run",
    "parity": "Compare served rows with what was published",
    "incident": "Gather what the analyzer and parity say twice a day",
    "analyze": "See what failed, whether trying again helped",
    "packet": "Make and read the weekly packets of a shop",
    "forecast": "See what comes, how long stock lasts and what to order",
    "studies": "See whether series move together, and how many shops act",
    "validate": "Answer what a merchant asks on the first day",
    "scorecard": "Show what is promised, measured on this installation",
    "backlog": "Show the metrics, studies and evidence still to come",
    "people": "Say who belongs to which shop, with which role",
    "tokens": "Make, list and end the tokens that programs come in with",
    "mcp": "Answer agents over stdio with the rights of a token",
    "access": "See who read what, and whom a pseudonym stands for",
    "retention": "See what is older than the policy keeps it, and let go",
    "privacy": "Export or erase everything that is known of a person",
    "audit": "Search the record of everything done, and prove it",
    "evidence": "Pack a window of time into one file that proves itself",
    "sign-in": "Print a one-time sign-in link",
    "version": "Print the version of Hotdash and of what it stands on",
}


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

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, f"{told}.") for name, told in COMMANDS.items()])


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
