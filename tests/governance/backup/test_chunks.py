"""Sealed chunks: written once, opened only whole, unchanged and under their own name."""

from pathlib import Path

import pytest

from hotdash.governance.backup.chunks import CHUNK_BYTES, FOLDER, Chunks, Content, pieces_of
from hotdash.governance.backup.place import DamagedBackupError, Place

KEY = b"k" * 32


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(str(tmp_path / "backups"))


def stored(place: Place) -> list[str]:
    return sorted(place.sizes(FOLDER))


def read(place: Place, content: Content, key: bytes = KEY) -> bytes:
    return b"".join(Chunks(place, key).read(content))


class TestWriting:
    def test_what_comes_out_is_what_went_in(self, place: Place) -> None:
        told = [b"one", b"", b"x" * (2 * CHUNK_BYTES), b"end"]
        content = Chunks(place, KEY).writer().write(told)
        assert (content.size, len(content.chunks)) == (2 * CHUNK_BYTES + 6, 3)
        assert read(place, content) == b"".join(told)

    def test_nothing_has_no_chunk(self, place: Place) -> None:
        content = Chunks(place, KEY).writer().write([])
        assert (content.size, content.chunks, read(place, content)) == (0, (), b"")

    def test_what_is_there_is_not_written_again(self, place: Place) -> None:
        first = Chunks(place, KEY).writer()
        first.write([b"a" * CHUNK_BYTES, b"b" * CHUNK_BYTES])
        second = Chunks(place, KEY).writer()
        second.write([b"a" * CHUNK_BYTES, b"c" * CHUNK_BYTES])
        assert (first.written.chunks, second.written.chunks, second.written.known) == (2, 1, 1)

    def test_whole_writes_anew_what_is_there(self, place: Place) -> None:
        content = Chunks(place, KEY).writer().write([b"a"])
        [name] = stored(place)
        place.put(name, b"rotten")
        Chunks(place, KEY).writer(whole=True).write([b"a"])
        assert read(place, content) == b"a"

    def test_nothing_of_it_can_be_read_there(self, place: Place) -> None:
        Chunks(place, KEY).writer().write([b"ann@shop.example " * 1000])
        [name] = stored(place)
        assert b"ann" not in place.get(name)

    def test_another_key_gives_other_names(self, place: Place) -> None:
        for key in (KEY, b"o" * 32):
            Chunks(place, key).writer().write([b"a"])
        assert len(stored(place)) == 2


class TestDamage:
    @pytest.fixture
    def content(self, place: Place) -> Content:
        return Chunks(place, KEY).writer().write([b"a" * CHUNK_BYTES + b"b" * 99])

    @pytest.mark.parametrize("position", [0, 7, 8, 19, 20, 40, -1])
    def test_one_flipped_byte(self, place: Place, content: Content, position: int) -> None:
        for name in stored(place):
            sealed = bytearray(place.get(name))
            sealed[position] ^= 1
            place.put(name, bytes(sealed))
        with pytest.raises(DamagedBackupError, match="damaged"):
            read(place, content)

    @pytest.mark.parametrize("left", [0, 8, 20, 43, -1])
    def test_a_truncated_chunk(self, place: Place, content: Content, left: int) -> None:
        for name in stored(place):
            place.put(name, place.get(name)[:left])
        with pytest.raises(DamagedBackupError, match="damaged"):
            read(place, content)

    def test_a_missing_one(self, place: Place, content: Content) -> None:
        place.delete(stored(place)[:1])
        with pytest.raises(DamagedBackupError, match="is missing"):
            read(place, content)

    def test_two_that_changed_places(self, place: Place, content: Content) -> None:
        one, other = stored(place)
        first, second = place.get(one), place.get(other)
        place.put(one, second)
        place.put(other, first)
        with pytest.raises(DamagedBackupError, match="was changed"):
            read(place, content)

    def test_a_stream_that_lacks_its_end(self, place: Place, content: Content) -> None:
        shortened = content.model_copy(update={"chunks": content.chunks[:1]})
        with pytest.raises(DamagedBackupError, match="do not make up"):
            read(place, shortened)

    def test_another_key(self, place: Place, content: Content) -> None:
        with pytest.raises(DamagedBackupError, match="another key"):
            read(place, content, b"o" * 32)


def test_pieces_do_not_follow_how_a_stream_came() -> None:
    assert list(pieces_of([b"ab", b"cdefg", b"", b"h"], 3)) == [b"abc", b"def", b"gh"]
    assert list(pieces_of([b"abcdefgh"], 3)) == [b"abc", b"def", b"gh"]
    assert list(pieces_of([], 3)) == []
