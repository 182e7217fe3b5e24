"""Who read what kind of data how often, and who looked at which fields of persons."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.governance.privacy.reveal import REVEALED
from hotdash.storage.appdb.repositories.audit import AuditRecord, events_between
from hotdash.storage.appdb.repositories.data_reads import ReadRecord, list_reads


@dataclass(frozen=True, slots=True)
class AccessReport:
    """The days are those of UTC; reveals are exact, reads may lack the last seconds of a dead server."""

    first: date
    last: date
    reads: Sequence[ReadRecord]
    reveals: Sequence[AuditRecord]

    def as_json(self, names: Mapping[str, str]) -> dict[str, Any]:
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "reads": [_read(*each, names) for each in _by_reader(self.reads)],
            "reveals": [_reveal(*each, names) for each in _by_revealer(self.reveals)],
        }


def access_report(session: Session, shop_id: str, first: date, last: date) -> AccessReport:
    return AccessReport(
        first,
        last,
        list_reads(session, [shop_id], first, last),
        events_between(session, shop_id, REVEALED, first, last),
    )


Reader = tuple[str, str, str]


def _by_reader(reads: Sequence[ReadRecord]) -> list[tuple[Reader, list[ReadRecord]]]:
    """The most eager first."""
    found: dict[Reader, list[ReadRecord]] = {}
    for each in reads:
        found.setdefault((each.actor, each.kind, each.door), []).append(each)
    return sorted(found.items(), key=lambda item: (-sum(r.reads for r in item[1]), item[0]))


def _read(reader: Reader, reads: Sequence[ReadRecord], names: Mapping[str, str]) -> dict[str, Any]:
    actor, kind, door = reader
    return {
        "who": actor,
        "name": names.get(actor),
        "kind": kind,
        "door": door,
        "reads": sum(each.reads for each in reads),
        "days": len({each.day for each in reads}),
        "last_at": iso_utc(max(each.last_at for each in reads)),
    }


def _by_revealer(events: Sequence[AuditRecord]) -> list[tuple[str, list[AuditRecord]]]:
    found: dict[str, list[AuditRecord]] = {}
    for each in events:
        found.setdefault(each.actor, []).append(each)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def _reveal(actor: str, events: Sequence[AuditRecord], names: Mapping[str, str]) -> dict[str, Any]:
    fields = Counter(name for each in events for name in each.detail.get("fields", ()))
    return {
        "who": actor,
        "name": names.get(actor),
        "reveals": len(events),
        "people": len({each.subject for each in events}),
        "fields": dict(sorted(fields.items())),
        "last_at": iso_utc(max(each.at for each in events)),
    }


def today(now: datetime) -> date:
    return now.astimezone(UTC).date()
