"""What is recommended: written by the job after a publication, answered by people, read in one query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, cast, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.base.logging import without_addresses
from hotdash.storage.appdb.models import Recommendation, RecommendationEvent

OPEN, SNOOZED, APPROVED, REJECTED, EXPIRED = (
    *("open", "snoozed", "approved", "rejected", "expired"),
)
ASKED = (OPEN, SNOOZED)
ANSWERED = (APPROVED, REJECTED)
SHORTEST_ENDING = 4


@dataclass(frozen=True, slots=True)
class RecommendationRecord:
    """Impact is an amount in a currency, or a text where money would be invented.

    The context is what learning is told of it, approval how likely that was foretold; a trial stands
    among the first to be learnt from.
    """

    shop_id: str
    recommendation_id: UUID
    kind: str
    subject: str
    period: str
    proposed_by: str
    title: str
    reason: str
    impact_amount: Decimal | None
    currency: str | None
    impact_text: str | None
    confidence: str
    deadline: datetime | None
    evidence: Sequence[Mapping[str, str]]
    verb: str
    options: Sequence[Mapping[str, Any]]
    features: Mapping[str, Any]
    status: str
    rank: int | None
    score: Decimal
    magnitude: Decimal
    metric: str
    measured: Decimal | None
    opened_at: datetime
    updated_at: datetime
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    decision_id: UUID | None = None
    snoozed_magnitude: Decimal | None = None
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    approval: Decimal | None = None
    is_trial: bool = False

    @property
    def is_asked(self) -> bool:
        return self.status in ASKED


@dataclass(frozen=True, slots=True)
class RecommendationEventRecord:
    recommendation_id: UUID
    at: datetime
    event: str
    actor: str
    rank: int | None = None
    magnitude: Decimal | None = None
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])


def open_recommendations(
    session: Session, shop_id: str, limit: int | None = None
) -> list[RecommendationRecord]:
    """What waits for an answer, the most urgent first."""
    waiting = (
        select(Recommendation)
        .where(Recommendation.shop_id == shop_id, Recommendation.status == OPEN)
        .order_by(Recommendation.rank, Recommendation.recommendation_id)
        .limit(limit)
    )
    return [_record(row) for row in session.scalars(waiting)]


def list_recommendations(
    session: Session,
    shop_id: str,
    statuses: Sequence[str],
    *,
    kind: str | None = None,
    after: tuple[int, UUID] | None = None,
    limit: int = 100,
) -> list[RecommendationRecord]:
    """By rank; what has none comes last, the newest first is for who reads history."""
    rank = func.coalesce(Recommendation.rank, 1_000_000)
    query = select(Recommendation).where(
        Recommendation.shop_id == shop_id, Recommendation.status.in_(statuses)
    )
    if kind is not None:
        query = query.where(Recommendation.kind == kind)
    if after is not None:
        query = query.where(func.row(rank, Recommendation.recommendation_id) > func.row(*after))
    ordered = query.order_by(rank, Recommendation.recommendation_id).limit(limit)
    return [_record(row) for row in session.scalars(ordered)]


def find_recommendation(
    session: Session, shop_id: str, recommendation_id: UUID
) -> RecommendationRecord | None:
    row = session.get(Recommendation, (shop_id, recommendation_id))
    return _record(row) if row else None


def asked_about(
    session: Session, shop_id: str, kind: str, subject: str
) -> RecommendationRecord | None:
    """What waits for an answer about it, put off or not."""
    row = session.scalars(
        select(Recommendation).where(
            Recommendation.shop_id == shop_id,
            Recommendation.kind == kind,
            Recommendation.subject == subject,
            Recommendation.status.in_(ASKED),
        )
    ).one_or_none()
    return _record(row) if row else None


def newest_about(
    session: Session, shop_id: str, kind: str, subject: str
) -> RecommendationRecord | None:
    """What was asked last about it, however that ended."""
    row = session.scalars(
        select(Recommendation)
        .where(
            Recommendation.shop_id == shop_id,
            Recommendation.kind == kind,
            Recommendation.subject == subject,
        )
        .order_by(Recommendation.opened_at.desc(), Recommendation.recommendation_id.desc())
        .limit(1)
    ).one_or_none()
    return _record(row) if row else None


def find_by_ending(session: Session, named: str) -> RecommendationRecord:
    """By its id or how that ends, over all shops."""
    ending = named.strip().lower()
    matches = cast(Recommendation.recommendation_id, Text).endswith(ending, autoescape=True)
    found = session.scalars(select(Recommendation).where(matches).limit(2)).all()
    if len(ending) < SHORTEST_ENDING or not found:
        raise NotFoundError(
            f"There is no recommendation {named[:40]!r}.",
            hint="See which there are with `hotdash decisions list`.",
            field="recommendation",
        )
    if len(found) > 1:
        raise NotFoundError(
            f"Several recommendations end in {named[:40]!r}.",
            hint="Give more of its id; `hotdash decisions list --json` has the whole.",
            field="recommendation",
        )
    return _record(found[0])


def newest_by_subject(session: Session, shop_id: str) -> list[RecommendationRecord]:
    """Of each kind and subject what is asked, or else what was asked last."""
    of_one = (Recommendation.kind, Recommendation.subject)
    query = (
        select(Recommendation)
        .where(Recommendation.shop_id == shop_id)
        .ext(distinct_on(*of_one))
        .order_by(*of_one, Recommendation.opened_at.desc(), Recommendation.recommendation_id.desc())
    )
    return [_record(row) for row in session.scalars(query)]


def periods_of(session: Session, shop_id: str, day: date) -> set[tuple[str, str, str]]:
    """Those that began on a day."""
    found = session.execute(
        select(Recommendation.kind, Recommendation.subject, Recommendation.period).where(
            Recommendation.shop_id == shop_id,
            Recommendation.period.startswith(day.isoformat()),
        )
    )
    return {(row.kind, row.subject, row.period) for row in found}


def times_asked(session: Session, shop_id: str) -> dict[tuple[str, str], int]:
    """Of each kind and subject, how often."""
    asked = (Recommendation.kind, Recommendation.subject)
    query = select(*asked, func.count()).where(Recommendation.shop_id == shop_id).group_by(*asked)
    return {(kind, subject): count for kind, subject, count in session.execute(query)}


def lock_recommendations(session: Session, shop_id: str) -> None:
    """Until this transaction ends nobody else proposes to this shop."""
    key = func.hashtext(f"hotdash recommendations {shop_id}", type_=Integer)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def add_recommendations(session: Session, records: Sequence[RecommendationRecord]) -> None:
    if records:
        session.execute(insert(Recommendation), [_row(record) for record in records])


def update_asked(
    session: Session, record: RecommendationRecord, read: RecommendationRecord
) -> bool:
    """False where it is no longer as it was read: what people said meanwhile stands."""
    told = _row(record)
    kept = ("shop_id", "recommendation_id", "kind", "subject", "period", "opened_at", "decision_id")
    changed = session.execute(
        update(Recommendation)
        .where(
            Recommendation.shop_id == record.shop_id,
            Recommendation.recommendation_id == record.recommendation_id,
            Recommendation.status == read.status,
            Recommendation.updated_at == read.updated_at,
        )
        .values({name: value for name, value in told.items() if name not in kept})
        .returning(Recommendation.recommendation_id)
    )
    return changed.one_or_none() is not None


def add_recommendation_events(
    session: Session, shop_id: str, events: Iterable[RecommendationEventRecord]
) -> None:
    rows = [{**asdict(event), "shop_id": shop_id} for event in events]
    if rows:
        session.execute(insert(RecommendationEvent), rows)


def events_of_recommendation(
    session: Session, shop_id: str, recommendation_id: UUID
) -> list[RecommendationEventRecord]:
    query = (
        select(RecommendationEvent)
        .where(
            RecommendationEvent.shop_id == shop_id,
            RecommendationEvent.recommendation_id == recommendation_id,
        )
        .order_by(RecommendationEvent.event_id)
    )
    return [
        RecommendationEventRecord(
            *(row.recommendation_id, row.at, row.event, row.actor),
            *(row.rank, row.magnitude, row.detail),
        )
        for row in session.scalars(query)
    ]


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What somebody answered; until is when a snooze ends."""

    status: str
    at: datetime
    decision_id: UUID
    until: datetime | None = None
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])


def answer_as_person(
    session: Session, shop_id: str, recommendation_id: UUID, answer: AnswerRecord
) -> bool:
    """As the person of this transaction; False where it was answered, or their role forbids it."""
    query = text(
        "select app.answer_recommendation(:shop, cast(:id as uuid), :status,"
        " cast(:at as timestamptz), cast(:until as timestamptz), cast(:decision as uuid), :told)"
    ).bindparams(bindparam("told", type_=JSONB), bindparam("status", type_=Text))
    values = {
        "shop": shop_id,
        "id": recommendation_id,
        "status": answer.status,
        "at": answer.at,
        "until": answer.until,
        "decision": answer.decision_id,
        "told": without_addresses(dict(answer.told)),
    }
    return bool(session.scalar(query, values))


def answer_as_operator(
    session: Session, shop_id: str, recommendation_id: UUID, answer: AnswerRecord, actor: str
) -> bool:
    """From the owner's own login, which no membership stands for."""
    found = session.scalars(
        update(Recommendation)
        .where(
            Recommendation.shop_id == shop_id,
            Recommendation.recommendation_id == recommendation_id,
            Recommendation.status.in_(ASKED),
        )
        .values(
            status=answer.status,
            snoozed_until=answer.until if answer.status == SNOOZED else None,
            snoozed_magnitude=Recommendation.magnitude if answer.status == SNOOZED else None,
            closed_at=None if answer.status == SNOOZED else answer.at,
            updated_at=answer.at,
            decision_id=answer.decision_id,
        )
        .returning(Recommendation)
    ).one_or_none()
    if found is None:
        return False
    told = RecommendationEventRecord(
        *(recommendation_id, answer.at, answer.status, actor),
        *(found.rank, found.magnitude, dict(answer.told)),
    )
    add_recommendation_events(session, shop_id, [told])
    return True


def expired(record: RecommendationRecord, at: datetime) -> RecommendationRecord:
    """Until when it was put off is kept: it may come back before that."""
    return replace(record, status=EXPIRED, rank=None, closed_at=at, updated_at=at)


def _row(record: RecommendationRecord) -> dict[str, Any]:
    told = {name: getattr(record, name) for name in RecommendationRecord.__dataclass_fields__}
    return told | {
        "evidence": [dict(each) for each in record.evidence],
        "options": [dict(each) for each in record.options],
        "features": dict(record.features),
        "context": dict(record.context),
    }


def _record(row: Recommendation) -> RecommendationRecord:
    names = RecommendationRecord.__dataclass_fields__
    return RecommendationRecord(**{name: getattr(row, name) for name in names})
