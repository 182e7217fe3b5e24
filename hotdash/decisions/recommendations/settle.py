"""What becomes of proposals beside what was asked before: pure, so that any sequence can be tried."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from hotdash.base.clock import local_day
from hotdash.decisions.recommendations.contract import KINDS, Kind, Proposal, has_ended
from hotdash.decisions.recommendations.learning.context import (
    NEVER,
    Context,
    context_of,
    still_asked,
)
from hotdash.decisions.recommendations.ranking import Estimate, ranked, urgency
from hotdash.storage.appdb.repositories.recommendations import (
    ANSWERED,
    EXPIRED,
    OPEN,
    SNOOZED,
    RecommendationEventRecord,
    RecommendationRecord,
    expired,
)
from hotdash.storage.appdb.repositories.signals.reading import Reading

ACTOR = "recommendations"
CLEARLY_WORSE = Decimal("1.5")
MOST_ASKED_OF_A_KIND = 50
_CENT = Decimal("0.0001")

Key = tuple[str, str]
_NOWHERE: Collection[Key] = ()
_NEVER_ASKED: Mapping[Key, int] = {}


@dataclass(frozen=True, slots=True)
class Proposed:
    """By whom, so that a learning one can be told from a rule."""

    by: str
    proposal: Proposal

    @property
    def key(self) -> Key:
        return self.proposal.kind.value, self.proposal.subject


@dataclass(slots=True)
class Settled:
    opened: list[RecommendationRecord] = field(default_factory=list[RecommendationRecord])
    kept: list[RecommendationRecord] = field(default_factory=list[RecommendationRecord])
    expired: list[RecommendationRecord] = field(default_factory=list[RecommendationRecord])
    events: list[RecommendationEventRecord] = field(default_factory=list[RecommendationEventRecord])


class Adviser(Protocol):
    """Who has learnt from answers; until that is enough nothing is ranked by it."""

    @property
    def has_learnt(self) -> bool: ...

    def estimate(self, subject: str, context: Context) -> Estimate: ...


def id_of(shop_id: str, kind: str, subject: str, period: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"hotdash:recommendation:{shop_id}:{kind}:{subject}:{period}")


def is_clearly_worse(now: Decimal, then: Decimal) -> bool:
    """Grown by at least half."""
    return then > 0 and now >= then * CLEARLY_WORSE


def settle(
    reading: Reading,
    known: Mapping[Key, RecommendationRecord],
    begun_today: Collection[tuple[str, str, str]],
    proposed: Sequence[Proposed],
    judged: Collection[Kind],
    now: datetime,
    *,
    times: Mapping[Key, int] = _NEVER_ASKED,
    adviser: Adviser | None = None,
    elsewhere: Collection[Key] = _NOWHERE,
) -> Settled:
    """Known holds of each kind and subject what is asked, or else what was asked last; times, how often.

    Elsewhere is what was answered by other ways than in the queue.
    """
    once = _once(proposed)
    speaking = {*once, *_still_speaking(known.values(), judged, now)}
    heard = [each for each in once.values() if not speaking & _keys(each.proposal.silent_beside)]
    silent = once.keys() - {each.key for each in heard}
    taken_over = {key for each in heard for key in _keys(each.proposal.speaks_for)}
    spoken_of = frozenset({*silent, *taken_over, *elsewhere})
    settling = _Settling(reading, known, set(begun_today), now, times, adviser, spoken_of)
    return settling.done(heard, judged)


def _once(proposed: Iterable[Proposed]) -> dict[Key, Proposed]:
    """Where two propose the same thing the weightier one is heard; the rest by weight."""
    by_key: dict[Key, Proposed] = {}
    for each in sorted(proposed, key=lambda each: (-each.proposal.weight, each.key, each.by)):
        by_key.setdefault(each.key, each)
    return by_key


def _keys(named: Iterable[tuple[Kind, str]]) -> set[Key]:
    return {(kind.value, subject) for kind, subject in named}


def _still_speaking(
    known: Iterable[RecommendationRecord], judged: Collection[Kind], now: datetime
) -> Iterator[Key]:
    """Of a kind that nobody can judge now what is asked, put off or just answered speaks as it did."""
    for record in known:
        kind = Kind(record.kind)
        if kind not in judged and (record.is_asked or _is_in_quiet(record, now)):
            yield record.kind, record.subject


def _is_in_quiet(record: RecommendationRecord, now: datetime) -> bool:
    if record.status not in ANSWERED or record.closed_at is None:
        return False
    return now < record.closed_at + KINDS[Kind(record.kind)].quiet


def _is_another_occasion(proposal: Proposal, last: RecommendationRecord) -> bool:
    named = KINDS[proposal.kind].occasions
    if named is None:
        return False
    return not {*proposal.features.get(named, ())} & {*last.features.get(named, ())}


def _shown(record: RecommendationRecord) -> dict[str, object]:
    """What learning needs of one that nobody answered; of the others their decision keeps it."""
    foretold = None if record.approval is None else f"{record.approval:f}"
    return {"context": dict(record.context), "foretold": foretold, "trial": record.is_trial}


@dataclass
class _Settling:
    reading: Reading
    known: Mapping[Key, RecommendationRecord]
    begun_today: set[tuple[str, str, str]]
    now: datetime
    times: Mapping[Key, int]
    adviser: Adviser | None
    spoken_of: Collection[Key] = _NOWHERE
    estimates: dict[UUID, Estimate] = field(default_factory=dict[UUID, Estimate])
    out: Settled = field(default_factory=Settled)

    def done(self, proposed: Sequence[Proposed], judged: Collection[Kind]) -> Settled:
        by_key = {each.key: each for each in proposed}
        for key, record in self.known.items():
            if record.is_asked:
                self._follow(record, by_key.get(key), judged)
        for each in proposed:
            last = self.known.get(each.key)
            if last is None or not last.is_asked:
                self._open(each, last)
        self._rank()
        return self.out

    def _follow(
        self, record: RecommendationRecord, each: Proposed | None, judged: Collection[Kind]
    ) -> None:
        if each is not None and _is_another_occasion(each.proposal, record):
            # Whoever has the last one before them must not answer the next one with it.
            self._expire(record)
            self._open(each, expired(record, self.now))
        elif each is not None:
            self._update(record, each)
        elif record.kind in {kind.value for kind in judged} or has_ended(
            Kind(record.kind), record.deadline, self.now
        ):
            self._expire(record)
        else:
            self.out.kept.append(self._woken(record, worse=False))

    def _update(self, record: RecommendationRecord, each: Proposed) -> None:
        fresh = self._record(each, record.period)
        deadline = self._deadline(record, each.proposal)
        score = each.proposal.weight * urgency(deadline, self.now)
        updated = replace(
            fresh,
            recommendation_id=record.recommendation_id,
            opened_at=record.opened_at,
            status=record.status,
            snoozed_until=record.snoozed_until,
            snoozed_magnitude=record.snoozed_magnitude,
            decision_id=record.decision_id,
            deadline=deadline,
            score=score.quantize(_CENT),
            context=still_asked(context_of(each.proposal, self.reading, deadline), record.context),
        )
        if updated.reason != record.reason:
            self._tell(updated, "changed")
        worse = is_clearly_worse(updated.magnitude, self._answered(record))
        self.out.kept.append(self._woken(updated, worse=worse))

    def _deadline(self, record: RecommendationRecord, proposal: Proposal) -> datetime:
        """One that moved away by itself would never come, unless it is about something else now."""
        if record.deadline is None or KINDS[proposal.kind].is_standing:
            return proposal.deadline
        return min(record.deadline, proposal.deadline)

    def _answered(self, record: RecommendationRecord) -> Decimal:
        """How bad it stood when it was put off: later figures do not move what is compared with."""
        return record.snoozed_magnitude or record.magnitude

    def _woken(self, record: RecommendationRecord, *, worse: bool) -> RecommendationRecord:
        is_over = record.snoozed_until is not None and record.snoozed_until <= self.now
        if record.status != SNOOZED or not (is_over or worse):
            return record
        self._tell(record, "woken", worse=worse)
        return replace(record, status=OPEN, snoozed_until=None, snoozed_magnitude=None)

    def _expire(self, record: RecommendationRecord) -> None:
        """Nobody answered, and there is nothing left to answer: that is kept as ignored.

        Not where it was answered elsewhere, or another one speaks of the same matter now.
        """
        self.out.expired.append(expired(record, self.now))
        is_ignored = record.status == OPEN and (record.kind, record.subject) not in self.spoken_of
        self._tell(record, "expired", ignored=is_ignored, **(_shown(record) if is_ignored else {}))

    def _open(self, each: Proposed, last: RecommendationRecord | None) -> None:
        if last is not None and self._is_quiet(each.proposal, last):
            return
        record = self._record(each, self._period(each.key), last)
        before = next(self._put_off(each.proposal, last), None)
        if before is not None:
            put_off = {"snoozed_until": before.snoozed_until}
            put_off |= {"snoozed_magnitude": self._answered(before)}
            record = replace(record, status=SNOOZED, **put_off)
        self.out.opened.append(record)

    def _is_quiet(self, proposal: Proposal, last: RecommendationRecord) -> bool:
        if not _is_in_quiet(last, self.now) or _is_another_occasion(proposal, last):
            return False
        return not is_clearly_worse(proposal.magnitude, last.magnitude)

    def _put_off(
        self, proposal: Proposal, last: RecommendationRecord | None
    ) -> Iterator[RecommendationRecord]:
        """What somebody put off and is back before that moment: gone for a while, or asked by another name now."""
        others = [self.known.get(key) for key in sorted(_keys(proposal.speaks_for))]
        for each in (last, *others):
            if each is not None and self._is_still_put_off(proposal, each):
                yield each

    def _is_still_put_off(self, proposal: Proposal, last: RecommendationRecord) -> bool:
        if last.status not in (EXPIRED, SNOOZED) or last.snoozed_until is None:
            return False
        if _is_another_occasion(proposal, last):
            return False
        worse = is_clearly_worse(proposal.magnitude, self._answered(last))
        return self.now < last.snoozed_until and not worse

    def _period(self, key: Key) -> str:
        """The shop's day on which it is first asked; numbered where that day has one already."""
        day = local_day(self.now, self.reading.timezone).isoformat()
        period, number = day, 1
        while (*key, period) in self.begun_today:
            number += 1
            period = f"{day}.{number}"
        self.begun_today.add((*key, period))
        return period

    def _record(
        self, each: Proposed, period: str, last: RecommendationRecord | None = None
    ) -> RecommendationRecord:
        told, reading = each.proposal, self.reading
        score = told.weight * urgency(told.deadline, self.now)
        return RecommendationRecord(
            shop_id=reading.shop_id,
            recommendation_id=id_of(reading.shop_id, told.kind.value, told.subject, period),
            kind=told.kind.value,
            subject=told.subject,
            period=period,
            proposed_by=each.by,
            title=told.title,
            reason=told.reason,
            impact_amount=told.impact_amount,
            currency=None if told.impact_amount is None else reading.currency,
            impact_text=told.impact_text,
            confidence=told.confidence.value,
            deadline=told.deadline,
            evidence=[{"label": each.label, "url": each.url} for each in told.evidence],
            verb=told.verb,
            options=told.options,
            features=told.features,
            status=OPEN,
            rank=None,
            score=score.quantize(_CENT),
            magnitude=told.magnitude.quantize(_CENT),
            metric=told.metric,
            measured=told.measured.quantize(_CENT),
            opened_at=self.now,
            updated_at=self.now,
            context=context_of(
                *(told, reading, told.deadline),
                before=last.status if last else NEVER,
                times=self.times.get(each.key, 0),
            ),
        )

    def _rank(self) -> None:
        """Anew is asked what by its worth is among the first of its kind that wait; then all get their place.

        Whether something is asked at all hangs on no taste: what is never shown could not be learnt anew.
        Who waits already keeps waiting, further down.
        """
        new = {record.recommendation_id for record in self.out.opened}
        before: dict[str, int] = {}
        admitted: list[RecommendationRecord] = []
        everything = [self._advised(each) for each in (*self.out.kept, *self.out.opened)]
        for record in ranked(everything):
            is_new = record.recommendation_id in new
            place = before.get(record.kind, 0)
            if is_new and record.status == OPEN and place >= MOST_ASKED_OF_A_KIND:
                continue
            before[record.kind] = place + (record.status == OPEN)
            admitted.append(record)
        placed = ranked(admitted, self.estimates)
        self.out.kept = [each for each in placed if each.recommendation_id not in new]
        self.out.opened = [each for each in placed if each.recommendation_id in new]
        for record in self.out.opened:
            known = {"features": dict(record.features), "context": dict(record.context)}
            self._tell(record, "proposed", **known, by=record.proposed_by)

    def _advised(self, record: RecommendationRecord) -> RecommendationRecord:
        """What is foretold is kept before anybody answers, also while nothing is ranked by it yet."""
        if self.adviser is None or not record.context:
            return record
        found = self.adviser.estimate(record.subject, record.context)
        if self.adviser.has_learnt:
            self.estimates[record.recommendation_id] = found
        return replace(record, approval=found.approval)

    def _tell(self, record: RecommendationRecord, event: str, **detail: object) -> None:
        self.out.events.append(
            RecommendationEventRecord(
                *(record.recommendation_id, self.now, event, ACTOR),
                *(record.rank, record.magnitude, detail),
            )
        )
