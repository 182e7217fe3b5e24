"""A backfill that somebody put in line for a worker, and the worker carrying it out in their name."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.roles import Permission, Role
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import Office, require_agreed, standing
from hotdash.jobs.job_context import JobContext
from hotdash.jobs.run_backfill import abort_backfill, run_backfill
from hotdash.pipeline.backfill.plan import BackfillAskError, of_shares
from hotdash.pipeline.backfill.status import Status, require_may_follow
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.backfills import EventRecord, events_of, plan_records
from hotdash.storage.appdb.repositories.jobs import (
    JobRecord,
    JobRequest,
    newest_jobs,
    request_job,
)
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.session import Database

JOB = "backfill"
GIVE_UP = "give_up"
_LOOKED_AT = 50


def enqueue_backfill(office: Office, person: Person, backfill_id: UUID) -> UUID:
    """Once for what was said of it so far, and again once that has ended without a word of its own."""
    with office.database.jobs() as session:
        events = standing(session, backfill_id)
        for event in events:
            person.require(event.shop_id, Permission.RUN_BACKFILLS)
        plan = of_shares({each.shop_id: each.plan for each in plan_records(session, backfill_id)})
        require_agreed(person, plan, events)
        return _put_in_line(session, office, person, events, {})


def enqueue_giving_up(office: Office, person: Person, backfill_id: UUID, reason: str) -> UUID:
    """Of what has begun: its candidate lies where the worker is."""
    if not reason.strip():
        raise BackfillAskError(
            "This needs a reason to be given up.", hint="Say in one sentence why.", field="reason"
        )
    with office.database.jobs() as session:
        events = standing(session, backfill_id)
        for event in events:
            if event.triggered_by != person.actor:
                person.require(event.shop_id, Permission.RUN_BACKFILLS)
            require_may_follow(Status(event.status), Status.ABORTED)
        return _put_in_line(session, office, person, events, {GIVE_UP: reason.strip()})


def asked_of_workers(session: Session, backfill_id: UUID, shop_id: str) -> list[JobRecord]:
    """Everything that was put in line about this backfill, the newest first."""
    found = newest_jobs(session, JOB, shop_id, _LOOKED_AT)
    return [each for each in found if each.arguments.get("backfill") == str(backfill_id)]


def _put_in_line(
    session: Session,
    office: Office,
    person: Person,
    events: list[EventRecord],
    more: Mapping[str, str],
) -> UUID:
    backfill_id, shops = events[0].backfill_id, [event.shop_id for event in events]
    ended = sum(each.is_over for each in asked_of_workers(session, backfill_id, shops[0]))
    told = len(events_of(session, backfill_id))
    request = JobRequest(
        new_id(),
        JOB,
        f"{backfill_id} {told} {ended}",
        person.actor,
        shops,
        {"backfill": str(backfill_id), "user": str(person.user_id), **more},
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
    person, backfill_id = person_of(context.database, job), UUID(job.arguments["backfill"])
    with context.backfilling() as work:
        if GIVE_UP in job.arguments:
            abort_backfill(work, person, backfill_id, job.arguments[GIVE_UP])
        else:
            run_backfill(work, person, backfill_id)


def person_of(database: Database, job: JobRecord) -> Person:
    """With the roles of now: whoever lost theirs since runs nothing any more."""
    user_id = UUID(job.arguments["user"])
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
