"""What nights and weeks bring, carried out by a worker on a real warehouse after its first run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock, iso_utc
from hotdash.base.errors import UnavailableError
from hotdash.base.ids import new_id
from hotdash.connectors.contract import Connector, Drift, DriftKind
from hotdash.jobs.job_context import Hooks, JobContext
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.storage.appdb.models import BackfillEvent
from hotdash.storage.appdb.repositories import identity, jobs, runs
from hotdash.storage.appdb.repositories.alerts import list_alerts
from hotdash.storage.appdb.repositories.drifts import list_drifts
from hotdash.storage.appdb.repositories.jobs import JobRecord, JobRequest
from hotdash.storage.warehouse.candidate_schema import backfills_with_schemas, schema_of
from hotdash.storage.warehouse.contract import rows
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.alerts import file_desk
from tests.fixtures.run_states import SHOPS, FirstRun, served
from tests.fixtures.told_shopify import BY_NAME, NOW, ToldShopify, told_shops
from tests.fixtures.working import carried_out

WELL, OTHER = SHOPS


class Deprecating(ToldShopify):
    def vendor_schema_problems(self) -> Iterator[Drift]:
        said = "Order.name is deprecated"
        yield Drift(BY_NAME["shopify_orders"], DriftKind.DEPRECATED, "Order.name", said, NOW)


class Away(ToldShopify):
    def vendor_schema_problems(self) -> Iterator[Drift]:
        raise UnavailableError("Shopify does not answer.", hint="Wait.")
        yield


@dataclass
class House:
    """Each job opens the warehouse of its own, as the worker's do."""

    work: RefreshContext
    clock: FixedClock
    nights: list[str] = field(default_factory=list[str])

    def carry_out(self, job: str, slot: str = "once") -> JobRecord:
        hooks = Hooks(nightly=(lambda: self.nights.append(slot),))
        context = JobContext(self.work.database, self.clock, self.opened, {}, hooks=hooks)
        return carried_out(context, job, slot)

    @contextmanager
    def opened(self) -> Iterator[RefreshContext]:
        warehouse = open_warehouse("duckdb", home=self.work.home, memory_mb=512, url=None)
        try:
            yield replace(self.work, warehouse=warehouse, clock=self.clock)
        finally:
            warehouse.close()

    def connected(self, *shops: type[ToldShopify]) -> None:
        told = told_shops().items()
        connectors: dict[str, Sequence[Connector]] = {
            shop_id: [kind(**vars(shop))]
            for kind, (shop_id, [shop]) in zip(shops, told, strict=True)
        }
        self.work = replace(self.work, connectors=connectors)

    def execute(self, statement: str) -> None:
        with self.work.database.jobs() as session:
            session.execute(text(statement))

    def computed(self, shop_id: str) -> list[tuple[Any, ...]]:
        statement = "select day, gross_sales from marts.fct_revenue where shop_id = ? order by 1"
        with self.opened() as work:
            return [
                (row["day"], row["gross_sales"])
                for row in rows(work.warehouse.query(statement, [shop_id]))
            ]

    def revenue(self, shop_id: str) -> list[tuple[Any, ...]]:
        statement = "select day, gross_sales from api.fct_revenue where shop_id = :shop order by 1"
        with self.work.database.jobs() as session:
            found = session.execute(text(statement), {"shop": shop_id}).all()
        return [tuple(row) for row in found]

    def count(self, table: str) -> int:
        with self.work.database.jobs() as session:
            return int(session.execute(text(f"select count(*) from {table}")).scalar_one())


@pytest.fixture
def house(first_run: FirstRun, tmp_path: Path) -> Iterator[House]:
    with first_run.restored().opened() as work:
        work.warehouse.close()
        clock = FixedClock(work.clock.now())
        desk = file_desk(work.database, clock, tmp_path / "told.ndjson")
        yield House(replace(work, alerts=desk), clock)


def test_the_night_puts_away_what_is_over_and_leaves_the_file_to_others(house: House) -> None:
    database, now = house.work.database, house.clock.now()
    dead = new_id()
    with house.opened() as work:
        work.warehouse.execute(f"create schema {schema_of(dead)}")
    with database.jobs() as session:
        user = identity.add_user(session, email="ann@shop.example", name="Ann")
        for mark, ends in ((b"o", now), (b"n", now + timedelta(hours=1))):
            at = ends - timedelta(minutes=30)
            identity.add_link(session, mark * 32, user.user_id, at=at, expires_at=ends)
        for slot, days in (("long ago", 31), ("lately", 29)):
            request = JobRequest(new_id(), "watch", slot, "a test")
            at, me = now - timedelta(days=days), new_id()
            jobs.request_job(session, request, at)
            jobs.begin_job(session, request.job_id, me, at)
            jobs.finish_job(session, request.job_id, me, at)

    done = house.carry_out("tidy")

    assert (done.status, done.error) == (jobs.COMPLETED, None)
    assert house.nights == ["once"]
    assert house.count("app.sign_in_links") == 1
    assert house.count("app.job_runs where job = 'watch'") == 1
    with house.opened() as work:
        assert backfills_with_schemas(work.warehouse) == []
    with database.jobs() as session:
        detail = runs.newest_detail(session, "tidy")
    assert detail is not None
    # The link and the job of long ago.
    assert (detail["forgotten"], detail["candidates"]) == (2, 1)


def test_parity_puts_right_what_somebody_changed_and_asks_once_a_day(house: House) -> None:
    database = house.work.database
    before, was = served(database, OTHER), house.revenue(WELL)
    house.execute(f"update serving.fct_revenue set gross_sales = 0 where shop_id = '{WELL}'")
    assert house.revenue(WELL) != was
    with database.jobs() as session:
        session.add(_running(OTHER, house.clock))

    done = house.carry_out("parity")

    assert (done.status, done.error) == (jobs.COMPLETED, None)
    assert done.run_id is not None
    assert house.revenue(WELL) == house.computed(WELL), "what the run after it computed"
    with database.jobs() as session:
        open_here = {(each.shop_id, each.check_name) for each in list_alerts(session, [WELL])}
    assert (WELL, "served_rows_equal_manifest") in open_here
    assert served(database, OTHER) == before, "a shop whose days are computed anew is left alone"
    again = house.carry_out("parity", "at once")
    assert (again.status, again.run_id) == (jobs.COMPLETED, None)


def _running(shop_id: str, clock: FixedClock) -> BackfillEvent:
    return BackfillEvent(
        shop_id=shop_id,
        backfill_id=new_id(),
        at=clock.now(),
        status="running",
        triggered_by="a test",
        triggered_at=clock.now(),
        date_from=NOW.date(),
        date_to=NOW.date(),
        reason="a test",
        environment="development",
        plan_hash="none",
        refetch=False,
    )


def test_the_week_looks_at_schemas_and_waits_for_no_vendor_that_is_away(house: House) -> None:
    house.connected(Deprecating, Away)
    looked_at = house.clock.now()

    done = house.carry_out("schemas")

    assert (done.status, done.error) == (jobs.COMPLETED, None)
    assert done.run_id is not None
    with house.work.database.jobs() as session:
        [drift] = list_drifts(session, [WELL, OTHER])
        told = runs.newest_detail(session, "schemas")
    assert (drift.shop_id, drift.kind, drift.field) == (WELL, "deprecated", "Order.name")
    assert "fct_orders" in drift.affected_models
    assert told is not None
    assert told["looked"] == {f"shopify of {WELL}": iso_utc(looked_at)}
    assert told["errors"] == {f"shopify of {OTHER}": "Shopify does not answer. Wait."}

    house.clock.advance(timedelta(days=6))
    house.connected(Deprecating, Deprecating)
    house.carry_out("schemas", "sooner")
    with house.work.database.jobs() as session:
        told = runs.newest_detail(session, "schemas")
    assert told is not None
    assert set(told["looked"]) == {f"shopify of {WELL}", f"shopify of {OTHER}"}
    assert told["looked"][f"shopify of {WELL}"] == iso_utc(looked_at), "once a week"
