"""What lies in the home beside the two databases: archives, bundles, rules, documents."""

from collections.abc import Iterator
from pathlib import Path

from hotdash.governance.audit.heads import HEADS_FILE
from hotdash.governance.backup.archive import KEY_FILE as BACKUP_KEY_FILE
from hotdash.governance.backup.chunks import Chunks, ChunkWriter
from hotdash.governance.backup.manifest import HomeFile
from hotdash.governance.privacy.kept_words import WORDS
from hotdash.storage.home_walk import MADE_AGAIN, files_below
from hotdash.storage.secrets import KEY_FILE

STAGED = "restore.staged"
BACKUPS = "backups"
WAREHOUSE = "warehouse.duckdb"
# What another part of a backup holds, what must not lie beside it, and what is made again by itself.
_ELSEWHERE = frozenset({"postgres", "warehouse.duckdb", "warehouse.duckdb.wal"})
_NEVER = frozenset({KEY_FILE, BACKUP_KEY_FILE, str(WORDS)})
_MADE_AGAIN = MADE_AGAIN | {BACKUPS, STAGED}
# At which address this very process answers.
_OF_THE_MOMENT = frozenset({"served.json"})
NOT_BACKED_UP = _ELSEWHERE | _NEVER | _MADE_AGAIN | _OF_THE_MOMENT
_BLOCK = 1024 * 1024


def back_up_heads(home: Path, writer: ChunkWriter) -> tuple[HomeFile, ...]:
    """Before the snapshot of the database, which then goes at least as far as they say."""
    return _back_up(home, [home / HEADS_FILE], writer)


def back_up(home: Path, writer: ChunkWriter, place: Path | None = None) -> tuple[HomeFile, ...]:
    """After it: rows that went into an archive meanwhile are in both, and not in neither.

    A place of backups inside the home is left out, whatever it is called.
    """
    left_out = {home / HEADS_FILE}
    others = [file for file in _files(home) if file not in left_out and not _is_in(place, file)]
    return _back_up(home, others, writer)


def stage(files: tuple[HomeFile, ...], folder: Path, chunks: Chunks) -> None:
    for file in files:
        target = folder / file.path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("wb") as stream:
            for piece in chunks.read(file.content):
                stream.write(piece)
        target.chmod(file.mode)


def _back_up(home: Path, files: list[Path], writer: ChunkWriter) -> tuple[HomeFile, ...]:
    found = list[HomeFile]()
    for file in files:
        try:
            mode = file.stat().st_mode & 0o777
            content = writer.write(_read(file))
        except FileNotFoundError:
            # Documents are tidied away while we go from one to the next.
            continue
        found.append(HomeFile(path=str(file.relative_to(home)), mode=mode, content=content))
    return tuple(found)


def _files(home: Path) -> Iterator[Path]:
    def enters(folder: Path) -> bool:
        return folder.parent != home or folder.name not in NOT_BACKED_UP

    for file in files_below(home, enters):
        is_left_out = file.parent == home and _is_left_out(file.name)
        if not is_left_out and not file.name.endswith(".lock"):
            yield file


def _is_in(place: Path | None, file: Path) -> bool:
    return place is not None and file.resolve().is_relative_to(place.resolve())


def _is_left_out(name: str) -> bool:
    """A key file is replaced through one beside it, which is no less a secret."""
    return name in NOT_BACKED_UP or name.startswith(tuple(f"{each}." for each in _NEVER))


def _read(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block
