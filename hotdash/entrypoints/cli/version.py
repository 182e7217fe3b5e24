"""hotdash version"""

import platform
from importlib.metadata import version as installed

import typer

import hotdash
from hotdash.entrypoints.cli.invocation import Json
from hotdash.entrypoints.cli.output import out, say_json

_SHOWN = ("dlt", "dbt-core", "duckdb", "sqlalchemy", "fastapi")


def register(app: typer.Typer) -> None:
    app.command()(version)


def version(json: Json = False) -> None:
    """Print the version of Hotdash and of what it stands on."""
    versions = {name: installed(name) for name in _SHOWN}
    if json:
        say_json({"hotdash": hotdash.__version__, "python": platform.python_version(), **versions})
        return
    parts = ", ".join(f"{name} {number}" for name, number in versions.items())
    out.print(f"hotdash {hotdash.__version__} (Python {platform.python_version()}, {parts})")
