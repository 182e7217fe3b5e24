"""Settings become what a backfill is planned, judged and carried out with."""

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import partial

from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger, told_as
from hotdash.base.progress import Progress
from hotdash.entrypoints.wiring import Installation
from hotdash.jobs.backfill import Office
from hotdash.jobs.backfill_notices import BackfillNotice, keep_notices
from hotdash.jobs.compare_backfill import compare_backfill
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.jobs.run_backfill import BackfillWork
from hotdash.jobs.send_alerts import send_alerts
from hotdash.jobs.sync_sources import SyncRequest, sync_sources
from hotdash.pipeline.backfill.candidate_engine import CandidateEngine
from hotdash.pipeline.backfill.plan import Plan
from hotdash.pipeline.durable import Detail
from hotdash.pipeline.lease import Patience, hold_lease

_log = get_logger(__name__)

# Chunks and refreshes take turns; the longest turn is a refresh of all shops.
PATIENCE = Patience(timedelta(hours=2))


def office(house: Installation) -> Office:
    keep = keep_notices(house.database, house.clock)

    def herald(notices: Sequence[BackfillNotice]) -> None:
        keep(notices)
        try:
            send_alerts(house.alerts)
        except Exception as error:
            # What was done stands, and the words are kept: whoever sends next tells them.
            _log.error("backfill_notices_not_sent", error=told_as(error))

    return Office(house.database, house.clock, herald=herald)


@contextmanager
def backfill_work(house: Installation, progress: Progress) -> Generator[BackfillWork]:
    with house.refresh_context() as context:
        database, warehouse, clock = context.database, context.warehouse, context.clock

        def turn() -> AbstractContextManager[object]:
            return hold_lease(database, warehouse.identity, clock, patience=PATIENCE)

        engine = CandidateEngine(database, warehouse, context.dbt_folder, clock, turn, progress)

        def refetch(plan: Plan) -> Detail:
            return _fetch_again(context, progress, plan)

        yield BackfillWork(
            office(house),
            engine,
            house.settings.environment,
            refetch,
            partial(compare_backfill, database, clock),
        )


def _fetch_again(context: RefreshContext, progress: Progress, plan: Plan) -> Detail:
    """From a day earlier, so that the first day is whole in every timezone."""
    first = plan.scope.days[0] - timedelta(days=1)
    since = datetime.combine(first, time(), UTC)
    request = SyncRequest(plan.scope.shops, plan.scope.sources or None, since=since)
    report = sync_sources(context, progress, request, PATIENCE)
    failed = [each for each in report.sources if each.failed]
    if failed:
        raise HotdashError(
            f"{failed[0].source} of {failed[0].shop_id} could not be fetched again: "
            f"{failed[0].detail.get('error') or failed[0].detail['status']}",
            hint=str(failed[0].detail.get("hint") or "Run `hotdash doctor`, then run it again."),
            field="refetch",
        )
    return {"rows": sum(each.rows for each in report.sources)}
