"""The drill: a day of a shop is computed anew, shown, rolled back and released, and each is timed."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from hotdash.base.clock import local_day
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import Request, request_backfill, roll_back_backfill
from hotdash.jobs.plan_backfill import Ask, plan_backfill
from hotdash.jobs.roll_back_publication import release_publication
from hotdash.jobs.run_backfill import BackfillWork, run_backfill
from hotdash.storage.appdb.repositories.publications import Pointer, pointer_of
from hotdash.storage.appdb.repositories.shops import get_shop

REASON = "A drill: nothing is wrong with this day."
MOST_SECONDS = 60.0
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Drill:
    backfill_id: UUID
    shop_id: str
    run_seconds: float
    rollback_seconds: float

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "backfill_id": str(self.backfill_id)}


def drill_backfill(work: BackfillWork, person: Person, shop_id: str) -> Drill:
    """Of yesterday, so that it needs no more than a notice; afterwards everything is as it was."""
    office = work.office
    before = _shown(work, shop_id)
    if before.pin is not None:
        raise ConflictError(
            f"The publication of {shop_id} is held: {before.pin.reason}",
            hint="Release it before a drill: the drill releases what it pins.",
        )
    with office.database.jobs() as session:
        zone = get_shop(session, shop_id).timezone
    day = local_day(office.clock.now(), zone) - timedelta(days=1)
    planned = plan_backfill(
        office.database,
        work.engine,
        person,
        Ask((shop_id,), day, day),
        work.environment,
        office.clock,
    )
    request_backfill(office, person, Request(planned.plan_id, REASON))
    _, run_seconds = _timed(lambda: run_backfill(work, person, planned.plan_id))
    _, back_seconds = _timed(lambda: roll_back_backfill(office, person, planned.plan_id, REASON))
    after = _shown(work, shop_id)
    release_publication(
        office.database, shop_id, actor=person.actor, reason=REASON, clock=office.clock
    )
    if after.manifest_id != before.manifest_id or back_seconds > MOST_SECONDS:
        raise HotdashError(
            f"The rollback took {back_seconds:.1f} s and led to {after.manifest_id}; it should take "
            f"at most {MOST_SECONDS:.0f} s and lead to {before.manifest_id}.",
            hint="See docs/runbooks/backfill.md, and report it.",
        )
    return Drill(planned.plan_id, shop_id, run_seconds, back_seconds)


def _shown(work: BackfillWork, shop_id: str) -> Pointer:
    with work.office.database.jobs() as session:
        pointer = pointer_of(session, shop_id)
    if pointer is None:
        raise ConflictError(
            f"Nothing has been published for the shop {shop_id!r}.",
            hint="Publish it first: `hotdash run`.",
        )
    return pointer


def _timed(do: Callable[[], _Answer]) -> tuple[_Answer, float]:
    began = time.monotonic()
    answer = do()
    return answer, round(time.monotonic() - began, 3)
