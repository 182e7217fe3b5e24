"""A plan that somebody asked for in the web: a worker makes it beside the warehouse, in their name."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc, local_day
from hotdash.base.environment import Environment
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.roles import Permission
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import BackfillRefusedError, Office
from hotdash.jobs.backfill_asked import person_of
from hotdash.jobs.job_context import JobContext
from hotdash.jobs.plan_backfill import Ask, plan_backfill
from hotdash.jobs.try_backfill import try_backfill
from hotdash.pipeline.backfill.authorisation import (
    ActorKind,
    Demand,
    Verdict,
    demands,
    strictest,
)
from hotdash.pipeline.backfill.plan import BackfillAskError, require_askable
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.repositories.backfills import plan_records
from hotdash.storage.appdb.repositories.jobs import JobRecord, JobRequest
from hotdash.storage.appdb.repositories.shops import get_shop

JOB = "plan_backfill"
# A year at once is a rebuild; nobody reads the difference it makes day by day.
MOST_DAYS = 366


def enqueue_plan(
    office: Office, person: Person, ask: Ask, environment: Environment, *, dry_run: bool
) -> UUID:
    """What would be refused beside the warehouse is refused at once; the id is that of the plan to be."""
    if ask.refetch and dry_run:
        raise BackfillAskError(
            "A refetch cannot be tried: what the source sends is known when it was fetched.",
            hint="Plan it without a dry run, or try the days as they were fetched before.",
            field="refetch",
        )
    at, plan_id = office.clock.now(), new_id()
    with office.database.jobs() as session:
        zones = [get_shop(session, shop_id).timezone for shop_id in ask.scope.shops]
        require_askable(ask.first, ask.last, max(local_day(at, zone) for zone in zones), None)
        require_allowed(person, ask, environment)
        _require_none_in_line(session, person)
        request = JobRequest(
            plan_id,
            JOB,
            str(plan_id),
            person.actor,
            ask.scope.shops,
            {**ask_document(ask), "dry_run": dry_run, "user": str(person.user_id)},
        )
        jobs.request_job(session, request, at)
    return plan_id


def require_allowed(person: Person, ask: Ask, environment: Environment) -> Verdict:
    days = (ask.last - ask.first).days + 1
    if days > MOST_DAYS:
        raise BackfillAskError(
            f"These are {days} days; at most {MOST_DAYS} are planned at once.",
            hint="Name fewer days, or compute everything with `hotdash run --full`.",
            field="from",
        )
    verdict = strictest(
        [
            demands(person.role_in(shop_id), environment, days, ActorKind.PERSON)
            for shop_id in ask.scope.shops
        ]
    )
    if verdict.demand is Demand.REFUSED:
        raise BackfillRefusedError(verdict.sentence, hint=verdict.mend, field="from")
    for shop_id in ask.scope.shops:
        person.require(shop_id, Permission.REQUEST_BACKFILLS)
    return verdict


def _require_none_in_line(session: Session, person: Person) -> None:
    """A dry run takes as long as the backfill: one of each person at a time."""
    waiting = jobs.waiting_jobs(session)
    if any(each.job == JOB and each.requested_by == person.actor for each in waiting):
        raise ConflictError(
            "Another plan of yours is being made.",
            hint="Wait until it is there; the list of backfills names it.",
        )


def carry_out(context: JobContext, job: JobRecord) -> None:
    """Done twice where a worker died in between: the plan that is there already stays."""
    if context.backfilling is None:
        raise NotFoundError(
            "This worker cannot plan backfills.", hint="Plan it: `hotdash backfill plan`."
        )
    with context.database.jobs() as session:
        if plan_records(session, job.job_id):
            return
    person, ask = person_of(context.database, job), ask_of(job.arguments, job.shops)
    with context.backfilling() as work:
        plan_backfill(
            *(context.database, work.engine, person, ask, work.environment, context.clock),
            partial(try_backfill, work) if job.arguments["dry_run"] else None,
            job.job_id,
        )


def ask_document(ask: Ask) -> dict[str, Any]:
    return {
        "from": ask.first.isoformat(),
        "to": ask.last.isoformat(),
        "models": list(ask.models),
        "sources": list(ask.sources),
        "refetch": ask.refetch,
    }


def ask_of(told: Mapping[str, Any], shops: tuple[str, ...]) -> Ask:
    return Ask(
        *(shops, date.fromisoformat(told["from"]), date.fromisoformat(told["to"])),
        *(tuple(told["models"]), tuple(told["sources"])),
        bool(told["refetch"]),
    )


def planning_document(job: JobRecord) -> dict[str, Any]:
    """How far the making of a plan is, and why there is none."""
    told = job.arguments
    return {
        "plan": str(job.job_id),
        "state": job.status,
        "asked_by": job.requested_by,
        "asked_at": iso_utc(job.requested_at),
        "started_at": iso_utc(job.started_at) if job.started_at else None,
        "finished_at": iso_utc(job.finished_at) if job.finished_at else None,
        "error": job.error,
        **{name: told[name] for name in ("from", "to", "models", "sources", "refetch", "dry_run")},
    }


def find_planning(session: Session, plan_id: UUID, shop_id: str) -> JobRecord | None:
    """Of this shop only: what was asked for another is as if it were not."""
    job = jobs.find_job(session, plan_id)
    return job if job is not None and job.job == JOB and shop_id in job.shops else None
