"""Keys change while others work: whatever was sealed opens, before, during and after."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import LargeBinary, inspect

from hotdash.base.clock import FixedClock
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.jobs.rotate_key import (
    KeysStanding,
    Rotated,
    keys_standing,
    prepare_key,
    retire_old_keys,
    rotate_key,
)
from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.repositories import audit, credentials
from hotdash.storage.appdb.repositories.alert_channels import list_channels, save_channel
from hotdash.storage.appdb.repositories.mirrors import KEY, find_mirror, save_mirror
from hotdash.storage.appdb.repositories.sealed import SEALED
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import KEY_FILE, Vault, add_key, key_name
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop

FIELDS = {"access_token": "shpat_0123456789", "expires_at": "2026-12-01T00:00:00Z"}
OPEN_BYTES = {
    ("app.request_keys", "body"),
    ("audit.links", "previous"),
    ("audit.archives", "sha256"),
    *(("app.packets", form) for form in ("document", "html", "pdf", "notebook")),
}
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
ROTATION = """
import sys
from pathlib import Path
from hotdash.base.clock import SystemClock
from hotdash.jobs.rotate_key import rotate_key
from hotdash.storage.appdb.session import Database

rotate_key(Database(sys.argv[1]), Path(sys.argv[2]), SystemClock(), actor="cli:me", batch=1)
"""


@pytest.fixture
def key_file(database: Database, two_shops: tuple[SeededShop, ...], tmp_path: Path) -> Path:
    with database.jobs() as session:
        for shop in two_shops:
            vault = Vault.in_home(tmp_path)
            credentials.save_credential(session, vault, shop.shop_id, "shopify", FIELDS)
    return tmp_path / KEY_FILE


def rotated(database: Database, key_file: Path, clock: FixedClock, **more: Any) -> Rotated:
    return rotate_key(database, key_file, clock, actor="cli:me", **more)


def retired(database: Database, key_file: Path, clock: FixedClock) -> int:
    return retire_old_keys(database, key_file, clock, actor="cli:me")


def opened(database: Database, home: Path) -> list[dict[str, str]]:
    with database.jobs() as session:
        return [
            dict(each.fields) for each in credentials.all_credentials(session, Vault.in_home(home))
        ]


class TestOneMachine:
    def test_everything_is_sealed_anew_and_the_old_key_stays(
        self, database: Database, key_file: Path, clock: FixedClock
    ) -> None:
        before = key_file.read_text().split()
        done = rotated(database, key_file, clock)
        new, *old = key_file.read_text().split()
        assert done == Rotated(key_name(new), True, 2)
        assert old == before
        assert keys_standing(database, key_file) == KeysStanding(
            {key_name(new): 2, key_name(old[0]): 0}, unopened=0, unfinished_files=0
        )
        key_file.write_text(new + "\n")
        assert opened(database, key_file.parent) == [FIELDS, FIELDS], "the new key alone opens all"
        with database.jobs() as session:
            shown = credentials.overview(session, Vault(key_file))
        assert "shpat" not in repr(shown)
        assert {each.fields for each in shown} == {("access_token", "expires_at")}
        assert {each.expires_at for each in shown} == {FIELDS["expires_at"]}

    def test_everything_that_is_sealed_is_sealed_anew(
        self, database: Database, key_file: Path, clock: FixedClock
    ) -> None:
        """Also what does not belong to a shop."""
        vault = Vault(key_file)
        with database.jobs() as session:
            save_channel(session, vault, "pager", "pagerduty", {}, {"key": "k"}, clock.now())
            save_mirror(session, vault, "https://a.example", "a key", "working", clock.now())
        assert rotated(database, key_file, clock, batch=1).sealed_anew == 4
        assert retired(database, key_file, clock) == 1
        with database.jobs() as session:
            [channel] = list_channels(session, Vault(key_file))
            mirror = find_mirror(session, Vault(key_file))
        assert channel.fields == {"key": "k"}
        assert mirror is not None
        assert mirror.fields == {KEY: "a key"}

    def test_no_table_with_something_sealed_is_forgotten(self) -> None:
        """Whoever adds a column of bytes says here that it is open, or adds its table to SEALED."""
        columns = {
            (table.fullname, column.name)
            for table in Base.metadata.tables.values()
            for column in table.columns
            if isinstance(column.type, LargeBinary) and not column.name.endswith("hash")
        }
        sealed = {(inspect(model).local_table.fullname, "ciphertext") for model in SEALED}
        assert columns - OPEN_BYTES == sealed

    def test_old_keys_go_when_that_is_asked(
        self, database: Database, key_file: Path, clock: FixedClock
    ) -> None:
        rotated(database, key_file, clock)
        rotated(database, key_file, clock)
        assert retired(database, key_file, clock) == 2
        assert len(key_file.read_text().split()) == 1
        assert key_file.stat().st_mode & 0o777 == 0o600
        assert opened(database, key_file.parent) == [FIELDS, FIELDS]

    def test_no_key_goes_that_something_stored_needs(
        self, database: Database, key_file: Path, clock: FixedClock
    ) -> None:
        [old] = key_file.read_text().split()
        add_key(key_file)
        before = key_file.read_text()
        with pytest.raises(ConflictError, match=f"2 by {key_name(old)}"):
            retired(database, key_file, clock)
        assert key_file.read_text() == before

    def test_what_cannot_be_opened_stops_it_before_anything_changes(
        self, database: Database, key_file: Path, clock: FixedClock, tmp_path: Path
    ) -> None:
        with database.jobs() as session:
            other = Vault.in_home(tmp_path / "elsewhere")
            credentials.save_credential(session, other, "kustom-kyoto", "ga4", FIELDS)
        before = key_file.read_text()
        assert keys_standing(database, key_file).unopened == 1
        for work in (rotated, retired):
            with pytest.raises(ConflictError, match="ga4 of kustom-kyoto"):
                work(database, key_file, clock)
        assert key_file.read_text() == before

    def test_is_in_the_audit_without_the_key(
        self, database: Database, key_file: Path, clock: FixedClock
    ) -> None:
        rotated(database, key_file, clock)
        retired(database, key_file, clock)
        key = key_file.read_text().split()[0]
        with database.jobs() as session:
            events = audit.list_events(session, None)
        assert {event.action for event in events} == {"rotate_key", "retire_keys"}
        assert key not in repr(events)

    def test_what_somebody_is_about_to_store_is_not_lost_with_its_key(
        self, database: Database, key_file: Path, clock: FixedClock
    ) -> None:
        """Sealed with the old key, and not yet committed when another takes its place."""
        vault = Vault(key_file)
        with ThreadPoolExecutor(1) as beside:
            with database.jobs() as session:
                credentials.save_credential(session, vault, "hot-rod-an", "ga4", {"n": "1"})
                rotation = beside.submit(rotated, database, key_file, clock)
                with pytest.raises(TimeoutError):
                    rotation.result(timeout=0.5)
            assert rotation.result(timeout=30).sealed_anew == 3
        assert retired(database, key_file, clock) == 1
        assert {"n": "1"} in opened(database, key_file.parent)


def test_several_machines_have_the_key_before_anything_is_sealed_with_it(
    database: Database, key_file: Path, clock: FixedClock, tmp_path: Path
) -> None:
    """Their key files are copies: at no step does one meet what it cannot open."""
    there = tmp_path / "there"
    there.mkdir()

    def hand_over() -> None:
        (there / "new").touch(0o600)
        (there / "new").write_text(key_file.read_text())
        (there / "new").replace(there / KEY_FILE)

    hand_over()
    other = Vault.in_home(there)
    name = prepare_key(database, key_file, clock, actor="cli:me")
    with database.jobs() as session:
        credentials.save_credential(session, Vault(key_file), "hot-rod-an", "ga4", {"n": "1"})
        assert credentials.find_credential(session, other, "hot-rod-an", "ga4") == {"n": "1"}
    hand_over()
    assert rotated(database, key_file, clock, to=name) == Rotated(name, True, 3)
    with database.jobs() as session:
        assert credentials.find_credential(session, other, "hot-rod-an", "ga4") == {"n": "1"}
        credentials.save_credential(session, other, "kustom-kyoto", "ga4", {"n": "2"})
    with pytest.raises(ConflictError, match="1 by"):
        retired(database, key_file, clock)
    hand_over()
    assert rotated(database, key_file, clock) == Rotated(name, False, 1)
    assert retired(database, key_file, clock) == 1
    assert len(opened(database, key_file.parent)) == 4


def test_a_key_that_is_not_there_is_refused(
    database: Database, key_file: Path, clock: FixedClock
) -> None:
    before = key_file.read_text()
    with pytest.raises(NotFoundError, match="has no key 12345678"):
        rotated(database, key_file, clock, to="12345678")
    assert key_file.read_text() == before


@pytest.mark.parametrize("done", [0, 1, 3])
def test_a_killed_rotation_goes_on_where_it_was(
    database: Database, database_urls: DatabaseUrls, key_file: Path, clock: FixedClock, done: int
) -> None:
    """kill -9 while it waits for a row that somebody else holds; until then each batch was committed."""
    vault = Vault(key_file)
    with database.jobs() as session:
        for vendor in ("ga4", "meta_ads"):
            credentials.save_credential(session, vault, "hot-rod-an", vendor, FIELDS)
    [old] = key_file.read_text().split()
    with psycopg.connect(database_urls.owner) as holder:
        holder.execute(
            "select from app.credentials where (shop_id, vendor) = (select shop_id, vendor"
            " from app.credentials order by shop_id, vendor limit 1 offset %s) for update",
            [done],
        )
        command = [sys.executable, "-c", ROTATION, database_urls.owner, str(key_file)]
        process = subprocess.Popen(command)
        until_somebody_waits(database_urls.owner)
        process.kill()
        process.wait()
    new = key_file.read_text().split()[0]
    assert key_file.read_text().split() == [new, old]
    standing = keys_standing(database, key_file)
    assert standing.rows == {key_name(new): done, key_name(old): 4 - done}
    assert opened(database, key_file.parent) == [FIELDS] * 4, "half done, everything opens"
    with pytest.raises(ConflictError, match=f"{4 - done} by {key_name(old)}"):
        retired(database, key_file, clock)
    assert rotated(database, key_file, clock) == Rotated(key_name(new), False, 4 - done)
    assert retired(database, key_file, clock) == 1
    assert key_file.read_text().split() == [new]
    assert opened(database, key_file.parent) == [FIELDS] * 4


def test_what_a_killed_process_left_beside_the_key_file_is_put_away(
    database: Database, key_file: Path, clock: FixedClock
) -> None:
    left = key_file.with_name(f"{KEY_FILE}.0123456789ab")
    left.write_text("half a k")
    copy = key_file.with_name(f"{KEY_FILE}.bak")
    copy.write_text(key_file.read_text())
    assert keys_standing(database, key_file).unfinished_files == 1
    rotated(database, key_file, clock)
    assert not left.exists()
    assert copy.exists(), "what a person put there is theirs"


def until_somebody_waits(url: str) -> None:
    deadline = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute(
            "select from pg_stat_activity where datname = current_database()"
            " and wait_event_type = 'Lock' and query like '%app.credentials%FOR UPDATE%'"
        ).fetchall():
            assert time.monotonic() < deadline, "nobody came to the row that is held"
            time.sleep(0.02)


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
            rotated(database, key_file, clock)
            if number == 3:
                retired(database, key_file, clock)
        (key_file.parent / "stop").touch()
        told, error = process.communicate(timeout=30)
        assert process.returncode == 0, error[-2000:]
    assert int(told) > 0
    assert {"n": told.strip()} in opened(database, key_file.parent)
