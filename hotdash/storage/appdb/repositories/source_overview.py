"""How each source of each shop stands: whether it answers, how far it is read, its calls and its drifts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Mapped, Session

from hotdash.storage.appdb.models import ApiCall, Credential, Freshness, SchemaDrift, SourceState

OK = "ok"

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a source does not answer, and since when."""

    state: str
    since: datetime
    failures: int
    retry_at: datetime | None
    code: str | None
    reason: str | None
    hint: str | None


@dataclass(frozen=True, slots=True)
class CallCounts:
    calls: int = 0
    failed: int = 0
    retried: int = 0


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """`connected_at` is empty where its credentials were taken away."""

    shop_id: str
    source: str
    connected_at: datetime | None = None
    complete_through: datetime | None = None
    trouble: Trouble | None = None
    counts: CallCounts = field(default_factory=CallCounts)
    open_drifts: int = 0


def source_overview(
    session: Session, calls_since: datetime, shops: Collection[str] | None = None
) -> list[SourceRecord]:
    """Every source that is connected, or of which something was read once."""
    connected = dict(_connected(session, shops))
    reached = dict(_reached(session, shops))
    troubles = dict(_troubles(session, shops))
    counts = dict(_counts(session, calls_since, shops))
    drifts = dict(_open_drifts(session, shops))
    return [
        SourceRecord(
            shop_id=key[0],
            source=key[1],
            connected_at=connected.get(key),
            complete_through=reached.get(key),
            trouble=troubles.get(key),
            counts=counts.get(key, CallCounts()),
            open_drifts=drifts.get(key, 0),
        )
        for key in sorted(_keys(connected, reached))
    ]


def _keys(*found: Mapping[_Key, Any]) -> set[_Key]:
    return {key for each in found for key in each}


def _of(column: Mapped[str], shops: Collection[str] | None) -> ColumnElement[bool]:
    return true() if shops is None else column.in_(shops)


def _connected(session: Session, shops: Collection[str] | None) -> Iterator[tuple[_Key, datetime]]:
    asked = select(Credential.shop_id, Credential.vendor, Credential.updated_at).where(
        _of(Credential.shop_id, shops)
    )
    for row in session.execute(asked):
        yield (row.shop_id, row.vendor), row.updated_at


def _reached(session: Session, shops: Collection[str] | None) -> Iterator[tuple[_Key, datetime]]:
    asked = select(Freshness.shop_id, Freshness.source, Freshness.complete_through).where(
        _of(Freshness.shop_id, shops)
    )
    for row in session.execute(asked):
        yield (row.shop_id, row.source), row.complete_through


def _troubles(session: Session, shops: Collection[str] | None) -> Iterator[tuple[_Key, Trouble]]:
    for row in session.scalars(select(SourceState).where(_of(SourceState.shop_id, shops))):
        told = Trouble(
            row.state, row.since, row.failures, row.retry_at, row.code, row.reason, row.hint
        )
        yield (row.shop_id, row.source), told


def _counts(
    session: Session, since: datetime, shops: Collection[str] | None
) -> Iterator[tuple[_Key, CallCounts]]:
    asked = (
        select(
            ApiCall.shop_id,
            ApiCall.vendor,
            func.count().label("calls"),
            func.count().filter(ApiCall.status != OK).label("failed"),
            func.count().filter(ApiCall.retries > 0).label("retried"),
        )
        .where(ApiCall.at >= since, _of(ApiCall.shop_id, shops))
        .group_by(ApiCall.shop_id, ApiCall.vendor)
    )
    for row in session.execute(asked):
        yield (row.shop_id, row.vendor), CallCounts(row.calls, row.failed, row.retried)


def _open_drifts(session: Session, shops: Collection[str] | None) -> Iterator[tuple[_Key, int]]:
    asked = (
        select(SchemaDrift.shop_id, SchemaDrift.source, func.count().label("open"))
        .where(SchemaDrift.closed_at.is_(None), _of(SchemaDrift.shop_id, shops))
        .group_by(SchemaDrift.shop_id, SchemaDrift.source)
    )
    for row in session.execute(asked):
        yield (row.shop_id, row.source), row.open
