"""A folder and an object storage alike, over fsspec."""

import secrets
import socket
from pathlib import Path
from threading import Thread

import pytest

from hotdash.base.errors import SettingsError, UnavailableError
from hotdash.governance.backup.place import DamagedBackupError, Place, told_of


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


class TestAnAddressThatSignsIn:
    """Its password stands in no message, whatever goes wrong."""

    def told_by(self, url: str) -> str:
        with pytest.raises(UnavailableError) as told:
            Place(url)
        assert told.value.hint
        return told.value.message

    def test_nobody_answers(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        told = self.told_by(f"ftp://keeper:pa55@word@127.0.0.1:{port}/hotdash")
        assert told.startswith(f"ftp://127.0.0.1:{port}/hotdash cannot be opened: ")
        assert "refused" in told

    def test_a_library_with_errors_of_its_own(self) -> None:
        def refuse(listening: socket.socket) -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"421 nobody comes in\r\n")

        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            Thread(target=refuse, args=[listening], daemon=True).start()
            told = self.told_by(f"ftp://keeper:pa55@word@127.0.0.1:{port}/hotdash")
        assert told == f"ftp://127.0.0.1:{port}/hotdash cannot be opened: 421 nobody comes in."

    def test_nothing_here_can_reach_it(self) -> None:
        with pytest.raises(SettingsError) as told:
            Place("carrier-pigeon://keeper:pa55@word@loft/hotdash")
        assert "at carrier-pigeon://loft/hotdash:" in told.value.message

    @pytest.mark.parametrize(
        "url", ["s3://our-backups/a@b", "/mnt/backups", "sftp://host:22/a:b@c"]
    )
    def test_every_other_address_is_told_as_it_is(self, url: str) -> None:
        assert told_of(url) == url
