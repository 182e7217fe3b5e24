"""hotdash evidence holds what the jobs left: an analysis, parity, the packets; of one shop only its own."""

import zipfile
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from tests.fixtures.commands import Commands
from tests.fixtures.storefront import KYOTO, ROD, Storefront
from tests.fixtures.sync_log import SHOP_WINDOWS, SyncLog

WEEK = "2026-W46"


@pytest.fixture
def lived(storefront: Storefront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """One of each, left by the commands that leave them."""
    monkeypatch.chdir(tmp_path)
    commands = Commands(tmp_path, storefront.database.direct_uri)
    for shop_id in (ROD, KYOTO):
        commands.told("packet", "make", "--shop", shop_id, "--week", WEEK, "--keep")
    log = SyncLog(1, SHOP_WINDOWS, hours=0.6).write(tmp_path / "log.ndjson")
    commands.told("analyze", "sync", str(log), "--keep")
    commands.told("parity", "--target", "serving")
    return commands


def packed(commands: Commands, *arguments: str) -> dict[str, bytes]:
    made = commands.told("evidence", "create", "What the jobs left", *arguments)
    with zipfile.ZipFile(made["path"]) as archive:
        return {
            name.removeprefix("artifacts/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith("artifacts/")
        }


def test_each_artifact_stands_in_the_bundle_and_of_one_shop_only_its_own(lived: Commands) -> None:
    found = packed(lived)
    [parity] = [name for name in found if name.startswith("parity/serving-")]
    assert set(found) == {
        *("analysis/sync.html", "analysis/sync.json", parity),
        *(f"packets/{shop}-{WEEK}.{form}" for shop in (ROD, KYOTO) for form in ("html", "json")),
    }
    assert orjson.loads(found["analysis/sync.json"])["windows"]
    days = orjson.loads(found[parity])["days"]
    assert {each["shop_id"] for each in days} == {ROD, KYOTO}

    mine = packed(lived, "--shop", ROD)
    assert set(mine) == {parity, *(f"packets/{ROD}-{WEEK}.{form}" for form in ("html", "json"))}
    told = orjson.loads(mine[parity])
    assert told["days"] == [each for each in days if each["shop_id"] == ROD]
    assert told["rows"] == sum(each["theirs"]["rows"] for each in told["days"])
    for content in mine.values():
        assert KYOTO.encode() not in content


def test_a_packet_of_later_is_not_of_the_window(lived: Commands, storefront: Storefront) -> None:
    before = (storefront.clock.now() - timedelta(days=900)).isoformat()
    since = (storefront.clock.now() - timedelta(days=901)).isoformat()
    assert not [
        name
        for name in packed(lived, "--from", since, "--to", before)
        if name.startswith("packets")
    ]
