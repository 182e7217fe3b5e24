"""Prove the audit log: every row fits its link, every link the one before, and no end was cut off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.audit_lines import Event, Link, Misfit, first_misfit
from hotdash.base.clock import iso_utc, parse_iso
from hotdash.governance.audit.archive import misfit_of_archives, with_archived
from hotdash.storage.appdb.repositories import audit_chain
from hotdash.storage.appdb.session import Database

HEADS_FILE = Path("audit/heads.ndjson")


@dataclass(frozen=True)
class Proof:
    rows: int
    heads: Mapping[str, Link]
    misfit: Misfit | None

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "holds": self.misfit is None,
            "misfit": self.misfit.as_json() if self.misfit else None,
            "heads": [_head(link) for link in self.heads.values()],
        }


def verify(database: Database, home: Path) -> Proof:
    with database.jobs() as session:
        audit_chain.seal(session)
    seen: dict[str, dict[int, Link]] = {}
    told = _heads_told(home)
    rows = 0
    heads: dict[str, Link] = {}

    def counted(linked: Iterator[tuple[Event | None, Link]]) -> Iterator[tuple[Event | None, Link]]:
        nonlocal rows
        for event, link in linked:
            rows += 1
            heads[link.chain] = link
            if (link.chain, link.position) in told:
                seen.setdefault(link.chain, {})[link.position] = link
            yield event, link

    with database.snapshot() as session:
        archives = audit_chain.archives(session)
        linked = with_archived(audit_chain.linked_events(session), home, archives)
        misfit = misfit_of_archives(home, archives) or first_misfit(counted(linked))
        strays = audit_chain.unlinked(session)
    if misfit is None and strays:
        first = strays[0]
        misfit = Misfit(first.shop_id or "", 0, first.event_id, first.at, "it stands in no chain")
    return Proof(rows, heads, misfit or _cut_off(told, seen))


def note_heads(database: Database, home: Path, at: datetime) -> int:
    """Seal, and write down outside the database where each chain ends, if that is news."""
    with database.jobs() as session:
        audit_chain.seal(session)
    with database.snapshot() as session:
        heads = audit_chain.heads(session)
    known = _heads_told(home)
    news = [link for link in heads.values() if (link.chain, link.position) not in known]
    if news:
        file = home / HEADS_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [orjson.dumps({"at": iso_utc(at)} | _head(link)).decode() for link in news]
        with file.open("a+b") as stream:
            stream.write(_line_break_after(file) + "".join(f"{line}\n" for line in lines).encode())
    return len(news)


def _line_break_after(file: Path) -> bytes:
    """A machine that went down in the middle of a line must not spoil the next one."""
    content = file.read_bytes()
    return b"\n" if content and not content.endswith(b"\n") else b""


def _head(link: Link) -> dict[str, Any]:
    return {"chain": link.chain, "position": link.position, "hash": link.hash.hex()}


def _heads_told(home: Path) -> dict[tuple[str, int], tuple[datetime, str]]:
    file = home / HEADS_FILE
    if not file.exists():
        return {}
    found: dict[tuple[str, int], tuple[datetime, str]] = {}
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            told = orjson.loads(line)
            key = told["chain"], told["position"]
            found.setdefault(key, (parse_iso(told["at"]), told["hash"]))
        except (ValueError, KeyError, TypeError):
            # The last line of a machine that went down in the middle of it.
            continue
    return found


def _cut_off(
    told: Mapping[tuple[str, int], tuple[datetime, str]], seen: Mapping[str, Mapping[int, Link]]
) -> Misfit | None:
    for (chain, position), (at, known) in told.items():
        link = seen.get(chain, {}).get(position)
        if link is None:
            return Misfit(
                chain, position, None, at, "the newest rows are gone: it was the end then"
            )
        if link.hash.hex() != known:
            return Misfit(chain, position, None, at, "it is not what was written down then")
    return None
