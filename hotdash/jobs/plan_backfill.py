"""Plan a backfill: what would run, how long about, who has to agree, and by a dry run what would change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
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
from hotdash.storage.appdb.repositories.backfill_progress import (
    DiffRecord,
    add_diff,
    seconds_of_models,
)
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
class Tried:
    """What a dry run found that would differ; no rows where nothing would."""

    at: datetime
    seconds: float
    rows: Sequence[DiffRecord]

    def as_json(self) -> dict[str, object]:
        return {"at": iso_utc(self.at), "seconds": self.seconds, "rows": self.documents()}

    def documents(self) -> list[dict[str, str | None]]:
        return [{"shop": row.shop_id, **diff_row(row)} for row in self.rows]

    def of_shop(self, shop_id: str) -> dict[str, object]:
        changes = sum(row.shop_id == shop_id for row in self.rows)
        return {"at": iso_utc(self.at), "seconds": self.seconds, "changes": changes}


Trial = Callable[[Plan], Tried]


@dataclass(frozen=True, slots=True)
class Planned:
    plan_id: UUID
    plan: Plan
    verdict: Verdict
    seconds: int | None
    approvers: Mapping[str, Sequence[str]]
    tried: Tried | None = None

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
            "dry_run": self.tried.as_json() if self.tried else None,
        }


def plan_backfill(
    database: Database,
    engine: Engine,
    person: Person,
    ask: Ask,
    environment: Environment,
    clock: Clock,
    trial: Trial | None = None,
    plan_id: UUID | None = None,
) -> Planned:
    """Refused at once where it would be refused when asked for; tried in vain no plan is kept."""
    at = clock.now()
    with database.jobs() as session:
        zones = [get_shop(session, shop_id).timezone for shop_id in ask.scope.shops]
    require_askable(ask.first, ask.last, max(local_day(at, zone) for zone in zones), None)
    plan = plan_now(database, engine, ask.scope, environment, refetch=ask.refetch)
    verdict = judge(person, plan, Permission.REQUEST_BACKFILLS)
    plan_id, tried = plan_id or new_id(), trial(plan) if trial else None
    with database.jobs() as session:
        save_plan(session, _records(plan, plan_id, person, at, tried))
        if tried is not None:
            # By the plan's own id, which no diff of a run has.
            add_diff(session, plan_id, tried.rows)
        seconds = estimated_seconds(plan, seconds_of_models(session, plan.models))
        could = {shop_id: approvers(session, shop_id, person) for shop_id in plan.scope.shops}
    return Planned(plan_id, plan, verdict, seconds, could, tried)


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


def diff_row(row: DiffRecord) -> dict[str, str | None]:
    """As every answer tells it."""
    return {
        "metric": row.metric,
        "version": row.version,
        "day": row.day.isoformat(),
        "currency": row.currency or None,
        "before": _amount(row.before),
        "after": _amount(row.after),
    }


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _records(
    plan: Plan, plan_id: UUID, person: Person, at: datetime, tried: Tried | None
) -> Sequence[PlanRecord]:
    return [
        PlanRecord(
            shop_id,
            plan_id,
            plan.hash,
            at,
            person.actor,
            plan.of_shop(shop_id) | {"dry_run": tried.of_shop(shop_id) if tried else None},
            at + GOOD_FOR,
        )
        for shop_id in plan.scope.shops
    ]
