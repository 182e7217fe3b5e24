"""Keys change while others work: whatever was sealed opens, before, during and after."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.errors import ConflictError
from hotdash.jobs.rotate_key import Rotated, rotate_key
from hotdash.storage.appdb.repositories import audit, credentials
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import KEY_FILE, Vault
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop

FIELDS = {"access_token": "shpat_0123456789", "expires_at": "2026-12-01T00:00:00Z"}
WORKER = """
import sys
from pathlib import Path
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

database, vault = Database(sys.argv[1]), Vault.in_home(Path(sys.argv[2]))
print("ready", flush=True)
number = 0
while not Path(sys.argv[2], "stop").exists():
    number += 1
    with database.jobs() as session:
        fields = credentials.find_credential(session, vault, "hot-rod-an", "shopify")
        assert fields["access_token"] == "shpat_0123456789"
        credentials.save_credential(session, vault, "hot-rod-an", "ga4", {"n": str(number)})
print(number, flush=True)
"""


@pytest.fixture
def key_file(database: Database, two_shops: tuple[SeededShop, ...], tmp_path: Path) -> Path:
    with database.jobs() as session:
        for shop in two_shops:
            vault = Vault.in_home(tmp_path)
            credentials.save_credential(session, vault, shop.shop_id, "shopify", FIELDS)
    return tmp_path / KEY_FILE


def rotated(database: Database, key_file: Path, clock: FixedClock, **flags: bool) -> Rotated:
    return rotate_key(database, key_file, clock, actor="cli:me", **flags)


def opened(database: Database, home: Path) -> list[dict[str, str]]:
    with database.jobs() as session:
        return [
            dict(each.fields) for each in credentials.all_credentials(session, Vault.in_home(home))
        ]


def test_everything_is_sealed_anew_and_the_old_key_stays(
    database: Database, key_file: Path, clock: FixedClock
) -> None:
    before = key_file.read_text().split()
    assert rotated(database, key_file, clock) == Rotated(2, 0)
    new, *old = key_file.read_text().split()
    assert old == before
    key_file.write_text(new + "\n")
    assert opened(database, key_file.parent) == [FIELDS, FIELDS], "the new key alone opens all"
    with database.jobs() as session:
        shown = credentials.overview(session, Vault(key_file))
    assert "shpat" not in repr(shown)
    assert {each.fields for each in shown} == {("access_token", "expires_at")}
    assert {each.expires_at for each in shown} == {FIELDS["expires_at"]}


def test_old_keys_go_when_that_is_asked(
    database: Database, key_file: Path, clock: FixedClock
) -> None:
    rotated(database, key_file, clock)
    assert rotated(database, key_file, clock, retire_old=True) == Rotated(2, 2)
    assert len(key_file.read_text().split()) == 1
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert opened(database, key_file.parent) == [FIELDS, FIELDS]


def test_what_cannot_be_opened_stops_it_before_anything_changes(
    database: Database, key_file: Path, clock: FixedClock, tmp_path: Path
) -> None:
    with database.jobs() as session:
        other = Vault.in_home(tmp_path / "elsewhere")
        credentials.save_credential(session, other, "kustom-kyoto", "ga4", FIELDS)
    before = key_file.read_text()
    with pytest.raises(ConflictError, match="ga4 of kustom-kyoto"):
        rotated(database, key_file, clock, retire_old=True)
    assert key_file.read_text() == before


def test_is_in_the_audit_without_the_key(
    database: Database, key_file: Path, clock: FixedClock
) -> None:
    rotated(database, key_file, clock)
    key = key_file.read_text().split()[0]
    with database.jobs() as session:
        events = audit.list_events(session, None)
    assert [event.action for event in events] == ["rotate_key"]
    assert key not in repr(events)


def test_what_somebody_is_about_to_store_is_not_lost_with_its_key(
    database: Database, key_file: Path, clock: FixedClock
) -> None:
    """Sealed with the old key, and not yet committed when that key is asked to go."""
    vault = Vault(key_file)
    with ThreadPoolExecutor(1) as beside:
        with database.jobs() as session:
            credentials.save_credential(session, vault, "hot-rod-an", "ga4", {"n": "1"})
            rotation = beside.submit(rotated, database, key_file, clock, retire_old=True)
            with pytest.raises(TimeoutError):
                rotation.result(timeout=1)
        assert rotation.result(timeout=30).retired == 1
    assert {"n": "1"} in opened(database, key_file.parent)


@contextmanager
def another_process(url: str, home: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", WORKER, url, str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()


def test_another_process_works_on_through_it(
    database: Database, database_urls: DatabaseUrls, key_file: Path, clock: FixedClock
) -> None:
    with another_process(database_urls.owner, key_file.parent) as process:
        for number in range(6):
            rotated(database, key_file, clock, retire_old=number == 3)
        (key_file.parent / "stop").touch()
        told, error = process.communicate(timeout=30)
        assert process.returncode == 0, error[-2000:]
    assert int(told) > 0
    assert {"n": told.strip()} in opened(database, key_file.parent)
