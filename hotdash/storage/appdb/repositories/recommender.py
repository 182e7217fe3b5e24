"""What a shop's model is made of: its answers as they were shown, what was done to it, and the model itself."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Function, Text, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import InstrumentedAttribute, Session

from hotdash.storage.appdb.models import (
    Decision,
    DecisionOutcome,
    Recommendation,
    RecommendationEvent,
    RecommenderEvent,
    RecommenderModel,
)
from hotdash.storage.appdb.repositories.recommendations import ANSWERED, APPROVED

ADOPTED, RESET, FROZEN, UNFROZEN = "adopted", "reset", "frozen", "unfrozen"


@dataclass(frozen=True, slots=True)
class RecommenderEventRecord:
    shop_id: str
    at: datetime
    event: str
    actor: str
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ModelRecord:
    shop_id: str
    made_at: datetime
    answers: int
    card: Mapping[str, Any]
    model: Mapping[str, Any]
    sums: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoggedAnswer:
    """A decision about a recommendation, or that it expired without one; detail is as it was kept then."""

    at: datetime
    key: UUID
    recommendation_id: UUID
    is_ignored: bool
    rank: int | None
    detail: Mapping[str, Any]
    actor: str
    rationale: str


@dataclass(frozen=True, slots=True)
class LoggedOutcome:
    measured_at: datetime
    decision_id: UUID
    kind: str
    is_approved: bool
    context: Mapping[str, str]
    metric: str
    before: Decimal | None
    after: Decimal | None
    baseline: Decimal | None
    worked: bool | None
    verdict: str


def recommender_events(session: Session, shop_id: str) -> list[RecommenderEventRecord]:
    """The oldest first."""
    query = (
        select(RecommenderEvent)
        .where(RecommenderEvent.shop_id == shop_id)
        .order_by(RecommenderEvent.event_id)
    )
    names = RecommenderEventRecord.__dataclass_fields__
    return [
        RecommenderEventRecord(**{name: getattr(row, name) for name in names})
        for row in session.scalars(query)
    ]


def add_recommender_event(session: Session, event: RecommenderEventRecord) -> None:
    session.execute(
        insert(RecommenderEvent).inline().values(asdict(event) | {"detail": dict(event.detail)})
    )


def logged_answers(session: Session, shop_id: str) -> list[LoggedAnswer]:
    """Those of which was kept what learning is told, the oldest first; what was put off is no answer."""
    found = [*_decided(session, shop_id), *_ignored(session, shop_id)]
    return sorted(found, key=lambda each: (each.at, each.key))


def _decided(session: Session, shop_id: str) -> list[LoggedAnswer]:
    query = select(Decision).where(
        Decision.shop_id == shop_id,
        Decision.recommendation_id.is_not(None),
        Decision.corrects.is_(None),
        _told(Decision.detail, "context").is_not(None),
        _told(Decision.detail, "status").in_(ANSWERED),
    )
    found: list[LoggedAnswer] = []
    for row in session.scalars(query):
        assert row.recommendation_id is not None
        shown: Mapping[str, Any] = row.detail.get("shown") or {}
        found.append(
            LoggedAnswer(
                *(row.decided_at, row.decision_id, row.recommendation_id, False, shown.get("rank")),
                *(row.detail, row.actor, row.rationale),
            )
        )
    return found


def _ignored(session: Session, shop_id: str) -> list[LoggedAnswer]:
    detail = RecommendationEvent.detail
    query = select(RecommendationEvent).where(
        RecommendationEvent.shop_id == shop_id,
        RecommendationEvent.event == "expired",
        _told(detail, "ignored") == "true",
        _told(detail, "context").is_not(None),
    )
    return [
        LoggedAnswer(
            *(row.at, row.recommendation_id, row.recommendation_id, True, row.rank),
            *(row.detail, row.actor, ""),
        )
        for row in session.scalars(query)
    ]


def _told(detail: InstrumentedAttribute[dict[str, Any]], name: str) -> Function[str]:
    return func.jsonb_extract_path_text(detail, name, type_=Text())


def logged_outcomes(session: Session, shop_id: str) -> list[LoggedOutcome]:
    """Of answered recommendations, the oldest first."""
    asked, out = Recommendation, DecisionOutcome
    query = (
        select(out, asked.kind, asked.status, Decision.detail)
        .join(
            Decision, (Decision.shop_id == out.shop_id) & (Decision.decision_id == out.decision_id)
        )
        .join(asked, (asked.shop_id == out.shop_id) & (asked.decision_id == out.decision_id))
        .where(out.shop_id == shop_id)
        .order_by(out.measured_at, out.decision_id)
    )
    found: list[LoggedOutcome] = []
    for row, kind, status, detail in session.execute(query):
        context: Mapping[str, str] = detail.get("context") or {}
        found.append(
            LoggedOutcome(
                *(row.measured_at, row.decision_id, kind, status == APPROVED, context),
                *(row.metric, row.before, row.after, row.baseline, row.worked, row.verdict),
            )
        )
    return found


def subjects_of(session: Session, shop_id: str) -> dict[UUID, str]:
    """What each recommendation was about."""
    query = select(Recommendation.recommendation_id, Recommendation.subject).where(
        Recommendation.shop_id == shop_id
    )
    return {row.recommendation_id: row.subject for row in session.execute(query)}


def find_model(session: Session, shop_id: str) -> ModelRecord | None:
    row = session.get(RecommenderModel, shop_id)
    if row is None:
        return None
    return ModelRecord(**{name: getattr(row, name) for name in ModelRecord.__dataclass_fields__})


def save_model(session: Session, record: ModelRecord) -> None:
    told = {name: getattr(record, name) for name in ModelRecord.__dataclass_fields__}
    row = told | {name: dict(told[name]) for name in ("card", "model", "sums")}
    made = upsert(RecommenderModel).values(row)
    session.execute(
        made.on_conflict_do_update(
            index_elements=["shop_id"],
            set_={name: made.excluded[name] for name in row if name != "shop_id"},
        )
    )


def sums_of_others(session: Session, shop_id: str, fewest_answers: int) -> list[Mapping[str, Any]]:
    """Of each other shop that has learnt enough, its sums and nothing else; only the job role may ask."""
    query = (
        select(RecommenderModel.sums)
        .where(
            RecommenderModel.shop_id != shop_id,
            RecommenderModel.answers >= fewest_answers,
        )
        .order_by(RecommenderModel.shop_id)
    )
    return list(session.scalars(query))
