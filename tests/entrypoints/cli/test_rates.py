"""hotdash rates, as a person types it."""

import pytest

from tests.fixtures.commands import Commands

MONDAY = {"day": "2026-11-02", "base": "JPY", "quote": "USD", "rate": "0.0065"}

pytestmark = pytest.mark.usefixtures("shop")


def test_are_imported_once_and_listed(commands: Commands) -> None:
    (commands.folder / "rates.csv").write_text("day,base,quote,rate\n2026-11-02,JPY,USD,0.00650\n")
    [added] = commands.told("rates", "import", "rates.csv")["added"]
    assert MONDAY.items() <= added.items()
    assert added["shop"] == "hot-rod-an"
    assert commands.shown("rates", "import", "rates.csv").startswith("0 rates are new")
    assert commands.told("rates", "list", "--shop", "hot-rod-an")["rates"] == [added]
    assert "0.0065" in commands.shown("rates", "list")


def test_one_is_taken_back(commands: Commands) -> None:
    (commands.folder / "rates.csv").write_text("day,base,quote,rate\n2026-11-02,JPY,USD,0.0065\n")
    commands.told("rates", "import", "rates.csv")
    [removed] = commands.told("rates", "remove", "2026-11-02", "jpy", "usd")["removed"]
    assert MONDAY.items() <= removed.items()
    assert commands.told("rates", "list")["rates"] == []
    error = commands.error("rates", "remove", "2026-11-02", "JPY", "USD")
    assert (error["code"], error["field"]) == ("not_found", "day")
    commands.told("rates", "import", "rates.csv")
    shown = commands.shown("rates", "remove", "2026-11-02", "JPY", "USD")
    assert "JPY to USD of 2026-11-02 was 0.0065 and is gone" in shown


def test_a_broken_line_is_told_with_its_mend(commands: Commands) -> None:
    (commands.folder / "rates.csv").write_text("day,base,quote,rate\n2026-11-02,JPY,JPY,1\n")
    error = commands.error("rates", "import", "rates.csv")
    assert error["code"] == "invalid_rates_file"
    assert error["message"] == "Line 2 converts JPY to itself."
    assert "Nothing was imported" in error["hint"]


def test_a_file_that_is_not_there(commands: Commands) -> None:
    assert "rates.csv" in commands.error("rates", "import", "rates.csv")["message"]
