"""Where each chain ended at some time, kept outside the database: a file whose lines are a chain themselves."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.audit_lines import BEGINNING, Link, Misfit
from hotdash.base.clock import iso_utc, parse_iso
from hotdash.storage.embedded_lock import exclusive

HEADS_FILE = Path("audit/heads.ndjson")
_LOCK_FILE = Path("audit/heads.lock")


@dataclass(frozen=True, slots=True)
class HeadsTold:
    """What was written down, of each place the first time; and the hash of the newest line."""

    ends: Mapping[tuple[str, int], tuple[datetime, str]]
    line_hash: str = BEGINNING.hex()
    misfit: Misfit | None = None

    @property
    def newest_at(self) -> datetime | None:
        return max((at for at, _ in self.ends.values()), default=None)


def heads_told(home: Path) -> HeadsTold:
    """A line that lacks its end is of a machine that went down in the middle of it; no other may be odd."""
    file = home / HEADS_FILE
    if not file.exists():
        return HeadsTold({})
    ends: dict[tuple[str, int], tuple[datetime, str]] = {}
    line_hash = BEGINNING.hex()
    for number, line in enumerate(file.read_bytes().split(b"\n"), 1):
        if not line.endswith(b"}"):
            continue
        try:
            told = orjson.loads(line)
            key, at = (told["chain"], told["position"]), parse_iso(told["at"])
            follows = told["previous"] == line_hash
            ends.setdefault(key, (at, told["hash"]))
        except (ValueError, KeyError, TypeError):
            follows = False
        if not follows:
            why = f"line {number} of {HEADS_FILE} does not follow the one before it"
            return HeadsTold(ends, line_hash, Misfit("", 0, None, None, why))
        line_hash = hashlib.sha256(line).hexdigest()
    return HeadsTold(ends, line_hash)


def add_heads(home: Path, heads: Iterable[Link], at: datetime) -> int:
    """Those that are news; a file that does not fit stays as it is, for verify to name the line."""
    (home / HEADS_FILE).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(home / _LOCK_FILE):
        known = heads_told(home)
        news = [link for link in heads if (link.chain, link.position) not in known.ends]
        if known.misfit is not None or not news:
            return 0
        lines, line_hash = list[bytes](), known.line_hash
        for link in news:
            lines.append(
                orjson.dumps({"at": iso_utc(at)} | head_of(link) | {"previous": line_hash})
            )
            line_hash = hashlib.sha256(lines[-1]).hexdigest()
        _append(home / HEADS_FILE, b"".join(line + b"\n" for line in lines))
        return len(news)


def head_of(link: Link) -> dict[str, Any]:
    return {"chain": link.chain, "position": link.position, "hash": link.hash.hex()}


def _append(file: Path, lines: bytes) -> None:
    with file.open("a+b") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            # What a machine left in the middle of a line must not spoil the next one.
            lines = lines if stream.read(1) == b"\n" else b"\n" + lines
        stream.write(lines)
        stream.flush()
        os.fsync(stream.fileno())
