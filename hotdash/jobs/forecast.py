"""Each night what is to be expected of every shop; asked again, the same is told of the same publication."""

from datetime import datetime, timedelta

from hotdash.base.clock import Clock
from hotdash.base.errors import NotFoundError
from hotdash.base.logging import get_logger, told_as
from hotdash.jobs.job_context import JobContext
from hotdash.storage.appdb.repositories.forecasts import (
    StockPlanRecord,
    forget_forecasts,
    keep_forecasts,
    keep_stock_plan,
)
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.publications import pointer_of
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.session import Database

JOB = "forecast"
KEPT = timedelta(days=400)
"""So that what was foretold can be held beside what came a year later."""
_log = get_logger(__name__)


def forecast_night(context: JobContext, job: JobRecord) -> None:
    del job
    forecast_shops(context.database, context.clock)


def forecast_shops(database: Database, clock: Clock) -> list[str]:
    """One shop's trouble keeps no other waiting; the job still fails, so that people hear."""
    done, failed = list[str](), list[Exception]()
    with database.jobs() as session:
        shops = [
            shop.shop_id
            for shop in list_shops(session)
            if pointer_of(session, shop.shop_id) is not None
        ]
        forget_forecasts(session, (clock.now() - KEPT).date())
    for shop_id in shops:
        try:
            forecast_shop(database, shop_id, clock.now())
            done.append(shop_id)
        except Exception as error:
            _log.error("forecast_failed", shop=shop_id, error=told_as(error))
            failed.append(error)
    if failed:
        raise failed[0]
    return done


def forecast_shop(
    database: Database, shop_id: str, now: datetime, *, as_of: datetime | None = None
) -> int:
    """How many items were planned. Of an earlier day only the series are kept: a plan is of today's stock."""
    # Its numbers take seconds to load and a hundred megabytes, which no other job needs.
    from hotdash.insights.forecasting.make import make_forecasts

    with database.snapshot() as session:
        if pointer_of(session, shop_id) is None:
            raise NotFoundError(
                f"Nothing of {shop_id} is published yet.",
                hint="Run `hotdash run` first.",
                field="shop",
            )
        made = make_forecasts(session, shop_id, as_of or now, now, with_stock=as_of is None)
    plan: tuple[StockPlanRecord, ...] = made.plan
    with database.jobs() as session:
        keep_forecasts(session, made.forecasts, in_hindsight=as_of is not None)
        if as_of is None:
            keep_stock_plan(session, shop_id, plan)
    _log.info("forecast_made", shop=shop_id, subjects=len(made.forecasts), items=len(plan))
    return len(plan)
