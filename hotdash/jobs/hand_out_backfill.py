"""Lay a plan that may run where dbt finds it, for those who work with dbt alone."""

from datetime import timedelta
from uuid import UUID

from hotdash.base.errors import ConflictError
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import Office, require_agreed, standing
from hotdash.pipeline.backfill.plan import of_shares
from hotdash.pipeline.backfill.status import Status
from hotdash.storage.appdb.repositories.audit import add_event
from hotdash.storage.appdb.repositories.backfills import plan_records
from hotdash.storage.warehouse.approved_plans import hand_out_plan
from hotdash.storage.warehouse.contract import Warehouse

GOOD_FOR = timedelta(days=1)
_NOT_BEGUN = {Status.REQUESTED.value, Status.APPROVED.value}


def hand_out_backfill(
    office: Office, warehouse: Warehouse, person: Person, backfill_id: UUID
) -> None:
    """For a day, and only what has not begun; who had it handed out is kept."""
    at = office.clock.now()
    with office.database.jobs() as session:
        events = standing(session, backfill_id)
        plan = of_shares({each.shop_id: each.plan for each in plan_records(session, backfill_id)})
        require_agreed(person, plan, events)
        if not {event.status for event in events} <= _NOT_BEGUN:
            raise ConflictError(
                "This backfill has begun already.", hint="Plan another one for dbt alone."
            )
        for event in events:
            add_event(
                session,
                shop_id=event.shop_id,
                actor=person.actor,
                action="backfill.handed_out",
                subject=str(backfill_id),
                at=at,
                detail={"plan": event.plan_hash, "seat": person.seat},
                request_id=office.request_id,
            )
    hand_out_plan(
        warehouse,
        str(backfill_id),
        events[0].plan_hash,
        plan.scope.shops,
        plan.scope.days,
        at + GOOD_FOR,
    )
