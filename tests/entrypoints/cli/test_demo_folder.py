"""What `hotdash demo --reset` may delete, and for whom a home may be read."""

import stat
from pathlib import Path

import pytest

from hotdash.base.errors import ConflictError
from hotdash.base.settings import load_settings
from hotdash.entrypoints.cli.child_processes import is_setting
from hotdash.entrypoints.cli.demo import (
    HISTORY_DAYS,
    HISTORY_FIELD,
    WORLD_FILE,
    World,
    connect_sources,
    forget,
)
from hotdash.entrypoints.cli.invocation import Invocation
from hotdash.entrypoints.wiring import open_installation
from hotdash.storage.appdb.repositories.credentials import find_credential
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle


def test_a_folder_that_no_demo_made_stays(tmp_path: Path) -> None:
    somebodys = tmp_path / "demo"
    somebodys.mkdir()
    (somebodys / "thesis.txt").write_text("years of work")
    with pytest.raises(ConflictError, match="not a demo"):
        forget(somebodys)
    assert (somebodys / "thesis.txt").exists()


def test_a_demo_is_forgotten(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    home.mkdir()
    World.remembered(home / WORLD_FILE, 600)
    forget(home)
    assert not home.exists()
    forget(home)


def test_the_same_world_is_remembered_and_another_size_refused(tmp_path: Path) -> None:
    first = World.remembered(tmp_path / WORLD_FILE, 600)
    assert World.remembered(tmp_path / WORLD_FILE, None) == first
    with pytest.raises(ConflictError, match="700"):
        World.remembered(tmp_path / WORLD_FILE, 700)


def test_children_do_not_inherit_a_real_installations_settings() -> None:
    assert is_setting("HOTDASH_DATABASE_URL")
    assert not is_setting("PATH")


def test_a_home_is_for_its_user_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Invocation.from_flags([], None).settings()
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700


def test_everything_simulated_that_has_a_connector_is_connected(
    simulator: SimulatorHandle, database_urls: DatabaseUrls, tmp_path: Path, weather: None
) -> None:
    settings = load_settings(home=tmp_path, database_url=database_urls.owner)
    fields = {"city": "Austin", "api_key": "right"}
    announced = {
        "carrier_pigeon": {"loft": "7"},
        "weather": fields,
        "shopify": simulator.shops[SHOP_ID]["sources"]["shopify"],
    }
    with open_installation(settings) as house:
        for _ in range(2):
            connect_sources(house, SHOP_ID, announced)
        [connectors] = house.connectors().values()
        with house.database.jobs() as session:
            kept = find_credential(session, house.vault, SHOP_ID, "weather")
    assert [connector.vendor for connector in connectors] == ["shopify", "weather"]
    assert kept == fields | {HISTORY_FIELD: str(HISTORY_DAYS)}, "its history is bounded"
