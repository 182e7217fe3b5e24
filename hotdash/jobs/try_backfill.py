"""A dry run: what a plan would change, computed and compared beside everything, and dropped again."""

import time
from collections.abc import Sequence
from uuid import UUID

from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.jobs.backfill_gate import require_free, require_sound
from hotdash.jobs.plan_backfill import Tried
from hotdash.jobs.run_backfill import BackfillWork
from hotdash.pipeline.backfill.plan import BackfillAskError, Plan
from hotdash.pipeline.backfill.showing import require_as_opened
from hotdash.pipeline.backfill.status import resource_of
from hotdash.pipeline.lease import hold_lease
from hotdash.storage.appdb.repositories.backfill_progress import DiffRecord


def try_backfill(work: BackfillWork, plan: Plan) -> Tried:
    """Refused where the backfill itself would be; nothing of it is shown, merged or gone on with."""
    if plan.refetch:
        raise BackfillAskError(
            "A refetch cannot be tried: what the source sends is known when it was fetched.",
            hint="Plan it without --dry-run, or try the days as they were fetched before.",
            field="refetch",
        )
    office, candidate, began = work.office, new_id(), time.monotonic()
    # Whoever tidies up takes a candidate for dead when nobody holds this.
    with hold_lease(office.database, resource_of(candidate), office.clock):
        with office.database.jobs() as session:
            require_free(session, plan.scope.shops)
        try:
            rows = _differences(work, candidate, plan)
        finally:
            work.engine.abort(candidate)
    return Tried(office.clock.now(), round(time.monotonic() - began, 3), rows)


def _differences(work: BackfillWork, candidate: UUID, plan: Plan) -> Sequence[DiffRecord]:
    if work.compare is None:
        raise HotdashError(
            "Nothing here can compare what is shown with what was computed.",
            hint="Plan it where `hotdash backfill` runs, or without --dry-run.",
        )
    engine, database = work.engine, work.office.database
    opened = engine.open(candidate, plan.scope)
    for chunk in range(len(opened.chunks)):
        engine.build(opened, chunk)
    checked = engine.check(opened)
    require_sound(database, checked.blocked)
    staged = engine.stage(opened, checked)
    require_sound(database, staged.reasons)
    changes = work.compare(opened, staged)
    # Nothing keeps others from publishing meanwhile, and what they changed is no consequence of this.
    with database.jobs() as session:
        require_as_opened(session, opened)
    return changes
