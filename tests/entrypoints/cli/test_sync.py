"""Sources into raw only: what comes in, what is read again, and what a broken one holds up."""

import io
import json

import pytest
from rich.console import Console

from hotdash.base.progress import TitledProgress
from hotdash.entrypoints.cli.progress import shown_progress
from tests.fixtures.commands import Commands
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle


@pytest.fixture
def shop(commands: Commands, simulator: SimulatorHandle, weather: None) -> Commands:
    commands.connect_shop(simulator)
    connect_weather(commands, "right")
    return commands


def connect_weather(commands: Commands, key: str) -> None:
    commands.told("connect", "weather", "--secrets-stdin", stdin=json.dumps({"api_key": key}))


def synced(commands: Commands, *flags: str, code: int = 0) -> dict[str, dict[str, object]]:
    told = commands.told("sync", *flags, code=code)
    assert told["failed"] is (code != 0)
    return {each["source"]: each for each in told["sources"]}


def test_everything_comes_in_and_then_only_what_is_new(shop: Commands) -> None:
    first = synced(shop)
    assert list(first) == ["shopify", "weather"], "orders first"
    assert first["shopify"]["rows"]["shopify_orders"] > 100
    assert first["weather"]["rows"] == {"weather_readings": 4, "quarantine": 1}
    assert first["weather"]["unreadable"] == 1
    assert first["weather"]["shop"] == SHOP_ID
    second = synced(shop)
    assert second["weather"]["rows"]["weather_readings"] == 1
    assert shop.told("status")["shops"][0]["published_at"] is None, "into raw only"


def test_reading_again(shop: Commands) -> None:
    only = ("--source", "weather")
    synced(shop, *only)
    assert synced(shop, *only)["weather"]["rows"]["weather_readings"] == 1
    assert synced(shop, *only, "--full")["weather"]["rows"]["weather_readings"] == 4
    assert synced(shop, *only, "--since", "2020-01-01")["weather"]["rows"]["weather_readings"] > 999
    later = synced(shop, *only, "--since", "2999-01-01T00:00:00+02:00")
    assert later["weather"]["rows"]["weather_readings"] == 1, "nothing between is left out"


def test_a_broken_source_holds_up_nobody(shop: Commands) -> None:
    connect_weather(shop, "broken")
    told = synced(shop, code=1)
    assert told["weather"]["code"] == "vendor_access"
    assert told["weather"]["hint"]
    assert told["shopify"]["status"] == "loaded"
    said = shop.shown("sync", "--source", "weather", code=1)
    assert "not accepted" in said
    assert "✕" in said
    assert synced(shop, code=1)["weather"]["status"] == "skipped", "a refused key is not tried on"
    assert "was not asked" in shop.shown("sync", code=1)


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (("--source", "etsy"), "source"),
        (("--shop", "nobody"), "shop"),
        (("--since", "yesterday"), "since"),
        (("--since", "2026-01-01", "--full"), "since"),
    ],
)
def test_what_cannot_be_asked_is_named(shop: Commands, flags: tuple[str, ...], field: str) -> None:
    error = shop.error("sync", *flags)
    assert error["field"] == field
    assert error["hint"]


def test_a_table_is_shown(shop: Commands) -> None:
    said = shop.shown("sync", "--source", "weather")
    assert SHOP_ID in said
    assert "hotdash run" in said


class TestProgress:
    def test_a_terminal_draws_a_bar_per_table_with_rows_and_rate(self) -> None:
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=True, width=140)
        with shown_progress(console) as progress:
            for number in range(60):
                titled = TitledProgress(progress, "hot-rod-an weather")
                with titled.task(f"Table {number}", total=1500) as task:
                    task.advance(1500)
        said = screen.getvalue()
        for number in range(60):
            assert f"hot-rod-an weather Table {number}" in said, "more than there are lines"
        assert "1,500" in said
        assert "/s" in said

    def test_elsewhere_lines_are_written(self) -> None:
        screen = io.StringIO()
        with shown_progress(Console(file=screen)) as progress:
            with progress.task("Quick") as task:
                task.advance(5)
            assert screen.getvalue() == "", "what is over at once needs no line"
