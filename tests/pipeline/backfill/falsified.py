"""Two shops whose published revenue is wrong on every day, so that a backfill has something to put right."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.pipeline.backfill.candidate_engine import CandidateEngine
from hotdash.pipeline.backfill.engine import Days, Opened, Scope, Staged
from hotdash.pipeline.lease import Patience, hold_lease
from hotdash.pipeline.publish.publish import publish
from hotdash.pipeline.transform.build import BuildMode
from hotdash.storage.appdb.repositories.publications import editions_of, pointer_of
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_mart
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.marts import rows_hash
from tests.fixtures.raw_orders import Line, Order, Refund, money
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.touches import before, tell_journey, visit
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse
from tests.pipeline.transform.ad_histories import tell_ads
from tests.pipeline.transform.operations_histories import tell_operations

OURS, THEIRS = "hot-rod-an", "kustom-kyoto"
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
# One that was just let go of is free a moment later.
_PATIENCE = Patience(timedelta(minutes=1))
IN_OCTOBER = "day between date '2026-10-01' and date '2026-10-31'"
Rows = dict[str, list[dict[str, Any]]]


def tell(world: RawWorld) -> None:
    world.shop(OURS, "America/Los_Angeles", "USD")
    world.shop(THEIRS, "Asia/Tokyo", "JPY")
    refund = Refund(1, "2026-11-01T12:00Z", lines=[(2, "60.00", "0")])
    world.load(
        OURS,
        [
            Order(1, "2026-09-30T23:30Z", [Line(1, "19.99", 3, discount="5")]),
            Order(
                *(2, "2026-10-31T06:00Z", [Line(2, "120.00")]),
                status="PARTIALLY_REFUNDED",
                refunds=[refund],
            ),
            Order(3, "2026-10-05T12:00Z", [Line(3, "7.50")]),
        ],
    )
    world.load(THEIRS, [Order(1, "2026-10-01T00:00Z", [Line(1, "12000")], currency="JPY")])
    mail = "utm_source=newsletter&utm_medium=email"
    tell_journey(world, OURS, {1: [visit(1, before("2026-09-30T23:30Z", hours=1), mail)]})
    day = {"day": date(2026, 10, 30), "orders": 1, "gross_sales": money(120)}
    rest = ("net_sales", "total_sales", "discounts", "returns", "shipping", "taxes")
    report = [day | dict.fromkeys(rest, money(0))]
    world.slices(OURS, "shopify", {"shopify_sales_report_days": report})
    world.rates(OURS, ("2026-10-01", "EUR", "USD", "1.1"))
    tell_operations(Random(0), world, OURS, 0)
    tell_ads(Random(1), world, OURS, "USD")
    tell_ads(Random(2), world, THEIRS, "JPY")


@dataclass
class Falsified:
    """What is right, what the warehouse holds, and what is served instead."""

    built: BuiltWarehouse
    world: RawWorld
    database: Database
    right: Rows

    @property
    def engine(self) -> CandidateEngine:
        """Its clock is later than that of the newest build, as it is of a backfill."""
        warehouse = self.built.warehouse
        clock = FixedClock(AS_OF + timedelta(seconds=self.built.builds, milliseconds=500))

        def lease() -> AbstractContextManager[object]:
            return hold_lease(self.database, warehouse.identity, clock, patience=_PATIENCE)

        return CandidateEngine(self.database, warehouse, self.built.home / "dbt", clock, lease)

    def staged(self, scope: Scope, chunks: tuple[Days, ...] | None = None) -> tuple[Opened, Staged]:
        engine = self.engine
        opened = engine.open(new_id(), scope)
        opened = replace(opened, chunks=chunks or opened.chunks)
        try:
            for chunk in range(len(opened.chunks)):
                engine.build(opened, chunk)
            return opened, engine.stage(opened, engine.check(opened))
        except HotdashError:
            engine.abort(opened.backfill_id)
            raise

    def show(self, opened: Opened, staged: Staged) -> None:
        for shop_id in opened.scope.shops:
            with self.database.jobs() as session:
                self.engine.commit(session, opened, staged, shop_id)

    def publish(self) -> None:
        as_of = {shop: {"shopify": AS_OF} for shop in (OURS, THEIRS)}
        clock = FixedClock(AS_OF)
        publish(self.database, self.built.warehouse, new_id(), [OURS, THEIRS], {}, as_of, clock)

    def of(self, shop_id: str, marts: Rows | None = None) -> Rows:
        """Of one shop, every mart row by row."""
        told = marts or self.built.marts()
        return {
            mart: [row for row in rows if row["shop_id"] == shop_id] for mart, rows in told.items()
        }

    def manifest(self, shop_id: str) -> UUID:
        with self.database.jobs() as session:
            pointer = pointer_of(session, shop_id)
        assert pointer is not None
        return pointer.manifest_id

    def hashes(self, shop_id: str) -> dict[str, str]:
        """What is served of a shop."""
        with self.database.jobs() as session:
            editions = editions_of(session, shop_id, self.manifest(shop_id))
        return {
            f"{mart} {key}": entry.rows_hash
            for mart, edition in editions.items()
            for key, entry in edition.entries.items()
        }

    def gross(self, shop_id: str) -> dict[date, Any]:
        sql = "select day, gross_sales from api.fct_revenue where shop_id = :shop"
        with self.database.jobs() as session:
            return {
                row.day: row.gross_sales for row in session.execute(text(sql), {"shop": shop_id})
            }

    def schemas(self) -> list[str]:
        found = self.built.rows(
            "select schema_name from information_schema.schemata"
            " where schema_name like 'candidate%' order by 1"
        )
        return [row["schema_name"] for row in found]


def true_house(built: BuiltWarehouse, database: Database) -> Falsified:
    world = built.new_world()
    tell(world)
    built.build(BuildMode.FULL)
    return Falsified(built, world, database, built.marts())


def falsify(house: Falsified) -> None:
    """Every October day of both shops sells one more than it did, and people see it."""
    warehouse = house.built.warehouse
    now = house.built.marts()
    for shop_id in (OURS, THEIRS):
        if house.of(shop_id, now)["fct_revenue"] == house.of(shop_id, house.right)["fct_revenue"]:
            warehouse.execute(
                "update intermediate.int_order_amounts set gross_sales = gross_sales + 1"
                f" where shop_id = '{shop_id}' and {IN_OCTOBER}"
            )
            falsify_revenue(warehouse, shop_id)
    house.publish()


def falsify_revenue(warehouse: Warehouse, shop_id: str) -> None:
    """With the hash that its publication goes by."""
    mart, whose = published_mart("fct_revenue"), f"shop_id = '{shop_id}'"
    days = f"{whose} and {IN_OCTOBER}"
    warehouse.execute(f"update marts.fct_revenue set gross_sales = gross_sales + 1 where {days}")
    columns = ", ".join(mart.columns)
    found = warehouse.query(f"select {columns} from marts.fct_revenue where {days}").to_pylist()
    assert found
    for row in found:
        warehouse.execute(
            f"update marts.publication_days set rows_sum = cast(? as numeric(38,0)) where {whose}"
            " and mart = 'fct_revenue' and partition_key = ?",
            [rows_hash(mart, [row]), row["day"].isoformat()],
        )
    warehouse.execute(
        f"update marts.publication_candidate set rows_hash = ? where {whose}"
        " and mart = 'fct_revenue' and partition_key = '2026-10'",
        [rows_hash(mart, found)],
    )
