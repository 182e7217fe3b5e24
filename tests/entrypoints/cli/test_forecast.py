"""hotdash forecast show|stock|make, as a person types them at an installation's home."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.commands import Commands
from tests.fixtures.forecast_world import CLAMP, HOSE, PUMP, foretold
from tests.fixtures.storefront import ROD, Storefront

__all__ = ["foretold"]


@pytest.fixture
def at_home(foretold: Storefront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.chdir(tmp_path)
    return Commands(tmp_path, foretold.database.direct_uri)


def test_what_comes_is_told_with_its_range_and_its_error(at_home: Commands) -> None:
    [told] = at_home.told("forecast", "show", "--shop", ROD)["shops"]
    assert {each["subject"] for each in told["forecasts"]} == {
        *("revenue", "orders", "growth", "demand"),
    }
    shown = at_home.shown("forecast", "show", "--shop", ROD)
    for each in ("in the next 28 days", "MASE", "it held on", "No date of $10,000,000"):
        assert each in shown


def test_the_plan_lists_what_runs_out(at_home: Commands) -> None:
    told = at_home.told("forecast", "stock", "--shop", ROD)
    assert {each["inventory_item_id"] for each in told["items"]} == {HOSE, PUMP}
    assert told["totals"]["items"] == 5
    much = at_home.told("forecast", "stock", "--shop", ROD, "--list", "overstock")
    assert [each["inventory_item_id"] for each in much["items"]] == [CLAMP]
    assert "2 of 5 items likely to run out within the lead time and two weeks" in at_home.shown(
        "forecast", "stock", "--shop", ROD
    )


def test_as_of_an_earlier_day_is_made_and_shown(at_home: Commands) -> None:
    before = at_home.shown("forecast", "show", "--shop", ROD, "--as-of", "2026-11-01")
    assert (
        "was made as of 1 Nov 2026 or before: `hotdash forecast make --as-of 2026-11-01`" in before
    )
    made = at_home.told("forecast", "make", "--shop", ROD, "--as-of", "2026-11-01")
    assert made["shops"] == [{"shop": ROD, "items": 0}]
    [told] = at_home.told("forecast", "show", "--shop", ROD, "--as-of", "2026-11-01")["shops"]
    known = {each["subject"]: each["document"]["known_to"] for each in told["forecasts"]}
    assert known["revenue"] == "2026-11-01"


def test_of_several_shops_one_has_to_be_named(at_home: Commands) -> None:
    assert "Name one with --shop" in at_home.error("forecast", "stock")["hint"]


@pytest.mark.parametrize(
    "module",
    [
        "hotdash.entrypoints.cli.forecast",
        "hotdash.entrypoints.web.app",
        "hotdash.jobs.worker",
    ],
)
def test_nobody_loads_the_numbers_before_they_are_asked_for(module: str) -> None:
    heavy = ("statsforecast", "pandas", "scipy")
    code = f"import sys, {module}; print(*(name for name in {heavy!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
