"""Fixtures that several floors share live in tests/fixtures, one module per thing."""

import os
from pathlib import Path

import pytest

# The console takes its width once, from whoever imports it first.
os.environ["COLUMNS"] = "200"
_FIXTURES = Path(__file__).parent / "fixtures"

pytest_plugins = [
    f"tests.fixtures.{name}"
    for name in (
        *("postgres", "other_postgres", "shops", "marts", "simulator", "storefront"),
        *("warehouses", "commands", "browser", "postcards", "launch_world", "lineage"),
    )
    if (_FIXTURES / f"{name}.py").is_file()
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="FOLDER", help="Keep what the journeys saw there.")
