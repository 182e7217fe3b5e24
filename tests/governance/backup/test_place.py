"""A folder and an object storage alike, over fsspec."""

import secrets
from pathlib import Path

import pytest

from hotdash.base.errors import SettingsError, UnavailableError
from hotdash.governance.backup.place import DamagedBackupError, Place


@pytest.fixture(params=["folder", "object storage"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    stored = f"memory://{secrets.token_hex(6)}/hotdash"
    return Place(str(tmp_path / "backups") if request.param == "folder" else stored)


def test_what_is_put_there_is_listed_found_and_deleted(place: Place) -> None:
    assert place.sizes("chunks") == {}
    place.put("chunks/ab/abc", b"12345")
    place.put("chunks/cd/cde", b"")
    place.put("key.sealed", b"k")
    assert place.sizes("chunks") == {"chunks/ab/abc": 5, "chunks/cd/cde": 0}
    assert place.get("chunks/ab/abc") == b"12345"
    place.put("chunks/ab/abc", b"6")
    assert place.find("chunks/ab/abc") == b"6"
    place.delete(["chunks/ab/abc"])
    assert place.find("chunks/ab/abc") is None
    assert place.sizes("chunks") == {"chunks/cd/cde": 0}


def test_what_is_missing_is_named(place: Place) -> None:
    with pytest.raises(DamagedBackupError, match="chunks/ab is missing"):
        place.get("chunks/ab")


def test_what_a_killed_process_left_half_is_not_there(tmp_path: Path) -> None:
    place = Place(str(tmp_path))
    place.put("chunks/ab/abc", b"1")
    (tmp_path / "chunks/ab/abd.1234.unfinished").write_bytes(b"half")
    assert list(place.sizes("chunks")) == ["chunks/ab/abc"]
    assert place.leftovers("chunks") == ["chunks/ab/abd.1234.unfinished"]


def test_only_its_owner_reads_a_folder(tmp_path: Path) -> None:
    Place(str(tmp_path / "backups")).put("chunks/ab/abc", b"1")
    assert (tmp_path / "backups/chunks/ab/abc").stat().st_mode & 0o077 == 0


def test_an_address_that_nothing_here_can_reach() -> None:
    with pytest.raises(SettingsError, match="cannot be kept at carrier-pigeon://loft"):
        Place("carrier-pigeon://loft")


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UnavailableError, match="does not do its part"):
        Place(str(tmp_path / "file")).put("chunks/ab", b"1")
