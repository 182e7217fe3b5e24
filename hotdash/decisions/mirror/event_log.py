"""The record of every attempt, as lines of JSON: one per row and attempt, also of a call that nobody saw end."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.clock import Clock, file_stamp

NAME = "decision_sync_events"
MOST_BYTES = 50_000_000
FILES_KEPT = 20
INTERRUPTED = "INTERRUPTED"


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """`rows` is how many rows the call carried: the sum of 1/rows is the number of calls."""

    id: str
    shop_id: str
    job_run_id: str
    attempt: int
    scope: str
    rows: int
    status: str
    http_status: int | None
    code: str | None
    latency_ms: int | None
    retry_after_s: float | None
    will_retry_at: str | None
    at: str


def log_files(folder: Path) -> list[Path]:
    """The one that is written to and those that were put aside, packed ones too."""
    return sorted(folder.glob(f"{NAME}*.ndjson*"))


class EventLog:
    """One writer at a time. A side file holds the lines of the call that is under way."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        most_bytes: int = MOST_BYTES,
        files_kept: int = FILES_KEPT,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._most_bytes = most_bytes
        self._files_kept = files_kept
        self.path = folder / f"{NAME}.ndjson"
        self._side = folder / f"{NAME}.open"

    def repair(self) -> int:
        """Of a call whose process was killed: how many lines had to be added for it."""
        if not self._side.exists():
            return 0
        left = orjson.loads(self._side.read_bytes())
        lines: Sequence[Mapping[str, Any]] = left["lines"]
        told = self._since(left["log_bytes"])
        is_whole = told.count(b"\n") == len(lines) and told.endswith(b"\n")
        if not is_whole:
            self._cut(left["log_bytes"])
            self._append(lines)
        self._side.unlink()
        return 0 if is_whole else len(lines)

    def begin(self, events: Sequence[SyncEvent]) -> None:
        """Before the call, as what they are if nobody lives to tell more."""
        self._rotate()
        lines = [replace(each, status="retry", code=INTERRUPTED) for each in events]
        unfinished = self._side.with_suffix(".new")
        with unfinished.open("wb") as file:
            file.write(orjson.dumps({"log_bytes": self._size(), "lines": lines}))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._side)

    def settle(self, events: Sequence[SyncEvent]) -> None:
        self._append(events)
        self._side.unlink()

    def _append(self, lines: Sequence[SyncEvent | Mapping[str, Any]]) -> None:
        text = b"".join(orjson.dumps(each) + b"\n" for each in lines)
        with self.path.open("ab") as file:
            file.write(text)

    def _rotate(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._size() < self._most_bytes:
            return
        self.path.rename(self._folder / f"{NAME}.{file_stamp(self._clock.now())}.ndjson")
        for old in sorted(self._folder.glob(f"{NAME}.*Z.ndjson"))[: -self._files_kept]:
            old.unlink()

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def _since(self, place: int) -> bytes:
        if self._size() <= place:
            return b""
        with self.path.open("rb") as file:
            file.seek(place)
            return file.read()

    def _cut(self, place: int) -> None:
        if self._size() > place:
            os.truncate(self.path, place)
