"""No setting, route, command or field of a vendor is without a word of what it is, or has but its name.

Tables and columns of the warehouse and of the app database: test_trace_lineage.py.
"""

import sys
from typing import Any

import pytest
import typer.main

from docs.write_reference import commands
from hotdash.base.paths import contracts_folder
from hotdash.base.settings import Settings
from hotdash.connectors.registry import OURS
from hotdash.entrypoints.cli.main import COMMANDS, app
from hotdash.entrypoints.web.app import ROUTERS
from hotdash.governance.lineage.contracts import read_contracts
from hotdash.governance.lineage.dictionary import only_names


def test_every_setting_says_what_it_does() -> None:
    settings = Settings.model_fields.items()
    assert [name for name, field in settings if only_names(name, field.description or "")] == []


def test_no_column_of_a_contract_is_described_by_its_name_or_by_filler() -> None:
    told = {
        f"{schema['name']}.{column['name']}": column["description"]
        for contract in read_contracts(contracts_folder())
        for schema in contract["schema"]
        for column in schema["properties"]
    }
    assert len(told) > len(OURS)
    assert [name for name, words in told.items() if only_names(name, words)] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raw.orders.clicks", ""),
        ("raw.orders.clicks", "Clicks, as the vendor tells it."),
        ("raw.orders.page_host", "The host of the page."),
        ("raw.orders.page_host", "Description of the column."),
        ("raw.orders.page_host", "TODO"),
    ],
)
def test_a_name_said_again_is_no_description(name: str, words: str) -> None:
    assert only_names(name, words)


def test_what_tells_more_than_the_name_is_one() -> None:
    assert not only_names("app.calls.cost", "What it cost of the limit, as the vendor tells it.")


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
