"""By what an erased person was searched, sealed: a backup of before brings back more than raw tells.

No backup takes this folder, so that its words end with it.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from hotdash.governance.privacy.erasure_key import ErasureKey
from hotdash.governance.privacy.erasure_log import Erasure

WORDS = Path("erased.words")


@dataclass(frozen=True, repr=False)
class KeptWords:
    """Its repr says nothing, so that no log or trace does."""

    words: frozenset[str]
    # Until then dead rows hold what was written over, whether or not a row still does.
    is_written_anew: bool = False


@dataclass(frozen=True)
class WordsKeeper:
    home: Path
    key: ErasureKey

    def of(self, erasure_id: str) -> KeptWords | None:
        """None where nobody knows any more, which is not the same as a person without a word."""
        file = self._file(erasure_id)
        opened = self.key.open(file.read_bytes()) if file.is_file() else None
        if opened is None:
            return None
        told = orjson.loads(opened)
        return KeptWords(frozenset(told["words"]), told["is_written_anew"])

    def keep(self, erasure_id: str, kept: KeptWords) -> None:
        told = {"words": sorted(kept.words), "is_written_anew": kept.is_written_anew}
        file = self._file(erasure_id)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as writing:
            writing.write(self.key.seal(orjson.dumps(told)))
            writing.flush()
            os.fsync(writing.fileno())
        os.replace(beside, file)

    def forget_finished_before(self, instant: datetime, erasures: Collection[Erasure]) -> None:
        """Of an open erasure nothing is forgotten."""
        needed = {
            self._file(each.erasure_id).name
            for each in erasures
            if each.finished_at is None or each.finished_at > instant
        }
        folder = self.home / WORDS
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.name not in needed:
                file.unlink(missing_ok=True)

    def _file(self, erasure_id: str) -> Path:
        return self.home / WORDS / f"{erasure_id}.sealed"
