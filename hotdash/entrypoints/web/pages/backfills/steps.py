"""What a person may do with a backfill as it stands now, by their role: everything else is not offered."""

from dataclasses import dataclass

from hotdash.base.actors import actor_of
from hotdash.base.clock import parse_iso
from hotdash.base.environment import Environment
from hotdash.base.roles import Permission, Role, may
from hotdash.entrypoints.web.pages.backfills.looking import Looked
from hotdash.entrypoints.web.pages.backfills.words import cap_of
from hotdash.jobs.backfill import ALONE_WAITS
from hotdash.pipeline.backfill.authorisation import ActorKind, Demand, demands
from hotdash.pipeline.backfill.plan import typed_confirmation
from hotdash.pipeline.backfill.status import Status
from hotdash.storage.appdb.repositories.backfills import EventRecord
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop


@dataclass(frozen=True, slots=True)
class Steps:
    """`why_not` says what keeps this person from the step that is next."""

    ask: bool = False
    needs_incident: bool = False
    approve: bool = False
    confirmation: str | None = None
    reject: bool = False
    run: bool = False
    give_up: bool = False
    roll_back: bool = False
    release: bool = False
    why_not: str = ""

    @property
    def are_offered(self) -> bool:
        first = (self.ask, self.approve, self.reject, self.run)
        return any((*first, self.give_up, self.roll_back, self.release))


def steps_of(looked: Looked, visit: Visit, shop: VisitedShop) -> Steps:
    if looked.event is None:
        return _of_plan(looked, shop)
    return _Said(looked, looked.event, actor_of(visit.user_id), shop.role).steps()


def _of_plan(looked: Looked, shop: VisitedShop) -> Steps:
    plan = looked.plan
    if plan is None:
        return Steps()
    if parse_iso(plan["expires_at"]) <= looked.now:
        return Steps(why_not="A plan is good for seven days, and this one is older: plan it anew.")
    environment = Environment(plan["environment"])
    verdict = demands(shop.role, environment, plan["days"], ActorKind.PERSON)
    if verdict.demand is Demand.REFUSED:
        return Steps(why_not=f"{verdict.sentence} {verdict.mend}")
    return Steps(ask=True, needs_incident=verdict.demand.needs_incident)


@dataclass(frozen=True, slots=True)
class _Said:
    looked: Looked
    event: EventRecord
    actor: str
    role: Role

    def steps(self) -> Steps:
        approve, confirmation, why_not = self._approval()
        return Steps(
            approve=approve,
            confirmation=confirmation,
            reject=self._is(Status.REQUESTED) and may(self.role, Permission.APPROVE_BACKFILLS),
            run=self._run(),
            give_up=self._give_up(),
            roll_back=self._roll_back(),
            release=self._release(),
            why_not=why_not or self._why_not_run(),
        )

    def _is(self, *status: Status) -> bool:
        return Status(self.event.status) in status

    @property
    def _needs_approval(self) -> bool:
        assert self.looked.standing is not None
        return cap_of(self.looked.standing["shops"][0]).demand.needs_approval

    def _approval(self) -> tuple[bool, str | None, str]:
        if not self._is(Status.REQUESTED) or not self._needs_approval:
            return False, None, ""
        others = self._others()
        if self.event.triggered_by != self.actor:
            if may(self.role, Permission.APPROVE_BACKFILLS):
                return True, None, ""
            return False, None, f"It waits for {others or 'a manager or the owner'}."
        if others or self.role is not Role.OWNER:
            asked = others or "a manager or the owner"
            return False, None, f"Nobody approves their own backfill: it waits for {asked}."
        return self._alone()

    def _others(self) -> str:
        """Who could, beside whoever asked."""
        plan = self.looked.plan
        return " or ".join(plan["approvers"][:3]) if plan else ""

    def _alone(self) -> tuple[bool, str | None, str]:
        minutes = int(ALONE_WAITS.total_seconds() // 60)
        if self.looked.now < self.event.at + ALONE_WAITS:
            return (
                *(False, None),
                f"You are the only one who could approve this, so it waits {minutes} minutes "
                "after it was asked for. Load the page again then.",
            )
        return True, typed_confirmation([self.event.shop_id], self.event.plan_hash), ""

    @property
    def _is_alive(self) -> bool:
        work = self.looked.work
        return bool(work["has_process"] or work["in_line_since"])

    def _run(self) -> bool:
        if self._is_alive or not self._may_run_at_all():
            return False
        if self._is(Status.REQUESTED):
            return not self._needs_approval
        return self._is(Status.APPROVED, Status.FAILED, Status.RUNNING)

    def _may_run_at_all(self) -> bool:
        return may(self.role, Permission.RUN_BACKFILLS) and self._verdict() is not Demand.REFUSED

    def _verdict(self) -> Demand:
        days = (self.event.date_to - self.event.date_from).days + 1
        environment = Environment(self.event.environment)
        return demands(self.role, environment, days, ActorKind.PERSON).demand

    def _why_not_run(self) -> str:
        if self._is(Status.APPROVED, Status.FAILED) and not self._may_run_at_all():
            return f"The role {self.role.value} may not run it: an engineer or the owner does."
        return ""

    def _give_up(self) -> bool:
        is_theirs = self.event.triggered_by == self.actor
        if not (is_theirs or may(self.role, Permission.RUN_BACKFILLS)) or self._is_alive:
            return False
        is_open = self._is(Status.REQUESTED, Status.APPROVED, Status.FAILED, Status.RUNNING)
        return is_open and self.event.manifest_after is None

    def _roll_back(self) -> bool:
        is_shown = self._is(Status.COMPLETED) or (
            self._is(Status.RUNNING)
            and not self._is_alive
            and self.event.manifest_after is not None
        )
        return is_shown and may(self.role, Permission.ROLL_BACK_PUBLICATION)

    def _release(self) -> bool:
        pointer = self.looked.pointer
        is_held = pointer is not None and pointer.pin is not None
        return (
            self._is(Status.ROLLED_BACK)
            and is_held
            and may(self.role, Permission.ROLL_BACK_PUBLICATION)
        )
