"""Fixtures that several floors share live in tests/fixtures, one module per thing."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The console takes its width once, from whoever imports it first.
os.environ["COLUMNS"] = "200"
# Whoever is started in the background ignores Ctrl-C, and so would every process that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# What is drawn is what these tests are for; a busy machine draws and decides slowly.
settings.register_profile("hotdash", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hotdash")
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a slow test first: begun last, one of them would keep a single worker busy at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
