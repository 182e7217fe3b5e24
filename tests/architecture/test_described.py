"""No setting, route or command is without a word of what it is; tables and columns: test_trace_lineage.py."""

import sys
from typing import Any

import typer.main

from docs.write_reference import commands
from hotdash.base.settings import Settings
from hotdash.entrypoints.cli.main import COMMANDS, app
from hotdash.entrypoints.web.app import ROUTERS


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_command_and_each_of_its_parameters_says_what_it_does() -> None:
    found = dict(commands(typer.main.get_command(app), "hotdash"))
    assert len(found) > len(COMMANDS)
    assert [name for name, command in found.items() if not (command.help or "").strip()] == []


def routes() -> list[Any]:
    return [route for router in ROUTERS for route in router.routes]


def test_every_route_for_programs_says_what_it_answers() -> None:
    silent = [each.path for each in routes() if each.include_in_schema and not each.description]
    assert silent == [], "a docstring of its function"


def test_every_page_says_what_it_shows() -> None:
    silent = [
        each.path
        for each in routes()
        if not (each.endpoint.__doc__ or sys.modules[each.endpoint.__module__].__doc__)
    ]
    assert silent == [], "a docstring of its function, or of its file"
