"""Law 6: publication is immutable parts plus a pointer; what did not change is not loaded."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from adbc_driver_postgresql import dbapi
from sqlalchemy import text

from hotdash.base.ids import new_id
from hotdash.storage.appdb.repositories import parts
from hotdash.storage.appdb.repositories.publications import Outcome, PublicationOutcome
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_marts
from tests.fixtures.marts import Publisher, Rows, customer, order, revenue_day
from tests.fixtures.shops import SeededShop

SHOP = "hot-rod-an"
OCTOBER, NOVEMBER = date(2026, 10, 5), date(2026, 11, 5)

pytestmark = pytest.mark.law(6)


def two_months(november: str = "20.00") -> Rows:
    return {
        "fct_revenue": [
            revenue_day(SHOP, OCTOBER, "10.00"),
            revenue_day(SHOP, NOVEMBER, november),
        ],
        "fct_orders": [order(SHOP, 1, OCTOBER, "10.00"), order(SHOP, 2, NOVEMBER, november)],
        "dim_customers": [customer(SHOP, "a", 1), customer(SHOP, "b", 7)],
    }


def ask(database: Database, sql: str, **parameters: Any) -> list[Any]:
    with database.jobs() as session:
        return list(session.execute(text(sql), {"shop": SHOP, **parameters}))


def parts_by_partition(database: Database) -> dict[tuple[str, str], int]:
    rows = ask(
        database,
        "select mart, partition_key, part from serving.published join serving.manifest_entries"
        " using (shop_id, manifest_id) where shop_id = :shop",
    )
    return {(row.mart, row.partition_key): row.part for row in rows}


def counted(database: Database, mart: str) -> int:
    told = ask(
        database,
        "select reltuples::int from pg_class where oid = cast(:name as regclass)",
        name=f"serving.{mart}",
    )
    return told[0].reltuples


def by_mart(outcomes: list[PublicationOutcome]) -> dict[str, Outcome]:
    return {each.mart: each.outcome for each in outcomes}


def shown_gross(database: Database) -> list[Decimal]:
    rows = ask(
        database, "select gross_sales from api.fct_revenue where shop_id = :shop order by day"
    )
    return [row.gross_sales for row in rows]


@pytest.mark.usefixtures("shop")
class TestFirstPublication:
    def test_shows_every_mart(self, publisher: Publisher, database: Database) -> None:
        outcomes = publisher.build(two_months())

        assert by_mart(outcomes) == dict.fromkeys(published_marts(), Outcome.PUBLISHED)
        assert shown_gross(database) == [Decimal("10.0000"), Decimal("20.0000")]
        assert ask(database, "select count(*) from api.fct_orders")[0].count == 2
        assert ask(database, "select count(*) from api.dim_customers")[0].count == 2

    def test_loads_all_marts_on_one_connection(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Every new one first reads all the types of the database, which is dearer than the rows."""
        opened: list[Any] = []
        connect: Any = dbapi.connect

        def counted(*args: Any, **kwargs: Any) -> Any:
            opened.append(args)
            return connect(*args, **kwargs)

        monkeypatch.setattr(dbapi, "connect", counted)
        publisher.build(two_months())
        assert len(opened) == 1

        publisher.build(two_months())
        assert len(opened) == 1, "where nothing changed, none is opened"

    def test_tells_the_planner_at_once_how_much_there_is(
        self, publisher: Publisher, database: Database
    ) -> None:
        """The tests' server has no autovacuum: nobody else counts the rows."""
        publisher.build(two_months())
        assert counted(database, "fct_orders") == 2
        assert counted(database, "fct_landing_pages") == -1, "nothing was loaded into it"

        more = {
            **two_months(),
            "fct_orders": [order(SHOP, 1, OCTOBER, "11.00"), order(SHOP, 2, NOVEMBER, "20.00")],
        }
        publisher.build(more)
        assert counted(database, "fct_orders") == 3, "one more of two is more than a tenth"

    def test_of_a_shop_without_orders_is_a_publication_of_nothing(
        self, publisher: Publisher, database: Database
    ) -> None:
        publisher.build({})

        assert shown_gross(database) == []
        assert len(ask(database, "select from api.published_marts")) == len(published_marts())


@pytest.mark.usefixtures("shop")
class TestNextPublication:
    def test_loads_only_the_partitions_that_changed(
        self, publisher: Publisher, database: Database
    ) -> None:
        publisher.build(two_months())
        before = parts_by_partition(database)

        outcomes = publisher.build(two_months(november="25.00"))

        after = parts_by_partition(database)
        changed = {key for key in after if after[key] != before.get(key)}
        assert changed == {("fct_revenue", "2026-11"), ("fct_orders", "2026-11")}
        assert by_mart(outcomes)["dim_customers"] is Outcome.UNCHANGED
        assert shown_gross(database) == [Decimal("10.0000"), Decimal("25.0000")]

    def test_without_changes_writes_no_part_and_no_manifest(
        self, publisher: Publisher, database: Database
    ) -> None:
        publisher.build(two_months())
        counts = (
            "select (select count(*) from serving.parts), (select count(*) from serving.manifests)"
        )
        before = ask(database, counts)

        outcomes = publisher.build(two_months())

        assert set(by_mart(outcomes).values()) == {Outcome.UNCHANGED}
        assert ask(database, counts) == before

    def test_without_changes_still_says_that_the_data_is_newer(
        self, publisher: Publisher, database: Database
    ) -> None:
        publisher.build(two_months())
        publisher.clock.advance(timedelta(hours=1))

        publisher.build(two_months())

        as_of = ask(database, "select distinct as_of from api.published_marts")
        assert [row.as_of for row in as_of] == [{"shopify": "2026-11-21T19:00:00.000000Z"}]

    def test_drops_a_partition_that_is_gone(self, publisher: Publisher, database: Database) -> None:
        publisher.build(two_months())
        left = two_months()

        publisher.build({mart: rows[:1] for mart, rows in left.items()})

        assert parts_by_partition(database).keys() == {
            ("fct_revenue", "2026-10"),
            ("fct_orders", "2026-10"),
            ("dim_customers", "b01"),
        }

    def test_does_not_lose_history_silently(self, publisher: Publisher, database: Database) -> None:
        publisher.build(two_months())

        outcomes = publisher.build({"fct_revenue": two_months("25.00")["fct_revenue"]})

        (orders,) = (each for each in outcomes if each.mart == "fct_orders")
        assert by_mart(outcomes)["fct_revenue"] is Outcome.PUBLISHED
        assert orders.outcome is Outcome.BLOCKED
        assert "2 published partitions (2026-10..2026-11) have no rows" in orders.reasons[0]
        assert ask(database, "select count(*) from api.fct_orders")[0].count == 2

    def test_loses_it_when_that_is_meant(self, publisher: Publisher, database: Database) -> None:
        publisher.build(two_months())
        publisher.may_shrink = True

        publisher.build({"fct_revenue": [revenue_day(SHOP, OCTOBER, "10.00")]})

        assert parts_by_partition(database).keys() == {("fct_revenue", "2026-10")}

    def test_compares_with_what_is_published_and_not_with_the_last_build(
        self, publisher: Publisher, database: Database
    ) -> None:
        publisher.build(two_months())
        publisher.build(two_months("99.00"), blocked={SHOP: {"fct_revenue": ["bad"]}})

        publisher.build(two_months("99.00"))

        assert shown_gross(database) == [Decimal("10.0000"), Decimal("99.0000")]


@pytest.mark.usefixtures("shop")
class TestSameBuildAgain:
    def test_changes_nothing_and_says_the_same(
        self, publisher: Publisher, database: Database
    ) -> None:
        build_id = new_id()
        first = publisher.build(two_months(), build_id=build_id)

        assert publisher.again(build_id) == sorted(first, key=lambda each: each.mart)
        assert len(ask(database, "select from serving.manifests")) == 1

    def test_publishes_when_the_gate_says_otherwise_now(
        self, publisher: Publisher, database: Database
    ) -> None:
        build_id = new_id()
        publisher.build(two_months(), build_id=build_id, blocked={SHOP: {"fct_revenue": ["bad"]}})

        publisher.again(build_id)

        assert len(shown_gross(database)) == 2


@pytest.mark.usefixtures("shop")
class TestLeftovers:
    def test_rows_of_a_killed_publication_are_removed_by_the_next(
        self, publisher: Publisher, database: Database
    ) -> None:
        publisher.build(two_months())
        with database.jobs() as session:
            session.execute(
                text(
                    "insert into serving.parts (shop_id, mart, partition_key, build_id, created_at)"
                    " values (:shop, 'fct_revenue', '2026-11', :build, now())"
                ),
                {"shop": SHOP, "build": new_id()},
            )
            session.execute(
                text(
                    "insert into serving.fct_revenue (shop_id, part, day)"
                    " select shop_id, part, '2026-11-05' from serving.parts"
                    " order by part desc limit 1"
                )
            )

        publisher.build(two_months())

        named = set(parts_by_partition(database).values())
        assert {row.part for row in ask(database, "select part from serving.parts")} == named
        assert {row.part for row in ask(database, "select part from serving.fct_revenue")} <= named

    def test_replaced_publications_are_kept_for_their_time_and_then_deleted(
        self, publisher: Publisher, database: Database
    ) -> None:
        publisher.build(two_months())
        publisher.build(two_months("25.00"))
        publisher.clock.advance(timedelta(days=6))
        publisher.build(two_months("25.00"))
        assert len(ask(database, "select from serving.manifests")) == 2

        publisher.clock.advance(timedelta(days=2))
        publisher.build(two_months("25.00"))

        assert len(ask(database, "select from serving.manifests")) == 1
        days = ask(database, "select day from serving.fct_revenue")
        assert len(days) == 2
        assert shown_gross(database) == [Decimal("10.0000"), Decimal("25.0000")]


class TestTwoShops:
    @pytest.fixture(autouse=True)
    def both(self, publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> list[str]:
        publisher.shops = [shop.shop_id for shop in two_shops]
        return [*publisher.shops]

    def test_rows_that_do_not_fit_hold_back_their_shop_alone(
        self, publisher: Publisher, both: list[str]
    ) -> None:
        ours, theirs = both
        publisher.marts.write(
            {"fct_revenue": [revenue_day(ours, NOVEMBER, "1"), revenue_day(theirs, NOVEMBER, "2")]}
        )
        warehouse = publisher.marts.warehouse
        warehouse.execute("alter table marts.fct_revenue alter units type text")
        warehouse.execute(f"update marts.fct_revenue set units = 'x' where shop_id = '{ours}'")

        outcomes = publisher.again(new_id())

        assert {each.outcome for each in outcomes if each.shop_id == theirs} == {Outcome.PUBLISHED}
        held = [each for each in outcomes if each.shop_id == ours]
        assert {each.outcome for each in held} == {Outcome.BLOCKED}
        assert "do not fit the mart" in held[0].reasons[0]

    def test_one_that_another_process_publishes_holds_up_nobody_else(
        self,
        publisher: Publisher,
        database: Database,
        both: list[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(parts, "LOCK_WAIT", timedelta(milliseconds=50))
        ours, theirs = both
        rows = {"fct_revenue": [revenue_day(shop, NOVEMBER, "1") for shop in both]}
        with database.direct() as another, parts.publishing_alone(another, ours):
            outcomes = publisher.build(rows)

        told = {each.shop_id: each for each in outcomes if each.mart == "fct_revenue"}
        assert told[theirs].outcome is Outcome.PUBLISHED
        assert told[ours].outcome is Outcome.BLOCKED
        assert f"{ours} is being published by another process" in told[ours].reasons[0]
        (recorded,) = ask(
            database,
            "select outcome from app.publication_outcomes"
            " where shop_id = :shop and mart = 'fct_revenue'",
        )
        assert recorded.outcome == "blocked"
        publisher.build(rows)
        assert shown_gross(database) == [Decimal("1.0000")]

    def test_each_has_its_own_pointer_and_build(
        self, publisher: Publisher, database: Database, both: list[str]
    ) -> None:
        ours, theirs = both
        rows = {
            "fct_revenue": [revenue_day(ours, NOVEMBER, "1"), revenue_day(theirs, NOVEMBER, "2")]
        }
        publisher.build(rows)
        changed = {
            "fct_revenue": [revenue_day(ours, NOVEMBER, "1"), revenue_day(theirs, NOVEMBER, "3")]
        }

        outcomes = publisher.build(changed)

        told = {(each.shop_id, each.mart): each.outcome for each in outcomes}
        assert told[ours, "fct_revenue"] is Outcome.UNCHANGED
        assert told[theirs, "fct_revenue"] is Outcome.PUBLISHED
        builds = ask(database, "select distinct shop_id, build_id from api.published_marts")
        assert len({UUID(str(row.build_id)) for row in builds}) == 2
