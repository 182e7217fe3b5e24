"""The audit log as a chain: sealing what was committed, and reading rows beside their links."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import ARRAY, Select, Text, cast, func, select, tuple_
from sqlalchemy.orm import Session

from hotdash.base.audit_lines import Event, Link
from hotdash.storage.appdb.models import AuditArchive, AuditEvent, AuditLink, AuditPending

_AT_ONCE = 2_000
# By code point, as files are read, whatever the database sorts by.
_IN_ORDER = (AuditLink.chain.collate("C"), AuditLink.position)


@dataclass(frozen=True, slots=True)
class WantedEvents:
    """An action that ends in a dot names a family; hidden are actions that begin so."""

    shop_id: str | None = None
    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before_event: int | None = None
    hidden: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ArchiveRecord:
    chain: str
    first: int
    last: int
    sha256: bytes
    archived_at: datetime | None = None


Span = tuple[int, int]
Archivable = tuple[Event, Link]


def seal(session: Session) -> int:
    """Put what was committed into the chain; needs a transaction that sees what others commit."""
    return session.scalars(select(func.audit.seal())).one()


def linked_events(session: Session) -> Iterator[tuple[Event | None, Link]]:
    """By chain and position, as they stand; without an event where its row is gone."""
    return _told(session, _linked())


def wanted_events(session: Session, wanted: WantedEvents, limit: int) -> list[tuple[Event, bytes]]:
    """The newest first, each with its hash."""
    query = select(*_columns(), AuditEvent.row_hash).order_by(AuditEvent.event_id.desc())
    found = session.execute(_narrowed(query, wanted).limit(limit))
    return [(_event(row), row.row_hash) for row in found]


def spans_between(
    session: Session, chain: str | None, since: datetime | None, until: datetime | None
) -> dict[str, Span]:
    """Of each chain from its first row of that time to its last, as far as they are here."""
    query = (
        select(AuditLink.chain, func.min(AuditLink.position), func.max(AuditLink.position))
        .join(AuditEvent, AuditEvent.event_id == AuditLink.event_id)
        .group_by(AuditLink.chain)
    )
    if chain is not None:
        query = query.where(AuditLink.chain == chain)
    if since is not None:
        query = query.where(AuditEvent.at >= since)
    if until is not None:
        query = query.where(AuditEvent.at < until)
    return {each: (first, last) for each, first, last in session.execute(query)}


def links_within(
    session: Session, spans: Mapping[str, Span]
) -> Iterator[tuple[Event | None, Link]]:
    """None in between is left out, whenever it was."""
    for chain, span in sorted(spans.items()):
        query = _linked().where(AuditLink.chain == chain, AuditLink.position.between(*span))
        yield from _told(session, query)


def archives(session: Session) -> list[ArchiveRecord]:
    rows = session.scalars(
        select(AuditArchive).order_by(AuditArchive.chain.collate("C"), AuditArchive.first_position)
    )
    return [
        ArchiveRecord(
            *(row.chain, row.first_position, row.last_position, row.sha256, row.archived_at)
        )
        for row in rows
    ]


def next_to_archive(session: Session, chain: str, until: datetime, limit: int) -> list[Archivable]:
    """From where the last archive ends, up to the first that is too young."""
    ended = select(func.coalesce(func.max(AuditArchive.last_position), 0)).where(
        AuditArchive.chain == chain
    )
    query = (
        select(AuditLink, *_columns())
        .join(AuditEvent, AuditEvent.event_id == AuditLink.event_id)
        .where(AuditLink.chain == chain, AuditLink.position > ended.scalar_subquery())
        .order_by(AuditLink.position)
        .limit(limit)
    )
    rows = ((_event(row), _link(row[0])) for row in session.execute(query))
    return list(takewhile(lambda each: each[0].at < until, rows))


def count_to_archive(session: Session, chain: str, until: datetime) -> int:
    """As next_to_archive would bring them, without their rows."""
    ended = select(func.coalesce(func.max(AuditArchive.last_position), 0)).where(
        AuditArchive.chain == chain
    )
    here = (
        select(AuditLink.position, AuditEvent.at)
        .join(AuditEvent, AuditEvent.event_id == AuditLink.event_id)
        .where(AuditLink.chain == chain, AuditLink.position > ended.scalar_subquery())
        .subquery()
    )
    too_young = select(func.min(here.c.position)).where(here.c.at >= until).scalar_subquery()
    old = select(func.count()).where(
        here.c.position
        < func.coalesce(too_young, select(func.max(here.c.position) + 1).scalar_subquery())
    )
    return session.scalars(old).one()


def forget_archived(session: Session, archive: ArchiveRecord) -> int:
    """How many rows went; the database refuses what is too young or kept for good."""
    named = archive.chain, archive.first, archive.last, archive.sha256
    return session.scalars(select(func.audit.forget_archived(*named))).one()


def heads(session: Session) -> Mapping[str, Link]:
    """Where each chain ends."""
    ends = select(AuditLink.chain, func.max(AuditLink.position)).group_by(AuditLink.chain)
    query = select(AuditLink).where(tuple_(AuditLink.chain, AuditLink.position).in_(ends))
    return {row.chain: _link(row) for row in session.scalars(query.order_by(AuditLink.chain))}


def unlinked(session: Session) -> list[Event]:
    """Rows that nobody is about to seal and that stand in no chain."""
    query = (
        select(*_columns())
        .where(
            ~select(AuditLink).where(AuditLink.event_id == AuditEvent.event_id).exists(),
            ~select(AuditPending).where(AuditPending.event_id == AuditEvent.event_id).exists(),
        )
        .order_by(AuditEvent.event_id)
    )
    return [_event(row) for row in session.execute(query)]


def waiting_for_nothing(session: Session) -> list[int]:
    """Events that are to be sealed and that nobody has."""
    query = (
        select(AuditPending.event_id)
        .where(
            ~select(AuditEvent).where(AuditEvent.event_id == AuditPending.event_id).exists(),
            ~select(AuditLink).where(AuditLink.event_id == AuditPending.event_id).exists(),
        )
        .order_by(AuditPending.event_id)
    )
    return list(session.scalars(query))


def kept_for_good(session: Session, actions: Sequence[str]) -> list[str]:
    """Those of them whose rows never leave the database."""
    told = func.unnest(cast(actions, ARRAY(Text))).column_valued("action")
    return list(session.scalars(select(told).where(func.audit.is_kept(told)).order_by(told)))


def _linked() -> Select[*tuple[Any, ...]]:
    return (
        select(AuditLink, *_columns())
        .outerjoin(AuditEvent, AuditEvent.event_id == AuditLink.event_id)
        .order_by(*_IN_ORDER)
    )


def _told(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[tuple[Event | None, Link]]:
    for row in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield (None if row.event_id is None else _event(row)), _link(row[0])


def _columns() -> tuple[Any, ...]:
    told = AuditEvent
    return (
        *(told.event_id, told.shop_id, told.at, told.actor, told.action, told.subject),
        *(cast(told.detail, Text).label("detail"), told.request_id),
    )


def _narrowed(query: Any, wanted: WantedEvents) -> Any:
    told = AuditEvent
    for column, value in (
        (told.shop_id, wanted.shop_id),
        (told.actor, wanted.actor),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.action is not None:
        is_family = wanted.action.endswith(".")
        named = told.action
        query = query.where(
            named.startswith(wanted.action, autoescape=True)
            if is_family
            else named == wanted.action
        )
    for beginning in wanted.hidden:
        query = query.where(~told.action.startswith(beginning, autoescape=True))
    if wanted.subject is not None:
        query = query.where(told.subject.icontains(wanted.subject, autoescape=True))
    if wanted.since is not None:
        query = query.where(told.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(told.at < wanted.until)
    if wanted.before_event is not None:
        query = query.where(told.event_id < wanted.before_event)
    return query


def _event(row: Any) -> Event:
    return Event(**{name: getattr(row, name) for name in Event.__dataclass_fields__})


def _link(row: AuditLink) -> Link:
    return Link(row.chain, row.position, row.row_hash, row.previous, row.hash)
