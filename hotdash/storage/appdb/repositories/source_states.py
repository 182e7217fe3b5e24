"""Whether a source answers: what one process learned about it, the next one knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Credential, SourceState


class State(StrEnum):
    WORKING = "working"
    FAILING = "failing"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class SourceStateRecord:
    """`since` is told by the database's clock, as is when credentials were entered."""

    shop_id: str
    source: str
    state: State
    since: datetime
    failures: int
    retry_at: datetime | None
    code: str | None
    reason: str | None
    hint: str | None
    seen_at: datetime
    is_entered_anew: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    code: str
    reason: str
    hint: str


def source_state(session: Session, shop_id: str, source: str) -> SourceStateRecord | None:
    found = session.execute(
        _wanted().where(SourceState.shop_id == shop_id, SourceState.source == source)
    ).one_or_none()
    return _record(*found) if found else None


def rejected_sources(session: Session, shops: Sequence[str]) -> list[SourceStateRecord]:
    found = session.execute(
        _wanted()
        .where(SourceState.shop_id.in_(shops), SourceState.state == State.REJECTED.value)
        .order_by(SourceState.shop_id, SourceState.source)
    )
    return [_record(*row) for row in found]


def note_working(session: Session, shop_id: str, source: str, at: datetime) -> None:
    _save(session, shop_id, source, State.WORKING, at, failures=0)


def note_failing(
    session: Session,
    shop_id: str,
    source: str,
    trouble: Trouble,
    at: datetime,
    *,
    failures: int,
    retry_at: datetime | None,
) -> None:
    """`failures` is how many came in a row, this one included."""
    _save(
        *(session, shop_id, source, State.FAILING, at),
        failures=failures,
        trouble=trouble,
        retry_at=retry_at,
    )


def note_rejected(
    session: Session, shop_id: str, source: str, trouble: Trouble, at: datetime
) -> None:
    """Nobody asks again until a key is entered anew, or a person insists."""
    _save(session, shop_id, source, State.REJECTED, at, failures=1, trouble=trouble)


def _save(
    session: Session,
    shop_id: str,
    source: str,
    state: State,
    at: datetime,
    *,
    failures: int,
    trouble: Trouble | None = None,
    retry_at: datetime | None = None,
) -> None:
    values = {
        "state": state.value,
        "failures": failures,
        "retry_at": retry_at,
        "code": trouble.code if trouble else None,
        "reason": trouble.reason if trouble else None,
        "hint": trouble.hint if trouble else None,
        "seen_at": at,
    }
    row = insert(SourceState).values(
        shop_id=shop_id, source=source, since=func.clock_timestamp(), **values
    )
    known = source_state(session, shop_id, source)
    # A rejection counts from the newest: the key that was tried now is the one that is refused.
    is_news = known is None or known.state is not state or state is State.REJECTED
    since = {"since": row.excluded.since} if is_news else {}
    session.execute(
        row.on_conflict_do_update(
            index_elements=[SourceState.shop_id, SourceState.source], set_={**values, **since}
        )
    )


def _wanted() -> Select[SourceState, datetime]:
    return select(SourceState, Credential.updated_at).outerjoin(
        Credential,
        (Credential.shop_id == SourceState.shop_id) & (Credential.vendor == SourceState.source),
    )


def _record(row: SourceState, entered_at: datetime | None) -> SourceStateRecord:
    return SourceStateRecord(
        row.shop_id,
        row.source,
        State(row.state),
        row.since,
        row.failures,
        row.retry_at,
        row.code,
        row.reason,
        row.hint,
        row.seen_at,
        entered_at is not None and entered_at > row.since,
    )
