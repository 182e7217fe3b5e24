"""A backfill that somebody put in line for a worker, and the worker carrying it out in their name."""

from uuid import UUID

from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.roles import Permission, Role
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import Office, require_agreed, standing
from hotdash.jobs.job_context import JobContext
from hotdash.jobs.run_backfill import run_backfill
from hotdash.pipeline.backfill.plan import of_shares
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.backfills import events_of, plan_records
from hotdash.storage.appdb.repositories.jobs import JobRecord, JobRequest, request_job
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.session import Database

JOB = "backfill"


def enqueue_backfill(office: Office, person: Person, backfill_id: UUID) -> UUID:
    """Once for what was said of it so far: asked for twice it is in line once."""
    with office.database.jobs() as session:
        events = standing(session, backfill_id)
        for event in events:
            person.require(event.shop_id, Permission.RUN_BACKFILLS)
        plan = of_shares({each.shop_id: each.plan for each in plan_records(session, backfill_id)})
        require_agreed(person, plan, events)
        request = JobRequest(
            new_id(),
            JOB,
            f"{backfill_id} {len(events_of(session, backfill_id))}",
            person.actor,
            plan.scope.shops,
            {"backfill": str(backfill_id), "user": str(person.user_id)},
        )
        if not request_job(session, request, office.clock.now()):
            raise ConflictError(
                "This backfill is in line already.",
                hint="See how far it is with `hotdash backfill status`.",
            )
    return request.job_id


def carry_out(context: JobContext, job: JobRecord) -> None:
    if context.backfilling is None:
        raise NotFoundError(
            "This worker cannot carry out backfills.", hint="Run it: `hotdash backfill run`."
        )
    person = _who_asked(context.database, UUID(job.arguments["user"]))
    with context.backfilling() as work:
        run_backfill(work, person, UUID(job.arguments["backfill"]))


def _who_asked(database: Database, user_id: UUID) -> Person:
    """With the roles of now: whoever lost theirs since runs nothing any more."""
    with database.jobs() as session:
        found = [each for each in identity.list_users(session) if each.user_id == user_id]
        roles: dict[str, Role] = {}
        for shop in list_shops(session):
            if role := identity.members(session, shop.shop_id).get(user_id):
                roles[shop.shop_id] = role
    if not found or found[0].disabled_at is not None:
        raise NotFoundError(
            "Who asked for this backfill has no account any more.",
            hint="Have somebody else run it.",
        )
    return Person(user_id, found[0].email, roles, "the web, by a worker")
