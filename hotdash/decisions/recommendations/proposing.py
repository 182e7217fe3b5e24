"""What a program proposes in its own words: it waits in the queue behind everything the rules found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc, local_day
from hotdash.base.errors import ConflictError, ForbiddenError, HotdashError
from hotdash.base.hidden_text import without_hidden
from hotdash.base.logging import without_addresses
from hotdash.base.roles import Permission, may
from hotdash.decisions.recommendations.contract import KINDS, Confidence, Evidence, Kind
from hotdash.decisions.recommendations.settle import id_of
from hotdash.storage.appdb.repositories import memberships
from hotdash.storage.appdb.repositories import recommendations as kept
from hotdash.storage.appdb.repositories.recommendations import (
    ANSWERED,
    ASKED,
    OPEN,
    RecommendationEventRecord,
    RecommendationRecord,
)
from hotdash.storage.appdb.repositories.shops import get_shop

MOST_WAITING = 20
LONGEST_SUBJECT, LONGEST_TITLE, LONGEST_REASON = 80, 120, 1000
LONGEST_DAYS = 30
_NOTHING = Decimal(0)
_MEASURED = "What was proposed"
_SAID_BY = "Proposed by a program"


class ProposalError(HotdashError):
    code = "invalid_proposal"


@dataclass(frozen=True, slots=True)
class ProposedInWords:
    """By whom, with which program, what, and why; no amount, because nobody has checked one."""

    user_id: UUID
    program: str
    subject: str
    title: str
    reason: str
    days: int
    evidence: Sequence[Evidence] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where it stands; repeated is one that was waiting already and stayed as it was."""

    record: RecommendationRecord
    is_repeated: bool


def propose(session: Session, shop_id: str, asked: ProposedInWords, now: datetime) -> Waiting:
    """Nothing is decided and nothing is done by it. Whether they may is asked where it is written."""
    _require_right(session, shop_id, asked.user_id)
    told = _told(asked)
    kept.lock_recommendations(session, shop_id)
    subject = f"proposal:{told.subject}"
    waiting = kept.asked_about(session, shop_id, Kind.PROPOSAL.value, subject)
    if waiting is not None:
        return Waiting(waiting, is_repeated=True)
    _refuse_nagging(session, shop_id, subject, now)
    queue = kept.list_recommendations(session, shop_id, ASKED, limit=10_000)
    _refuse_flooding(queue)
    record = _record(session, shop_id, subject, told, queue, now)
    kept.add_recommendations(session, [record])
    proposed = {"features": dict(record.features), "by": record.proposed_by}
    kept.add_recommendation_events(
        session,
        shop_id,
        [
            RecommendationEventRecord(
                *(record.recommendation_id, now, "proposed", actor_of(asked.user_id)),
                *(record.rank, record.magnitude, proposed),
            )
        ],
    )
    return Waiting(record, is_repeated=False)


def _require_right(session: Session, shop_id: str, user_id: UUID) -> None:
    role = memberships.roles_of(session, user_id).get(shop_id)
    if role is None or not may(role, Permission.PROPOSE):
        raise ForbiddenError(
            "Your role no longer allows proposals in this shop.", hint="Ask one of its owners."
        )


def _told(asked: ProposedInWords) -> ProposedInWords:
    """One line each but for the reason, with nothing hidden and nobody's address in it."""
    lines = {name: " ".join(_shown(getattr(asked, name)).split()) for name in ("subject", "title")}
    told = ProposedInWords(
        asked.user_id,
        asked.program,
        lines["subject"].casefold(),
        lines["title"],
        _shown(asked.reason).strip(),
        asked.days,
        asked.evidence,
    )
    longest = {"subject": LONGEST_SUBJECT, "title": LONGEST_TITLE, "reason": LONGEST_REASON}
    for name, most in longest.items():
        text = getattr(told, name)
        if not 0 < len(text) <= most:
            raise ProposalError(
                f"The {name} has {len(text):,} characters.",
                hint=f"Say it in 1 to {most:,}.",
                field=name,
            )
    if not 1 <= told.days <= LONGEST_DAYS:
        raise ProposalError(
            f"A proposal cannot wait for {told.days} days.",
            hint=f"Choose 1 to {LONGEST_DAYS}.",
            field="days",
        )
    return told


def _shown(text: str) -> str:
    return without_addresses(without_hidden(text))


def _refuse_nagging(session: Session, shop_id: str, subject: str, now: datetime) -> None:
    last = kept.newest_about(session, shop_id, Kind.PROPOSAL.value, subject)
    if last is None or last.status not in ANSWERED or last.closed_at is None:
        return
    quiet_until = last.closed_at + KINDS[Kind.PROPOSAL].quiet
    if now < quiet_until:
        raise ConflictError(
            f"This was {last.status} on {last.closed_at:%Y-%m-%d}.",
            hint=f"It may be proposed again after {iso_utc(quiet_until)}; list_decisions says why.",
            field="subject",
        )


def _refuse_flooding(queue: Sequence[RecommendationRecord]) -> None:
    waiting = sum(each.kind == Kind.PROPOSAL.value for each in queue)
    if waiting >= MOST_WAITING:
        raise ConflictError(
            f"{waiting} proposals wait for an answer already.",
            hint="Ask somebody to answer those first, under Decisions.",
        )


def _record(
    session: Session,
    shop_id: str,
    subject: str,
    told: ProposedInWords,
    queue: Sequence[RecommendationRecord],
    now: datetime,
) -> RecommendationRecord:
    day = local_day(now, get_shop(session, shop_id).timezone)
    begun = {each for each in kept.periods_of(session, shop_id, day) if each[1] == subject}
    period = day.isoformat() if not begun else f"{day.isoformat()}.{len(begun) + 1}"
    kind = Kind.PROPOSAL.value
    return RecommendationRecord(
        shop_id=shop_id,
        recommendation_id=id_of(shop_id, kind, subject, period),
        kind=kind,
        subject=subject,
        period=period,
        proposed_by=told.program,
        title=told.title,
        reason=told.reason,
        impact_amount=None,
        currency=None,
        impact_text=_SAID_BY,
        confidence=Confidence.LOW.value,
        deadline=now + timedelta(days=told.days),
        evidence=[{"label": each.label, "url": each.url} for each in told.evidence],
        verb="Agree to it",
        options=(),
        features={"program": told.program, "by": actor_of(told.user_id)},
        status=OPEN,
        # Whoever words a proposal would also word its worth: it goes before nothing.
        rank=1 + sum(each.status == OPEN for each in queue),
        score=_NOTHING,
        magnitude=_NOTHING,
        metric=_MEASURED,
        measured=None,
        opened_at=now,
        updated_at=now,
    )
