"""What the log holds of a time, out of the database and the archive: of each chain one whole stretch."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hotdash.base.audit_lines import Event, Link
from hotdash.governance.audit.archive import HOT_FOR, archived_rows, with_archived
from hotdash.storage.appdb.repositories import audit_chain
from hotdash.storage.appdb.repositories.audit_chain import ArchiveRecord, Span


def events_between(
    session: Session, home: Path, chain: str | None, since: datetime | None, until: datetime | None
) -> Iterator[tuple[Event, Link]]:
    """From the first row of that time to the last; a row that is nowhere is left out, and missed by whoever proves it."""
    archives = [
        each for each in audit_chain.archives(session) if chain is None or each.chain == chain
    ]
    spans = audit_chain.spans_between(session, chain, since, until)
    for event, link in archived_rows(home, [each for each in archives if _may_hold(each, since)]):
        if (since is None or event.at >= since) and (until is None or event.at < until):
            first, last = spans.get(link.chain, (link.position, link.position))
            spans[link.chain] = min(first, link.position), max(last, link.position)
    needed = _within(archives, spans)
    for event, link in with_archived(audit_chain.links_within(session, spans), home, needed):
        if event is not None:
            yield event, link


def _may_hold(archive: ArchiveRecord, since: datetime | None) -> bool:
    """What was archived was old enough for it then."""
    return since is None or archive.archived_at is None or since < archive.archived_at - HOT_FOR


def _within(archives: Sequence[ArchiveRecord], spans: dict[str, Span]) -> Iterator[ArchiveRecord]:
    for each in archives:
        first, last = spans.get(each.chain, (0, -1))
        if each.first <= last and each.last >= first:
            yield each
