"""Every file of the home, found by walking it: where a person stands in it, and their words taken out.

A text is written over in place and keeps its length, because a living process may be adding to it.
"""

import gzip
import os
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from hotdash.base.needles import Needles
from hotdash.storage.home_walk import files_below, keep_name
from hotdash.storage.warehouse.file_rows import rows_of_file

_parquet: Any = pq
_PACKED = frozenset({".gz", ".zip", ".xlsx", ".parquet", ".duckdb", ".docx"})
_ZIPS = frozenset({".zip", ".xlsx", ".docx"})
_TEXT_LOOKED_AT = 1024 * 1024
# What the libraries say of a file that was cut off, or is locked or sealed.
_UNREADABLE = (
    *(OSError, EOFError, RuntimeError, NotImplementedError, zlib.error, zipfile.BadZipFile),
    *(duckdb.Error, pa.ArrowException),
)


@dataclass(frozen=True, slots=True)
class HomeFile:
    path: Path
    name: str

    @property
    def is_packed(self) -> bool:
        return self.path.suffix.lower() in _PACKED


def home_files(home: Path, beside: Collection[Path] = ()) -> Iterator[HomeFile]:
    """`beside` are databases, which have walks of their own."""
    left_out = {path.absolute() for path in beside}
    here = home.absolute()
    for path in files_below(here, lambda folder: folder not in left_out):
        if path not in left_out:
            yield HomeFile(path, path.relative_to(here).as_posix())


def holds(file: HomeFile, needles: Needles) -> bool:
    """Whether its name or any byte of it says a needle, packed or not."""
    return _look(file, needles) is True


def may_hold(file: HomeFile, needles: Needles) -> bool:
    """Also of what cannot be unpacked, in which nobody can look."""
    return _look(file, needles) is not False


def name_without(file: HomeFile, needles: Needles) -> str:
    """Below the home."""
    told = file.name
    for ending in _endings(told):
        if told.endswith(ending):
            told = needles.replaced_in(told.removesuffix(ending), "erased") + ending
    return told


def call_otherwise(file: HomeFile, home: Path, needles: Needles) -> None:
    """Where its name or a folder's says a needle; a folder goes with its last file."""
    wanted = home / name_without(file, needles)
    if wanted == home / file.name:
        return
    free, number = wanted, 1
    while free.exists():
        number += 1
        free = wanted.with_stem(f"{wanted.stem}-{number}")
    free.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.path.rename(free)
    keep_name(free)
    for folder in file.path.relative_to(home.absolute()).parents[:-1]:
        if not any((home / folder).iterdir()):
            (home / folder).rmdir()
            keep_name(home / folder)


def _endings(name: str) -> list[str]:
    """None, .csv, .csv.gz: a dot and letters behind a word belong to it, but not what a file ends with."""
    suffixes = PurePath(name).suffixes[-2:]
    return ["".join(suffixes[begin:]) for begin in range(len(suffixes), -1, -1)]


def _look(file: HomeFile, needles: Needles) -> bool | None:
    if not needles:
        return False
    # Each on a line of its own, all looked at at once.
    named = "\n".join(file.name.removesuffix(each) for each in _endings(file.name))
    if needles.stand_in(named.encode()):
        return True
    try:
        return any(needles.stand_in(part) for part in _parts(file.path))
    except _UNREADABLE:
        return None


def write_over(file: HomeFile, needles: Needles) -> bool:
    """False for what cannot be written over without breaking it."""
    stored = file.path.read_bytes()
    if file.is_packed or b"\x00" in stored[:_TEXT_LOOKED_AT]:
        return False
    with file.path.open("r+b") as writing:
        for begin, end in needles.places_in(stored):
            writing.seek(begin)
            writing.write(b"*" * (end - begin))
        writing.flush()
        os.fsync(writing.fileno())
    return True


def _parts(path: Path) -> Iterator[bytes]:
    """A file that went away while the home was walked holds nothing."""
    try:
        yield path.read_bytes()
        yield from _unpacked(path)
    except FileNotFoundError:
        return


def _unpacked(path: Path) -> Iterator[bytes]:
    kind = path.suffix.lower()
    if kind == ".gz":
        with gzip.open(path) as packed:
            yield packed.read()
    elif kind in _ZIPS:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                yield archive.read(member)
    elif kind == ".parquet":
        for batch in _parquet.ParquetFile(path).iter_batches():
            yield repr(batch.to_pylist()).encode()
    elif kind == ".duckdb":
        yield from (repr(batch.to_pylist()).encode() for batch in rows_of_file(path))
