"""Who was erased, by ids and marks only: outside both databases, so that restoring them forgets nobody.

One line when an erasure begins and one when nothing of the person is found any more.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.governance.privacy.erasure_key import FOLDER, KEY_FILE, ErasureKey, hash_of_mark
from hotdash.governance.privacy.person import Asked, Person
from hotdash.storage.embedded_lock import exclusive

LOG_FILE = FOLDER / "erasures.ndjson"
_LOCK_FILE = FOLDER / "erasures.lock"


class StillFoundError(HotdashError):
    """The erasure stays open."""

    code = "still_found"
    http_status = 500


@dataclass(frozen=True, slots=True)
class Erasure:
    erasure_id: str
    shop_id: str
    asked_at: datetime
    actor: str
    reason: str
    customer_ids: tuple[int, ...]
    contact_ids: tuple[int, ...]
    marks: tuple[str, ...]
    finished_at: datetime | None = None
    proof_sha256: str | None = None
    # What is nobody's known customer, after everybody was erased: of it there is no id and no mark.
    is_whole_shop: bool = False

    def asked(self, key: ErasureKey, erased_hashes: frozenset[str]) -> Asked:
        """The same person in whatever state the databases are now, and nobody else."""
        marks = frozenset(self.marks)
        return Asked(
            self.shop_id,
            frozenset(self.customer_ids),
            frozenset(self.contact_ids),
            lambda hashed: key.mark(hashed) in marks,
            erased_hashes,
            is_again=True,
        )

    def covering(self, person: Person, key: ErasureKey) -> "Erasure":
        """With what a later look found of the same person."""
        return replace(
            self,
            customer_ids=tuple(sorted({*self.customer_ids, *person.customer_ids})),
            contact_ids=tuple(sorted({*self.contact_ids, *person.contact_ids})),
            marks=tuple(sorted({*self.marks, *map(key.mark, person.hashes)})),
        )


def erasures(home: Path) -> list[Erasure]:
    """The newest line of each holds; one that lacks its end is of a machine that went down in it."""
    file = home / LOG_FILE
    found: dict[str, Erasure] = {}
    lines = file.read_bytes().split(b"\n") if file.exists() else []
    for number, line in enumerate(lines, 1):
        if line.endswith(b"}"):
            erasure = _read(line, number)
            found[erasure.erasure_id] = erasure
    return list(found.values())


def kept_by_restore(home: Path) -> frozenset[Path]:
    """With the log of a backup nobody who was erased since would be known, and with another key no mark.

    A key without a log made none of them.
    """
    return frozenset({LOG_FILE, KEY_FILE}) if (home / LOG_FILE).is_file() else frozenset()


def erased_hashes(home: Path) -> frozenset[str]:
    return frozenset(hash_of_mark(mark) for each in erasures(home) for mark in each.marks)


def keep(home: Path, erasure: Erasure) -> None:
    """On the disk before anything is written over: a killed erasure is found and finished."""
    (home / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
    line = orjson.dumps(_document(erasure))
    with exclusive(home / _LOCK_FILE):
        descriptor = os.open(home / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as writing:
            # A line that a machine went down in is closed first.
            writing.write(b"\n" + line + b"\n")
            writing.flush()
            os.fsync(writing.fileno())


def unfinished_of(found: Sequence[Erasure], person: Person, key: ErasureKey) -> Erasure | None:
    """A killed one of the same person."""
    marks = {key.mark(hashed) for hashed in person.hashes}
    for each in found:
        is_same = each.shop_id == person.shop_id and (
            person.customer_ids & set(each.customer_ids)
            or person.contact_ids & set(each.contact_ids)
            or marks & set(each.marks)
        )
        if is_same and each.finished_at is None:
            return each
    return None


def of_whole_shop(home: Path, shop_id: str) -> list[Erasure]:
    return [each for each in erasures(home) if each.is_whole_shop and each.shop_id == shop_id]


def _document(erasure: Erasure) -> dict[str, Any]:
    finished = erasure.finished_at
    return {
        **asdict(erasure),
        "asked_at": iso_utc(erasure.asked_at),
        "finished_at": iso_utc(finished) if finished else None,
    }


def _read(line: bytes, number: int) -> Erasure:
    try:
        told: Mapping[str, Any] = orjson.loads(line)
        finished = told["finished_at"]
        read: dict[str, Any] = {
            **told,
            **{name: tuple(told[name]) for name in ("customer_ids", "contact_ids", "marks")},
            "asked_at": parse_iso(told["asked_at"]),
            "finished_at": parse_iso(finished) if finished else None,
        }
        return Erasure(**read)
    except (ValueError, KeyError, TypeError) as error:
        raise ConflictError(
            f"Line {number} of {LOG_FILE} cannot be read: {type(error).__name__}.",
            hint="Bring the file back from where the home is kept; nobody is erased without it.",
        ) from error
