"""What of the home is backed up: everything but what is elsewhere, made again, or a key."""

from pathlib import Path

import pytest

from hotdash.governance.backup import home_files
from hotdash.governance.backup.chunks import Chunks
from hotdash.governance.backup.place import Place
from hotdash.storage.secrets import Vault, add_key

LEFT_OUT = [
    *("postgres/instance", "warehouse.duckdb", "warehouse.duckdb.wal", "warehouse.tmp/spill"),
    *("logs/hotdash.ndjson", "cache/chart.js", "dbt/parsed.msgpack", "dlt/state", "demo/world"),
    *("backups/key.sealed", "restore.staged/staged.json", "secret.keys", "backup.keys"),
    *("secret.keys.0123456789ab", "backup.keys.0123456789ab", "audit/heads.lock", "served.json"),
]
BACKED_UP = [
    *("alerts.yml", "audit/archive/hot-rod-an/1-2.ndjson.gz", "evidence/bundle.zip"),
    # A new store is in it until somebody takes it out, also where its name is taken further up.
    *("something-new/of-tomorrow", "something-new/logs/of-it"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    for name in (*LEFT_OUT, *BACKED_UP, "audit/heads.ndjson"):
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        file.chmod(0o640)
    (home / "link").symlink_to(home / "secret.keys")
    return home


def test_everything_else_comes_back_byte_by_byte(home: Path, tmp_path: Path) -> None:
    chunks = Chunks(Place(str(tmp_path / "place")), b"k" * 32)
    files = home_files.back_up(home, chunks.writer())
    assert sorted(file.path for file in files) == sorted(BACKED_UP)
    home_files.stage(files, tmp_path / "staged", chunks)
    for name in BACKED_UP:
        back = tmp_path / "staged" / name
        assert (back.read_text(), back.stat().st_mode & 0o777) == (name, 0o640)


def test_a_place_of_backups_inside_the_home_is_not_backed_up(home: Path) -> None:
    place = Place(str(home / "somewhere/else"))
    chunks = Chunks(place, b"k" * 32)
    first = home_files.back_up(home, chunks.writer(), place.folder)
    assert home_files.back_up(home, chunks.writer(), place.folder) == first
    assert sorted(file.path for file in first) == sorted(BACKED_UP)


def test_the_ends_of_the_log_are_taken_by_themselves(home: Path, tmp_path: Path) -> None:
    chunks = Chunks(Place(str(tmp_path / "place")), b"k" * 32)
    [heads] = home_files.back_up_heads(home, chunks.writer())
    assert heads.path == "audit/heads.ndjson"
    assert home_files.back_up_heads(tmp_path, chunks.writer()) == ()


def test_a_key_tells_its_fingerprint_and_no_more(tmp_path: Path) -> None:
    vault = Vault.in_home(tmp_path)
    [first] = vault.fingerprints()
    add_key(tmp_path / "secret.keys")
    newer, older = vault.fingerprints()
    assert older == first != newer
    assert first not in (tmp_path / "secret.keys").read_text()
