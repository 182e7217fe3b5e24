"""`hotdash --help`: one sentence of each command, without a wait for what the commands need."""

import subprocess
import sys
from typing import Any

import typer.main

from hotdash.entrypoints.cli.main import COMMANDS, app

LOOK = (
    "import sys\n"
    "from hotdash.entrypoints.cli.main import app\n"
    "try:\n"
    "    app(['--help'])\n"
    "finally:\n"
    "    print(*sys.modules, file=sys.stderr)\n"
)
HEAVY = {"alembic", "dbt", "dlt", "fastapi", "httpx", "pyarrow", "sqlalchemy"}


def test_help_names_every_command_and_imports_none() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=60, check=True
    )
    for name, told in COMMANDS.items():
        assert f"\n  {name} " in shown.stdout
        assert f"  {told}.\n" in shown.stdout, "each fits into its line"
    loaded = set(shown.stderr.split())
    assert "hotdash.entrypoints.cli.main" in loaded
    assert HEAVY & loaded == set()


def test_each_sentence_is_how_the_commands_own_begins() -> None:
    group: Any = typer.main.get_command(app)
    own = {name: group.get_command(None, name).help for name in group.list_commands(None)}
    assert {name: own[name][: len(told)] for name, told in COMMANDS.items()} == COMMANDS
