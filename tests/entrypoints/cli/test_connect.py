"""Giving a shop a source: asked for or handed over, tried at once, never shown."""

import json
import os
import pty
import select
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.settings import load_settings
from hotdash.connectors.registry import spec_of
from hotdash.entrypoints.cli.credential_fields import FieldsOf
from hotdash.entrypoints.wiring import open_installation
from hotdash.simulators.world import World
from hotdash.storage.appdb.models import SourceState
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.loader_files import Loader
from tests.fixtures.processes import clean_environment
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle


def kept(commands: Commands, vendor: str, shop_id: str = SHOP_ID) -> dict[str, str] | None:
    settings = load_settings(database_url=commands.database_url)
    with open_installation(settings) as house, house.database.jobs() as session:
        found = credentials.find_credential(session, house.vault, shop_id, vendor)
    return None if found is None else dict(found)


@pytest.fixture
def shop(commands: Commands, simulator: SimulatorHandle, weather: None) -> Commands:
    """Hot Rod AN is there, and the weather can be connected."""
    commands.connect_shop(simulator)
    return commands


class TestShopify:
    def test_makes_the_shop_and_keeps_what_was_given(
        self, commands: Commands, simulator: SimulatorHandle
    ) -> None:
        told = commands.connect_shop(simulator)
        assert told == {
            "shop": SHOP_ID,
            "vendor": "shopify",
            "stored": True,
            "missing_scopes": [],
            "webhooks": None,
        }
        [shop] = commands.told("status")["shops"]
        assert (shop["shop"], shop["timezone"]) == (SHOP_ID, "America/Chicago")
        assert kept(commands, "shopify") == simulator.shops[SHOP_ID]["sources"]["shopify"]

    def test_keeps_nothing_when_it_is_refused(
        self, commands: Commands, simulator: SimulatorHandle
    ) -> None:
        fields = simulator.shops[SHOP_ID]["sources"]["shopify"]
        wrong = json.dumps(fields | {"access_token": "shpat_wrong"})
        error = commands.error("connect", "shopify", "--secrets-stdin", stdin=wrong)
        assert "shpat_wrong" not in json.dumps(error)
        assert error["hint"]
        assert commands.told("status")["shops"] == []

    def test_a_new_key_replaces_the_old_and_nothing_else(
        self, shop: Commands, simulator: SimulatorHandle
    ) -> None:
        before = kept(shop, "shopify")
        assert before is not None
        simulator.set_token(SHOP_ID, "shpat_renewed")
        shop.told(
            *("connect", "shopify", "--shop", SHOP_ID, "--field-env", "access_token=NEW_KEY"),
            NEW_KEY="shpat_renewed",
        )
        assert kept(shop, "shopify") == before | {"access_token": "shpat_renewed"}

    def test_with_an_address_and_a_secret_the_shop_sends_webhooks(
        self, shop: Commands, simulator: SimulatorHandle
    ) -> None:
        flags = ("--set", "public_url=https://dash.example.com", "connect", "shopify")
        told = shop.told(*flags, "--shop", SHOP_ID)
        assert "ORDERS_CREATE" in told["webhooks"]["created"]
        assert "ORDERS_CREATE" in shop.told(*flags, "--shop", SHOP_ID)["webhooks"]["present"]

    def test_a_rejected_shop_counts_as_new_once_its_key_is_entered_anew(
        self, shop: Commands, database: Database
    ) -> None:
        now = datetime.now(UTC)
        state = {"shop_id": SHOP_ID, "source": "shopify", "state": "rejected"}
        with database.jobs() as session:
            session.add(SourceState(**state, since=now, failures=1, seen_at=now))
        assert shop.told("sources")["sources"][0]["state"] == "rejected"
        shop.told("connect", "shopify", "--shop", SHOP_ID)
        assert shop.told("sources")["sources"][0]["state"] == "never read"

    def test_what_came_with_an_old_key_goes_with_it(self) -> None:
        stored = {"domain": "a.myshopify.com", "access_token": "old", "refresh_token": "r"}
        fields = FieldsOf(spec_of("shopify"), stored)
        assert fields.gather({}, may_ask=False) == stored
        assert fields.gather({"access_token": "new"}, may_ask=False) == {
            "domain": "a.myshopify.com",
            "access_token": "new",
        }

    def test_a_domain_that_is_none_is_named(self, commands: Commands) -> None:
        error = commands.error("connect", "shopify", "--field", "domain=example.com")
        assert error["field"] == "shop"
        assert commands.error("connect", "shopify")["field"] == "domain"


class TestAnExternalConnector:
    def test_is_connected_with_its_defaults(self, shop: Commands) -> None:
        told = shop.told("connect", "weather", "--secrets-stdin", stdin='{"api_key": "right"}')
        assert told["shop"] == SHOP_ID, "the only one there is"
        assert kept(shop, "weather") == {"city": "Austin", "api_key": "right"}

    def test_a_missing_scope_is_said_with_its_cost_and_stored(self, shop: Commands) -> None:
        said = shop.shown("connect", "weather", "--secrets-stdin", stdin='{"api_key": "narrow"}')
        assert "forecast" in said
        assert "tomorrow's weather" in said
        assert kept(shop, "weather") is not None

    def test_strict_stores_nothing_without_a_scope(self, shop: Commands) -> None:
        error = shop.error(
            *("connect", "weather", "--strict", "--secrets-stdin"), stdin='{"api_key": "narrow"}'
        )
        assert error["code"] == "missing_scopes"
        assert "forecast" in error["message"]
        assert kept(shop, "weather") is None

    def test_a_rejected_key_stores_nothing(self, shop: Commands) -> None:
        error = shop.error("connect", "weather", "--secrets-stdin", stdin='{"api_key": "wrong"}')
        assert error["code"] == "vendor_access"
        assert kept(shop, "weather") is None

    def test_of_a_shop_that_is_not_there(self, shop: Commands) -> None:
        flags = ("connect", "weather", "--shop", "nobody", "--secrets-stdin")
        error = shop.error(*flags, stdin='{"api_key": "right"}')
        assert error["field"] == "shop"
        assert SHOP_ID in error["hint"]

    def test_a_key_file_is_kept_as_it_is(self, shop: Commands, tmp_path: Path) -> None:
        (tmp_path / "key.json").write_text('{"private": "right"}\n')
        shop.told("connect", "weather", "--field-file", f"api_key={tmp_path / 'key.json'}")
        from_file = kept(shop, "weather")
        shop.told(
            *("connect", "weather", "--secrets-stdin"), stdin='{"api_key": {"private": "right"}}'
        )
        assert kept(shop, "weather") == from_file


class TestSourcesWithoutAVendor:
    """They read what is ours or lies on this machine, so nobody is asked for a key."""

    @pytest.mark.parametrize("loader", ["fivetran", "airbyte"])
    def test_another_loaders_tables_make_the_shop(
        self, commands: Commands, world: World, tmp_path: Path, loader: str
    ) -> None:
        written = Loader(world, SHOP_ID, loader, tmp_path / "tables", FixedClock(UNTIL))
        written.sync()
        flags = ("--field", f"loader={loader}", "--field", f"folder={written.folder}")
        told = commands.told("connect", "files", "--shop", SHOP_ID, *flags)
        assert told["stored"] is True
        [shop] = commands.told("status")["shops"]
        assert (shop["shop"], shop["timezone"], shop["currency"]) == (
            SHOP_ID,
            "America/Chicago",
            "USD",
        )
        written.path("shop").unlink(missing_ok=True)
        error = commands.error("connect", "files", "--shop", "another", *flags)
        assert "shop" in error["message"]
        assert len(commands.told("status")["shops"]) == 1

    def test_the_click_collector(self, shop: Commands) -> None:
        told = shop.told("connect", "clickstream", "--field", "origins=https://shop.example")
        assert told["stored"] is True
        assert shop.error("connect", "clickstream", "--field", "origins=ftp://x")["field"]


@pytest.mark.parametrize(
    ("flags", "stdin", "named"),
    [
        (("--field", "api_key=hunter2"), "", "api_key"),
        (("--field", "colour=red"), "", "colour"),
        (("--field-env", "api_key=NOT_SET"), "", "NOT_SET"),
        (("--field-file", "api_key=/nowhere/key"), "", "/nowhere/key"),
        (("--field", "hunter2"), "", "--field"),
        (("--secrets-stdin",), "hunter2", "JSON"),
        (("--secrets-stdin",), "{}", "api_key"),
        ((), "", "api_key"),
    ],
)
def test_what_cannot_be_is_named_and_a_secret_never_shown(
    shop: Commands, flags: tuple[str, ...], stdin: str, named: str
) -> None:
    error = shop.error("connect", "weather", *flags, stdin=stdin)
    assert named in error["message"]
    assert error["hint"]
    assert "hunter2" not in json.dumps(error)
    assert kept(shop, "weather") is None


def test_an_unknown_vendor_is_named_with_those_there_are(shop: Commands) -> None:
    error = shop.error("connect", "etsy")
    assert "shopify" in error["hint"]
    assert "weather" in error["hint"]


def test_without_a_vendor_all_are_listed(shop: Commands) -> None:
    vendors = {each["vendor"]: each for each in shop.told("connect")["vendors"]}
    assert vendors["shopify"]["shops"] == [SHOP_ID]
    assert "order lines" in vendors["shopify"]["brings"]
    assert vendors["weather"]["brings"] == ["readings"]
    assert vendors["weather"]["shops"] == []
    assert "readings" in shop.shown("connect")


def test_disconnected_it_is_gone(shop: Commands) -> None:
    shop.told("connect", "weather", "--secrets-stdin", stdin='{"api_key": "right"}')
    shop.told("disconnect", "weather", "--shop", SHOP_ID)
    assert kept(shop, "weather") is None
    assert "not connected" in shop.error("disconnect", "weather", "--shop", SHOP_ID)["message"]


def test_a_person_is_asked_and_the_secret_is_not_echoed(
    shop: Commands, simulator: SimulatorHandle
) -> None:
    simulator.set_token(SHOP_ID, "shpat_typed_in")
    said = typed(
        shop,
        ("connect", "shopify", "--shop", SHOP_ID),
        {"domain": "\n", "access token": "shpat_typed_in\n", "client secret": "\n"},
    )
    assert "is connected" in said
    assert "shpat_typed_in" not in said
    found = kept(shop, "shopify")
    assert found is not None
    assert found["access_token"] == "shpat_typed_in"


def typed(commands: Commands, arguments: tuple[str, ...], answers: dict[str, str]) -> str:
    """At a real terminal: each answer once its question stands there."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "hotdash", *arguments],
        cwd=commands.folder,
        env={**clean_environment(), "HOTDASH_DATABASE_URL": commands.database_url},
        stdin=child,
        stdout=child,
        stderr=child,
    )
    os.close(child)
    said = ""
    for question, answer in answers.items():
        said += read_until(parent, question)
        os.write(parent, answer.encode())
    said += read_until(parent, None)
    os.close(parent)
    assert process.wait(30) == 0, said
    return said


def read_until(terminal: int, question: str | None) -> str:
    """Until the question stands there, or to the end."""
    said = ""
    while question is None or question not in said or not said.endswith(": "):
        assert select.select([terminal], [], [], 30)[0], said
        try:
            said += os.read(terminal, 4096).decode(errors="replace")
        except OSError:
            return said
    return said
