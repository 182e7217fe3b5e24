"""What people say about a backfill: asked for, approved, refused, given up, rolled back. Each is one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import ConflictError, ForbiddenError, NotFoundError
from hotdash.base.roles import Permission, Role, may
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill_notices import Herald, log_notices, notices_of
from hotdash.pipeline.backfill.authorisation import ActorKind, Demand, Verdict, demands, strictest
from hotdash.pipeline.backfill.plan import (
    HASH_SHOWN,
    BackfillAskError,
    Plan,
    of_shares,
    typed_confirmation,
)
from hotdash.pipeline.backfill.status import Status, require_may_follow, resource_of
from hotdash.pipeline.lease import hold_lease
from hotdash.pipeline.publish.hold import rollback
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.backfills import (
    EventRecord,
    add_events,
    newest_events,
    plan_records,
    tell,
)
from hotdash.storage.appdb.repositories.runs import finish_dead_runs
from hotdash.storage.appdb.session import Database

ALONE_WAITS = timedelta(minutes=10)


class BackfillRefusedError(ForbiddenError):
    code = "backfill_refused"


class OwnRequestError(ForbiddenError):
    code = "own_request"


@dataclass(frozen=True)
class Office:
    """Where what people say is written down, and who is told."""

    database: Database
    clock: Clock
    herald: Herald = log_notices
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    plan_id: UUID
    reason: str
    incident_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The hash is that of the plan the approver looked at; the confirmation only for owners alone."""

    plan_hash: str
    rationale: str
    confirmation: str | None = None


def request_backfill(office: Office, person: Person, request: Request) -> Verdict:
    """The plan's id becomes that of the backfill: a plan is asked for once."""
    _require_text(request.reason, "A backfill needs a reason.", "reason")
    at = office.clock.now()
    with office.database.as_user(person.user_id) as session:
        plan, plan_hash = visible_plan(session, request.plan_id, at)
        verdict = judge(person, plan, Permission.REQUEST_BACKFILLS)
        require_incident(verdict, request.incident_ref)
        told = {
            "date_from": plan.scope.days[0].isoformat(),
            "date_to": plan.scope.days[1].isoformat(),
            "models": list(plan.models),
            "sources": list(plan.scope.sources),
            "refetch": plan.refetch,
            "reason": request.reason.strip(),
            "environment": plan.environment.value,
            "plan_hash": plan_hash,
            "incident_ref": request.incident_ref,
            "detail": {"seat": person.seat, "demand": verdict.demand.value},
        }
        said = _Said(office, person, request.plan_id, at, Action.REQUEST_BACKFILL, request.reason)
        events = said.by_all(session, plan.scope.shops, Status.REQUESTED, told)
    office.herald(notices_of(events))
    return verdict


def approve_backfill(office: Office, person: Person, backfill_id: UUID, answer: Answer) -> None:
    _require_text(answer.rationale, "An approval needs its reason.", "rationale")
    at = office.clock.now()
    with office.database.as_user(person.user_id) as session:
        events = standing(session, backfill_id)
        told: dict[str, Any] = {"detail": {"seat": person.seat, "rationale": answer.rationale}}
        shops = [event.shop_id for event in events]
        for event in events:
            person.require(event.shop_id, Permission.APPROVE_BACKFILLS)
            require_may_follow(Status(event.status), Status.APPROVED)
            _require_seen(event, answer.plan_hash)
            if event.triggered_by == person.actor:
                told["deviation"] = _alone(office, person, event, shops, answer, at)
        said = _Said(office, person, backfill_id, at, Action.APPROVE_BACKFILL, answer.rationale)
        written = said.by_all(session, shops, Status.APPROVED, told)
    office.herald(notices_of(written))


def refuse_backfill(office: Office, person: Person, backfill_id: UUID, reason: str) -> None:
    _answer(office, person, backfill_id, Status.REFUSED, Action.REFUSE_BACKFILL, reason)


def withdraw_backfill(office: Office, person: Person, backfill_id: UUID, reason: str) -> None:
    """Before anything of it has begun; what runs is aborted where its engine is."""
    _answer(office, person, backfill_id, Status.ABORTED, Action.ABORT_BACKFILL, reason)


def _answer(
    office: Office, person: Person, backfill_id: UUID, status: Status, action: Action, reason: str
) -> None:
    _require_text(reason, f"This needs a reason to be {status.value}.", "reason")
    at = office.clock.now()
    with office.database.as_user(person.user_id) as session:
        events = standing(session, backfill_id)
        for event in events:
            if not (status is Status.ABORTED and event.triggered_by == person.actor):
                person.require(event.shop_id, _ANSWERS[status])
            require_may_follow(Status(event.status), status)
        said = _Said(office, person, backfill_id, at, action, reason)
        told = {"detail": {"seat": person.seat, "reason": reason}}
        written = said.by_all(session, [event.shop_id for event in events], status, told)
    office.herald(notices_of(written))


_ANSWERS = {
    Status.REFUSED: Permission.APPROVE_BACKFILLS,
    Status.ABORTED: Permission.RUN_BACKFILLS,
}


def roll_back_backfill(office: Office, person: Person, backfill_id: UUID, reason: str) -> None:
    """Pointers, pins, decisions and the audit of all its shops change together, or nothing does."""
    _require_text(reason, "A rollback needs a reason.", "reason")
    at = office.clock.now()
    database, resource = office.database, resource_of(backfill_id)
    with hold_lease(database, resource, office.clock), database.jobs() as session:
        events = standing(session, backfill_id)
        for event in events:
            person.require(event.shop_id, Permission.ROLL_BACK_PUBLICATION)
            require_may_follow(Status(event.status), Status.ROLLED_BACK)
        if not any(event.manifest_after for event in events):
            raise ConflictError(
                "This backfill has not shown anything yet, so there is nothing to go back from.",
                hint="Abort it: `hotdash backfill abort`.",
            )
        written = [_rolled_back(session, office, person, event, reason, at) for event in events]
        add_events(session, written)
        finish_dead_runs(session, resource, at, "rolled back")
    office.herald(notices_of(written))


def _rolled_back(
    session: Session,
    office: Office,
    person: Person,
    event: EventRecord,
    reason: str,
    at: datetime,
) -> EventRecord:
    if event.manifest_before is not None:
        rollback(
            session,
            event.shop_id,
            event.manifest_before,
            actor=person.actor,
            reason=f"Backfill {event.backfill_id} rolled back: {reason.strip()}",
            at=at,
            request_id=office.request_id,
        )
    said = _Said(office, person, event.backfill_id, at, Action.ROLL_BACK_BACKFILL, reason)
    said.decide(session, event.shop_id, event)
    detail = {"by": person.actor, "seat": person.seat, "reason": reason.strip()}
    return replace(event, status=Status.ROLLED_BACK.value, at=at, detail=detail)


@dataclass(frozen=True, slots=True)
class _Said:
    office: Office
    person: Person
    backfill_id: UUID
    at: datetime
    action: Action
    reason: str

    def by_all(
        self, session: Session, shops: Sequence[str], status: Status, told: Mapping[str, Any]
    ) -> list[EventRecord]:
        """Of every shop or of none; the database looks at role and requester once more."""
        for shop_id in shops:
            if not tell(session, shop_id, self.backfill_id, status.value, self.at, told):
                raise ConflictError(
                    f"This backfill of {shop_id} could not be {status.value.replace('_', ' ')}: "
                    "it is no longer what you saw, or your role changed.",
                    hint="Look at it again with `hotdash backfill status`.",
                )
        events = newest_events(session, shops, self.backfill_id)
        for event in events:
            self.decide(session, event.shop_id, event)
        return events

    def decide(self, session: Session, shop_id: str, event: EventRecord) -> None:
        shown = {
            "plan": event.plan_hash,
            "days": [event.date_from.isoformat(), event.date_to.isoformat()],
            "asked_by": event.triggered_by,
            "deviation": event.deviation,
        }
        decision = Decision(
            shop_id,
            Scope.BACKFILLS,
            self.action,
            self.person.actor,
            str(self.backfill_id),
            self.reason,
            shown=shown,
            request_id=self.office.request_id,
        )
        record_decision(session, decision, self.at)


def standing(session: Session, backfill_id: UUID) -> list[EventRecord]:
    """Of every shop that this transaction may see the newest event."""
    events = newest_events(session, backfill_id=backfill_id)
    if not events:
        raise NotFoundError(
            f"There is no backfill {backfill_id}.",
            hint="See them with `hotdash backfill list`.",
            field="backfill_id",
        )
    return events


def standing_of(session: Session, backfill_id: UUID, shop_id: str) -> EventRecord:
    found = [event for event in standing(session, backfill_id) if event.shop_id == shop_id]
    if not found:
        raise NotFoundError(
            f"The backfill {backfill_id} is not one of {shop_id}.",
            hint="See those of the shop with `hotdash backfill list`.",
            field="backfill",
        )
    return found[0]


def visible_plan(session: Session, plan_id: UUID, at: datetime) -> tuple[Plan, str]:
    """As this transaction sees it: whoever misses one of its shops has not seen the plan."""
    records = plan_records(session, plan_id)
    if not records:
        raise NotFoundError(
            f"There is no plan {plan_id}.",
            hint="Make one with `hotdash backfill plan`.",
            field="plan_id",
        )
    plan, told = of_shares({each.shop_id: each.plan for each in records}), records[0]
    if plan.hash != told.plan_hash:
        raise ForbiddenError(
            "This plan is of more shops than yours.",
            hint="Plan one of your shops only, or ask somebody who has a role in all of them.",
        )
    if told.expires_at <= at:
        raise ConflictError(
            f"This plan was good until {iso_utc(told.expires_at)}.",
            hint="Plan it anew with `hotdash backfill plan`.",
            field="plan_id",
        )
    return plan, told.plan_hash


def judge(person: Person, plan: Plan, permission: Permission) -> Verdict:
    verdict = strictest(
        [
            demands(person.role_in(shop_id), plan.environment, plan.days, ActorKind.PERSON)
            for shop_id in plan.scope.shops
        ]
    )
    if verdict.demand is Demand.REFUSED:
        raise BackfillRefusedError(verdict.sentence, hint=verdict.mend, field="days")
    for shop_id in plan.scope.shops:
        person.require(shop_id, permission)
    return verdict


def require_agreed(person: Person, plan: Plan, events: Sequence[EventRecord]) -> None:
    """Whoever runs it may have asked for it, and whoever has to agree did."""
    verdict = judge(person, plan, Permission.RUN_BACKFILLS)
    for event in events:
        require_may_follow(Status(event.status), Status.RUNNING)
        require_incident(verdict, event.incident_ref)
        if verdict.demand.needs_approval and event.approved_by is None:
            raise ConflictError(
                f"This backfill of {event.shop_id} is not approved. {verdict.sentence}",
                hint="Have it approved: `hotdash backfill approve`.",
            )


def require_incident(verdict: Verdict, incident_ref: str | None) -> None:
    if verdict.demand.needs_incident and not (incident_ref or "").strip():
        raise BackfillAskError(
            verdict.sentence,
            hint="Name the incident review with --incident.",
            field="incident_ref",
        )


def _require_seen(event: EventRecord, plan_hash: str) -> None:
    given = plan_hash.strip().lower()
    if len(given) < HASH_SHOWN or not event.plan_hash.startswith(given):
        raise BackfillAskError(
            f"The plan {plan_hash!r} is not the one that was asked for.",
            hint="Look at it with `hotdash backfill status`, and give its hash, "
            f"at least the first {HASH_SHOWN} signs.",
            field="plan_hash",
        )


def _alone(
    office: Office,
    person: Person,
    event: EventRecord,
    shops: Sequence[str],
    answer: Answer,
    at: datetime,
) -> str:
    """An owner with nobody beside them confirms late and by hand; everybody else asks somebody."""
    with office.database.jobs() as session:
        others = approvers(session, event.shop_id, person)
    if others or person.role_in(event.shop_id) is not Role.OWNER:
        raise OwnRequestError(
            "Nobody approves their own backfill.",
            hint=f"Ask {', '.join(others)}." if others else "Ask a manager or the owner.",
        )
    ready_at = event.at + ALONE_WAITS
    if at < ready_at:
        raise OwnRequestError(
            f"You are the only one who could approve this, so it waits until {iso_utc(ready_at)}.",
            hint="Confirm it then, or make somebody else manager of the shop.",
        )
    wanted = typed_confirmation(shops, event.plan_hash)
    if answer.confirmation != wanted:
        raise OwnRequestError(
            "An approval of one's own backfill has to be typed in full.",
            hint=f"Type: {wanted}",
            field="confirmation",
        )
    minutes = int((at - event.at).total_seconds() // 60)
    return f"Approved by who asked, alone as owner, {minutes} minutes later and typed by hand."


def approvers(session: Session, shop_id: str, person: Person) -> list[str]:
    """Who beside this person could approve a backfill of the shop."""
    roles = identity.members(session, shop_id)
    return [
        each.email
        for each in identity.list_users(session)
        if each.user_id in roles
        and each.user_id != person.user_id
        and each.disabled_at is None
        and may(roles[each.user_id], Permission.APPROVE_BACKFILLS)
    ]


def _require_text(text: str, sentence: str, field: str) -> None:
    if not text.strip():
        raise BackfillAskError(sentence, hint="Say in one sentence why.", field=field)
