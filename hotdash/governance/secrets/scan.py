"""Look for secrets where they do not belong: in the project's files and in what an installation wrote."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hotdash.base.secret_shapes import forms_of, may_hold_secret, secret_kind
from hotdash.governance.changes.secrets import FOR_TRYING
from hotdash.storage.home_walk import files_below

KNOWN = "a secret of this installation"
KEYS = "the key file of an installation"
# What is shorter, or a mere word such as a password of "hotdash", stands in ordinary text.
_SHORTEST = 8
_WORD = re.compile(r"[a-z]{1,11}|[A-Z]{1,11}")
_BLOCK = 8 * 1024 * 1024
# So a simulator calls what opens nothing but itself; whoever connects to one keeps it as a secret.
_MADE_UP = re.compile(r"(?<![a-z])simulated[-_]")
# Databases: what lies in them is sealed, and their pages are no text.
_DATABASES = (".duckdb", ".wal")
_POSTGRES_DATA = "PG_VERSION"


class Readable(Protocol):
    """What plain and packed files are alike."""

    def read(self, size: int, /) -> bytes: ...

    def readline(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Leak:
    """Where something stands that looks like a secret; what it is is not told."""

    where: str
    line: int
    looks_like: str


@dataclass(frozen=True, slots=True)
class Scanned:
    files: int
    leaks: tuple[Leak, ...]
    unread: tuple[str, ...]


class Scanner:
    """Knows shapes, and every form in which a secret of this installation may stand."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = frozenset(secrets)
        self._forms = sorted(
            form
            for each in secrets
            if len(each) >= _SHORTEST and not _WORD.fullmatch(each)
            for form in forms_of(each)
        )

    def where_they_are_made_up(self) -> "Scanner":
        """Without those that a simulator made up: they stand where it and its tests are written."""
        return Scanner([each for each in self._secrets if not _MADE_UP.search(each)])

    def leaks_in(self, where: str, stream: Readable, *, shapes: bool = True) -> Iterator[Leak]:
        before = 0
        for block in _blocks(stream):
            text = block.decode(errors="replace")
            if self._is_suspect(text, shapes):
                for place, line in enumerate(text.split("\n"), before + 1):
                    kind = self._kind(line, shapes)
                    if kind:
                        yield Leak(where, place, kind)
            before += text.count("\n")

    def _is_suspect(self, text: str, shapes: bool) -> bool:
        return (shapes and may_hold_secret(text)) or self._holds_known(text)

    def _kind(self, line: str, shapes: bool) -> str | None:
        if self._holds_known(line):
            return KNOWN
        return secret_kind(line) if shapes else None

    def _holds_known(self, text: str) -> bool:
        return any(form in text for form in self._forms)


def scan_home(home: Path, scanner: Scanner, *, keys: Collection[Path], sealed: Path) -> Scanned:
    """Everything an installation wrote but its databases, key files and sealed backups; packed files as well."""
    files = (
        file
        for file in _files_below(home)
        if not file.is_relative_to(sealed) and not any(_is_of(key, file) for key in keys)
    )
    return _scan(((str(file.relative_to(home)), file, True) for file in files), scanner)


def _is_of(key_file: Path, file: Path) -> bool:
    """It, or one that a change of keys puts beside it for a moment."""
    return file == key_file or file.name.startswith(f"{key_file.name}.")


def scan_tree(
    root: Path, paths: Iterable[str], scanner: Scanner, *, never: Collection[str] = ()
) -> Scanned:
    """The files of a project. Made-up ones of tests may look like secrets; a real one never stands there.

    Files called as in `never` are no part of a project, whatever stands in them.
    """
    kept = list(paths)
    real = [path for path in kept if not path.startswith(FOR_TRYING)]
    tried = [path for path in kept if path.startswith(FOR_TRYING)]
    found = _scan(((path, root / path, True) for path in real), scanner)
    among = scanner.where_they_are_made_up()
    beside = _scan(((path, root / path, False) for path in tried), among)
    misplaced = (Leak(path, 1, KEYS) for path in kept if Path(path).name in never)
    return Scanned(
        found.files + beside.files,
        (*misplaced, *found.leaks, *beside.leaks),
        (*found.unread, *beside.unread),
    )


def _scan(files: Iterable[tuple[str, Path, bool]], scanner: Scanner) -> Scanned:
    count, leaks, unread = 0, list[Leak](), list[str]()
    for name, file, shapes in files:
        try:
            for where, stream in _streams(name, file):
                leaks += scanner.leaks_in(where, stream, shapes=shapes)
        except FileNotFoundError:
            # A log that was rotated, or a file of a run that ended meanwhile.
            continue
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error):
            unread.append(name)
            continue
        count += 1
    return Scanned(count, tuple(leaks), tuple(unread))


def _streams(name: str, file: Path) -> Iterator[tuple[str, Readable]]:
    if file.suffix == ".gz":
        with gzip.open(file) as packed:
            yield name, packed
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for member in archive.namelist():
                with archive.open(member) as packed:
                    yield f"{name}:{member}", packed
    else:
        with file.open("rb") as plain:
            yield name, plain


def _files_below(folder: Path) -> Iterator[Path]:
    for file in files_below(folder, lambda each: not (each / _POSTGRES_DATA).exists()):
        if file.suffix not in _DATABASES:
            yield file


def _blocks(stream: Readable) -> Iterator[bytes]:
    """Whole lines, so that nothing is cut in two."""
    while block := stream.read(_BLOCK):
        yield block + stream.readline()
