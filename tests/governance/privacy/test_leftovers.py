"""What a killed export left, what nobody can unpack, and what Postgres notes of words beside the rows."""

import os
import shutil
import zipfile
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.errors import ConflictError
from hotdash.base.needles import Needles
from hotdash.governance.privacy.erase import Asking, StillFoundError
from hotdash.governance.privacy.erasure_log import erasures
from hotdash.governance.privacy.export_files import EXPORTS, unfinished
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.pipeline.lease import Patience, hold_lease
from hotdash.storage.embedded_lock import exclusive
from hotdash.storage.home_texts import HomeFile, holds, may_hold
from tests.fixtures import planted_person as person
from tests.fixtures.planted_person import ANN, SHOP

ASKING = Asking("program:test", "asked by letter 12")
NAME = f"{person.FIRST} {person.LAST}"


def cut_off(desk: PrivacyDesk, at: Path) -> None:
    """An archive of the person as a kill leaves it: its list of members was never written."""
    whole = desk.export(SHOP, str(ANN), ASKING)
    packed = whole.read_bytes()
    whole.unlink()
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_bytes(packed[: packed.index(b"PK\x01\x02")])
    assert person.ADDRESS.encode() in unpacked(at)
    assert not zipfile.is_zipfile(at)


def unpacked(file: Path) -> bytes:
    """As somebody would who looks for people."""
    packed, told, begin = file.read_bytes(), b"", 0
    while (begin := packed.find(b"PK\x03\x04", begin)) >= 0:
        name, more = (
            int.from_bytes(packed[begin + at : begin + at + 2], "little") for at in (26, 28)
        )
        told += zlib.decompressobj(-15).decompress(packed[begin + 30 + name + more :])
        begin += 4
    return told


def test_an_export_that_was_killed_goes_with_the_next_one(desk: PrivacyDesk) -> None:
    left = unfinished(desk.home / EXPORTS / "killed.zip")
    cut_off(desk, left)
    file = desk.export(SHOP, str(ANN), ASKING)
    assert list((desk.home / EXPORTS).iterdir()) == [file]


def test_an_export_that_was_killed_goes_with_an_erasure(desk: PrivacyDesk) -> None:
    left = unfinished(desk.home / EXPORTS / "killed.zip")
    cut_off(desk, left)
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    assert not left.exists()


def test_what_is_made_again_and_cannot_be_unpacked_goes(desk: PrivacyDesk) -> None:
    package = desk.home / "dlt/load/package.zip"
    cut_off(desk, package)
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    assert not package.exists()


def test_what_a_killed_drill_unpacked_goes(desk: PrivacyDesk) -> None:
    left = desk.home / "drill/restore.staged/warehouse.duckdb"
    left.parent.mkdir(parents=True)
    desk.warehouse.close()
    shutil.copy(desk.home / "warehouse.duckdb", left)
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    assert not (desk.home / "drill").exists()


def test_a_drill_that_hangs_keeps_an_erasure_waiting_and_no_run(desk: PrivacyDesk) -> None:
    desk = replace(desk, patience=Patience(timedelta(seconds=1)))
    with exclusive(desk.home / "drill.lock"):
        with pytest.raises(ConflictError, match="A drill of backups is under way"):
            desk.erase(SHOP, str(ANN), ASKING)
        with hold_lease(desk.database, desk.warehouse.identity, desk.clock):
            assert erasures(desk.home) == []


def test_no_drill_begins_while_people_are_looked_for(desk: PrivacyDesk) -> None:
    seen: list[bool] = []

    def begin_a_drill() -> None:
        with pytest.raises(TimeoutError), exclusive(desk.home / "drill.lock", timedelta()):
            pass
        seen.append(True)

    replace(desk, oldest_backup=begin_a_drill).replay()
    assert seen == [True]


def test_what_is_somebodys_and_cannot_be_unpacked_is_told(desk: PrivacyDesk) -> None:
    """It stays, and the erasure stays open until whoever put it there has looked."""
    own = desk.home / "analysis/mine.zip"
    cut_off(desk, own)
    with pytest.raises(StillFoundError, match="analysis/mine"):
        desk.erase(SHOP, str(ANN), ASKING)
    assert own.exists()


def test_a_file_that_is_called_as_they_are_is_called_otherwise(desk: PrivacyDesk) -> None:
    """Packed or not: of a file that holds no word of theirs the name alone goes."""
    of_hers = desk.home / "analysis" / f"{person.ADDRESS}_2026"
    of_hers.mkdir(parents=True)
    (of_hers / "figures.csv").write_text("gross\n10.00\n")
    for name in (f"{NAME}.zip", "erased.zip"):
        with zipfile.ZipFile(desk.home / "analysis" / name, "w") as writing:
            writing.writestr("figures.csv", name)

    proof = desk.erase(SHOP, str(ANN), ASKING)

    assert proof.left == []
    assert person.traces_in([("proof", str(proof.as_json()))]) == {}
    assert "home: analysis/erased_2026/figures.csv" in {each.store for each in proof.held}
    left = sorted(each.relative_to(desk.home).as_posix() for each in desk.home.rglob("*"))
    assert person.traces_in([("names", str(left))]) == {}
    moved = desk.home / "analysis/erased_2026/figures.csv"
    assert moved.read_text() == "gross\n10.00\n"
    with zipfile.ZipFile(desk.home / "analysis/erased.zip") as archive:
        assert archive.read("figures.csv") == b"erased.zip", "which was there before"


def test_what_cannot_be_unpacked_may_hold_anything_and_says_nothing(tmp_path: Path) -> None:
    needles = Needles.of([NAME])
    for name in ("a.zip", "b.gz", "c.parquet", "d.duckdb", "e.xlsx"):
        (tmp_path / name).write_bytes(b"PK\x03\x04 cut off")
        file = HomeFile(tmp_path / name, name)
        assert may_hold(file, needles)
        assert not holds(file, needles)
        assert not may_hold(file, Needles.of([]))


def test_postgres_notes_no_word_beside_the_rows(desk: PrivacyDesk) -> None:
    """One table still has rows of the person; from another one they are gone and the notes are not."""
    with desk.database.direct() as connection:
        for table in ("notes", "gone"):
            connection.execute(f"create table app.{table} (shop_id text, told text)".encode())
            connection.execute(
                f"""insert into app.{table} select '{SHOP}',
                    case when each % 2 = 0 then '{NAME}' else 'x' || each end
                    from generate_series(1, 200) as each""".encode()
            )
            connection.execute(f"analyze app.{table}".encode())
        connection.execute("delete from app.gone where told = %s", [NAME])
    assert set(noted(desk)) == {"notes", "gone"}

    desk.erase(SHOP, str(ANN), ASKING)

    assert noted(desk) == []
    with desk.database.direct() as connection:
        connection.execute("drop table app.notes, app.gone")


def noted(desk: PrivacyDesk) -> list[str]:
    with desk.database.direct() as connection:
        found = connection.execute(
            "select tablename from pg_catalog.pg_stats where most_common_vals::text like %s",
            [f"%{NAME}%"],
        )
        return [row[0] for row in found]


def test_the_warehouse_stays_as_closed_as_it_was(desk: PrivacyDesk) -> None:
    desk.warehouse.close()
    file = desk.home / "warehouse.duckdb"
    before = os.umask(0o022)
    try:
        file.chmod(0o600)
        desk.erase(SHOP, str(ANN), ASKING)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
