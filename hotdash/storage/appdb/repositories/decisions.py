"""The decisions people made about a shop: written once, read newest first, with what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError
from hotdash.storage.appdb.models import Decision, DecisionOutcome, Recommendation
from hotdash.storage.appdb.repositories.recommendations import APPROVED, REJECTED


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    shop_id: str
    decision_id: UUID
    scope: str
    action: str
    actor: str
    subject: str
    rationale: str
    decided_at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])
    request_id: str | None = None
    external_ref: str | None = None
    corrects: UUID | None = None
    recommendation_id: UUID | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """A figure when it was decided and when its time was over; the verdict says which way it went.

    The baseline is what it would have become by itself, by how many like it that were left alone;
    worked says of what was done whether it did what it was for.
    """

    decision_id: UUID
    measured_at: datetime
    metric: str
    before: Decimal | None
    after: Decimal | None
    verdict: str
    sentence: str
    baseline: Decimal | None = None
    compared_with: int | None = None
    worked: bool | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions are asked for; a prefix that ends in a dot names a family of actions.

    Hidden are the scopes that whoever asks may not see, whatever they ask for; without are families
    of actions that are no matter of theirs.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    scope: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, UUID] | None = None
    hidden: frozenset[str] = frozenset()
    without: tuple[str, ...] = ()


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Measurable:
    """A decided recommendation whose outcome nobody has measured; features are those it was decided with."""

    decision_id: UUID
    decided_at: datetime
    kind: str
    subject: str
    metric: str
    measured: Decimal | None
    is_done: bool = True
    features: Mapping[str, Any] = field(default_factory=dict[str, Any])


def add_decision(session: Session, decision: DecisionRecord) -> None:
    # Without RETURNING: whoever may add a decision need not be allowed to read all of it back.
    told = {name: getattr(decision, name) for name in DecisionRecord.__dataclass_fields__}
    try:
        session.execute(insert(Decision).values(told | {"detail": dict(decision.detail)}))
    except IntegrityError as error:
        if "decisions_once" not in str(error.orig):
            raise
        raise ConflictError(
            "The same request is being carried out at this moment.", hint="Ask again in a moment."
        ) from None


def list_decisions(
    session: Session,
    shop_id: str,
    *,
    before: datetime | None = None,
    limit: int = 100,
    wanted: Wanted = EVERYTHING,
) -> list[DecisionRecord]:
    query = select(Decision).where(Decision.shop_id == shop_id)
    if before is not None:
        query = query.where(Decision.decided_at < before)
    if wanted.before is not None:
        key = func.row(Decision.decided_at, Decision.decision_id)
        query = query.where(key < func.row(*wanted.before))
    for column, value in ((Decision.actor, wanted.actor), (Decision.scope, wanted.scope)):
        if value is not None:
            query = query.where(column == value)
    if wanted.hidden:
        query = query.where(Decision.scope.not_in(wanted.hidden))
    for each in wanted.without:
        query = query.where(~Decision.action.startswith(each, autoescape=True))
    if wanted.action is not None:
        family = wanted.action.endswith(".")
        named = Decision.action
        query = query.where(
            named.startswith(wanted.action, autoescape=True) if family else named == wanted.action
        )
    if wanted.subject is not None:
        query = query.where(Decision.subject.icontains(wanted.subject, autoescape=True))
    if wanted.since is not None:
        query = query.where(Decision.decided_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Decision.decided_at < wanted.until)
    newest_first = query.order_by(Decision.decided_at.desc(), Decision.decision_id.desc())
    return [_record(row) for row in session.scalars(newest_first.limit(limit))]


def find_decision(session: Session, shop_id: str, decision_id: UUID) -> DecisionRecord | None:
    row = session.get(Decision, (shop_id, decision_id))
    return _record(row) if row else None


def decision_by_key(
    session: Session, shop_id: str, actor: str, idempotency_key: str
) -> DecisionRecord | None:
    row = session.scalars(
        select(Decision).where(
            Decision.shop_id == shop_id,
            Decision.actor == actor,
            Decision.idempotency_key == idempotency_key,
        )
    ).one_or_none()
    return _record(row) if row else None


def measurable(session: Session, shop_id: str, statuses: Sequence[str]) -> list[Measurable]:
    """The oldest first."""
    asked = Recommendation
    found = session.execute(
        select(Decision.decision_id, Decision.decided_at, asked.kind, asked.subject)
        .add_columns(asked.metric, asked.measured, asked.status == APPROVED, asked.features)
        .join(
            asked,
            (asked.shop_id == Decision.shop_id) & (asked.decision_id == Decision.decision_id),
        )
        .outerjoin(
            DecisionOutcome,
            (DecisionOutcome.shop_id == Decision.shop_id)
            & (DecisionOutcome.decision_id == Decision.decision_id),
        )
        .where(
            Decision.shop_id == shop_id,
            asked.status.in_(statuses),
            DecisionOutcome.decision_id.is_(None),
        )
        .order_by(Decision.decided_at, Decision.decision_id)
    )
    return [Measurable(*row) for row in found]


def add_outcomes(session: Session, shop_id: str, outcomes: Sequence[OutcomeRecord]) -> None:
    if outcomes:
        rows = [{**asdict(each), "shop_id": shop_id} for each in outcomes]
        session.execute(insert(DecisionOutcome), rows)


def left_alone(session: Session, shop_id: str) -> list[tuple[str, Decimal, Decimal]]:
    """Of recommendations that were rejected: their kind, and the figure before and afterwards."""
    asked, out = Recommendation, DecisionOutcome
    found = session.execute(
        select(asked.kind, out.before, out.after)
        .join(asked, (asked.shop_id == out.shop_id) & (asked.decision_id == out.decision_id))
        .where(
            out.shop_id == shop_id,
            asked.status == REJECTED,
            out.before.is_not(None),
            out.after.is_not(None),
        )
        .order_by(out.measured_at, out.decision_id)
    )
    return [
        (kind, before, after)
        for kind, before, after in found
        if before is not None and after is not None
    ]


def outcomes_of(
    session: Session, shop_id: str, decisions: Sequence[UUID]
) -> dict[UUID, OutcomeRecord]:
    found = session.scalars(
        select(DecisionOutcome).where(
            DecisionOutcome.shop_id == shop_id, DecisionOutcome.decision_id.in_(decisions)
        )
    )
    names = OutcomeRecord.__dataclass_fields__
    return {
        row.decision_id: OutcomeRecord(**{name: getattr(row, name) for name in names})
        for row in found
    }


def _record(row: Decision) -> DecisionRecord:
    names = DecisionRecord.__dataclass_fields__
    return DecisionRecord(**{name: getattr(row, name) for name in names})
