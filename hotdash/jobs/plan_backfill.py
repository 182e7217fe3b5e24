"""Plan a backfill: what would run, how long about, who has to agree. Nothing is computed by asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hotdash.base.clock import Clock, iso_utc, local_day
from hotdash.base.environment import Environment
from hotdash.base.ids import new_id
from hotdash.base.roles import Permission
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import approvers, judge
from hotdash.pipeline.backfill.authorisation import Verdict
from hotdash.pipeline.backfill.engine import Engine, Scope
from hotdash.pipeline.backfill.plan import (
    Plan,
    estimated_seconds,
    fingerprint,
    make_plan,
    require_askable,
    require_same,
)
from hotdash.storage.appdb.repositories.backfill_progress import seconds_of_models
from hotdash.storage.appdb.repositories.backfills import PlanRecord, save_plan
from hotdash.storage.appdb.repositories.policies import list_policies
from hotdash.storage.appdb.repositories.shops import get_shop
from hotdash.storage.appdb.session import Database

GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ask:
    """Neither models nor sources named is everything."""

    shops: tuple[str, ...]
    first: date
    last: date
    models: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    refetch: bool = False

    @property
    def scope(self) -> Scope:
        shops = tuple(sorted(set(self.shops)))
        return Scope(shops, (self.first, self.last), self.models, self.sources)


@dataclass(frozen=True, slots=True)
class Planned:
    plan_id: UUID
    plan: Plan
    verdict: Verdict
    seconds: int | None
    approvers: Mapping[str, Sequence[str]]

    def as_json(self) -> dict[str, object]:
        plan = self.plan
        return {
            "plan": str(self.plan_id),
            "hash": plan.hash,
            "shops": list(plan.scope.shops),
            "from": plan.scope.days[0].isoformat(),
            "to": plan.scope.days[1].isoformat(),
            "days": plan.days,
            "environment": plan.environment.value,
            "refetch": plan.refetch,
            "sources": list(plan.scope.sources),
            "models": list(plan.models),
            "partitions": plan.partitions,
            "rows": plan.rows,
            "chunks": len(plan.chunks),
            "estimated_seconds": self.seconds,
            "demand": self.verdict.demand.value,
            "because": self.verdict.sentence,
            "approvers": {shop_id: list(names) for shop_id, names in self.approvers.items()},
        }


def plan_backfill(
    database: Database,
    engine: Engine,
    person: Person,
    ask: Ask,
    environment: Environment,
    clock: Clock,
) -> Planned:
    """Refused at once where it would be refused when asked for."""
    at = clock.now()
    with database.jobs() as session:
        zones = [get_shop(session, shop_id).timezone for shop_id in ask.scope.shops]
    require_askable(ask.first, ask.last, max(local_day(at, zone) for zone in zones), None)
    plan = plan_now(database, engine, ask.scope, environment, refetch=ask.refetch)
    verdict = judge(person, plan, Permission.REQUEST_BACKFILLS)
    plan_id = new_id()
    with database.jobs() as session:
        save_plan(session, _records(plan, plan_id, person, at))
        seconds = estimated_seconds(plan, seconds_of_models(session, plan.models))
        could = {shop_id: approvers(session, shop_id, person) for shop_id in plan.scope.shops}
    return Planned(plan_id, plan, verdict, seconds, could)


def plan_now(
    database: Database, engine: Engine, scope: Scope, environment: Environment, *, refetch: bool
) -> Plan:
    with database.jobs() as session:
        policies = {
            shop_id: fingerprint(
                [
                    (each.policy, each.value, each.effective_from, iso_utc(each.decided_at))
                    for each in list_policies(session, shop_id)
                ]
            )
            for shop_id in scope.shops
        }
    return make_plan(scope, engine.outlook(scope), policies, environment, refetch=refetch)


def require_unchanged(
    database: Database, engine: Engine, plan: Plan, approved: str, environment: Environment
) -> None:
    """What would run now is what was agreed to."""
    found = plan_now(database, engine, plan.scope, environment, refetch=plan.refetch)
    require_same(approved, found)


def _records(plan: Plan, plan_id: UUID, person: Person, at: datetime) -> Sequence[PlanRecord]:
    return [
        PlanRecord(
            shop_id, plan_id, plan.hash, at, person.actor, plan.of_shop(shop_id), at + GOOD_FOR
        )
        for shop_id in plan.scope.shops
    ]
