"""Content in sealed chunks, each named by what it holds: what a former backup has is not written again."""

import hashlib
import hmac
import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict

from hotdash.governance.backup.place import DamagedBackupError, Place

FOLDER = "chunks"
# Four blocks of a DuckDB file; large enough that an object storage is not asked too often.
CHUNK_BYTES = 1024 * 1024
_MARK = b"hotdash1"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class Chunk(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    size: int


class Content(BaseModel):
    """A stream in the order of its chunks, and the hash of all of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    size: int
    chunks: tuple[Chunk, ...]


@dataclass
class Written:
    """What a backup added, beside what was there already."""

    chunks: int = 0
    bytes: int = 0
    known: int = 0


class Chunks:
    def __init__(self, place: Place, key: bytes) -> None:
        self._place = place
        self._naming = _derived(key, "name")
        self._cipher = AESGCM(_derived(key, "seal"))
        self._codec = pa.Codec("zstd", compression_level=3)

    def writer(self, *, whole: bool = False) -> "ChunkWriter":
        """With `whole` nothing that is there is trusted, and every chunk is written anew."""
        return ChunkWriter(self, self._place, set() if whole else set(self._place.sizes(FOLDER)))

    def read(self, content: Content) -> Iterator[bytes]:
        """Every chunk is proven before it is given out, and the whole of it when it ends."""
        told = hashlib.sha256()
        for chunk in content.chunks:
            piece = self._read_one(chunk)
            told.update(piece)
            yield piece
        if told.hexdigest() != content.sha256:
            raise _damaged("its chunks do not make up what was backed up")

    def name_of(self, piece: bytes) -> str:
        """Keyed, so that nobody can tell from a name what is in a backup."""
        return hmac.new(self._naming, piece, hashlib.sha256).hexdigest()

    def seal(self, piece: bytes, name: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        packed = self._codec.compress(piece, asbytes=True)
        told = len(piece).to_bytes(8, "big") + packed
        return _MARK + nonce + self._cipher.encrypt(nonce, told, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """What was changed, cut off or put under another name does not open."""
        nonce, told = sealed[len(_MARK) :][:_NONCE_BYTES], sealed[len(_MARK) + _NONCE_BYTES :]
        if not sealed.startswith(_MARK) or len(told) < _TAG_BYTES + 8:
            raise _damaged(f"{name} is cut off or was not written by Hotdash")
        try:
            opened = self._cipher.decrypt(nonce, told, name.encode())
        except InvalidTag:
            raise _damaged(f"{name} was changed, or sealed with another key") from None
        size = int.from_bytes(opened[:8], "big")
        return self._codec.decompress(opened[8:], decompressed_size=size, asbytes=True)

    def _read_one(self, chunk: Chunk) -> bytes:
        file = file_of(chunk.name)
        piece = self.open(self._place.get(file), chunk.name)
        if len(piece) != chunk.size or self.name_of(piece) != chunk.name:
            raise _damaged(f"{file} does not hold what its name says")
        return piece


class ChunkWriter:
    def __init__(self, chunks: Chunks, place: Place, known: set[str]) -> None:
        self._chunks = chunks
        self._place = place
        self._known = known
        self.written = Written()

    def write(self, stream: Iterable[bytes]) -> Content:
        told, size, made = hashlib.sha256(), 0, list[Chunk]()
        for piece in pieces_of(stream, CHUNK_BYTES):
            told.update(piece)
            size += len(piece)
            made.append(self._write_one(piece))
        return Content(sha256=told.hexdigest(), size=size, chunks=tuple(made))

    def _write_one(self, piece: bytes) -> Chunk:
        name = self._chunks.name_of(piece)
        file = file_of(name)
        if file in self._known:
            self.written.known += 1
        else:
            sealed = self._chunks.seal(piece, name)
            self._place.put(file, sealed)
            self._known.add(file)
            self.written.chunks += 1
            self.written.bytes += len(sealed)
        return Chunk(name=name, size=len(piece))


def file_of(name: str) -> str:
    return f"{FOLDER}/{name[:2]}/{name}"


def pieces_of(stream: Iterable[bytes], size: int) -> Generator[bytes]:
    """The same bytes in pieces of one size, but for the last."""
    waiting = bytearray()
    for part in stream:
        waiting += part
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, f"hotdash backup {purpose}".encode(), hashlib.sha256).digest()


def _damaged(why: str) -> DamagedBackupError:
    return DamagedBackupError(
        f"The backup is damaged: {why}. Nothing was restored from it.",
        hint="Use another: `hotdash backup list` names them, and `hotdash backup verify` proves "
        "one; `hotdash backup create --whole` writes every chunk anew.",
    )
