"""One build: what it computes, what it leaves alone, what it records, and how it fails."""

from datetime import date
from decimal import Decimal

import pytest

from hotdash.pipeline.transform.build import BuildMode, NothingLoadedError
from hotdash.pipeline.transform.dbt import TransformError
from hotdash.storage.warehouse.load_ledger import loads_to_build
from tests.fixtures.raw_world import Line, Order, RawWorld
from tests.fixtures.warehouses import BuiltWarehouse

MAY = "2026-05-{day:02d}T12:00Z"


def order(order_id: int, day: int, price: str = "10.00", **changes: object) -> Order:
    return Order(order_id, MAY.format(day=day), [Line(order_id, price)], **changes)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def world(built_duckdb: BuiltWarehouse) -> RawWorld:
    world = built_duckdb.new_world()
    world.shop("a", "Europe/Berlin", "EUR")
    world.load("a", [order(1, 1, currency="EUR"), order(2, 2, currency="EUR")])
    built_duckdb.build()
    return world


def days(built: BuiltWarehouse) -> dict[int, Decimal]:
    return {
        row["day"].day: row["gross_sales"]
        for row in built.rows("select day, gross_sales from marts.fct_revenue")
    }


class TestWhatIsComputed:
    def test_only_the_affected_days(self, built_duckdb: BuiltWarehouse, world: RawWorld) -> None:
        """A day nobody touched keeps even a wrong figure: it was not computed again."""
        built_duckdb.warehouse.execute("update marts.fct_revenue set gross_sales = 7")
        world.load("a", [order(3, 2, currency="EUR")])
        outcome = built_duckdb.build()
        assert outcome.mode is BuildMode.INCREMENTAL
        assert outcome.loads == ["load-0003"]
        assert days(built_duckdb) == {1: Decimal("7"), 2: Decimal("20")}

    def test_an_uncommitted_load_does_not_exist(
        self, built_duckdb: BuiltWarehouse, world: RawWorld
    ) -> None:
        world.load("a", [order(4, 4, currency="EUR")], committed=False)
        assert built_duckdb.build().loads == []
        assert set(days(built_duckdb)) == {1, 2}

    def test_a_range_that_was_asked_for(
        self, built_duckdb: BuiltWarehouse, world: RawWorld
    ) -> None:
        built_duckdb.warehouse.execute("update marts.fct_revenue set gross_sales = 7")
        outcome = built_duckdb.build(BuildMode.RANGE, (date(2026, 5, 2), date(2026, 5, 9)))
        assert outcome.mode is BuildMode.RANGE
        assert days(built_duckdb) == {1: Decimal("7"), 2: Decimal("10")}

    def test_a_range_does_not_forget_new_loads(
        self, built_duckdb: BuiltWarehouse, world: RawWorld
    ) -> None:
        world.load("a", [order(5, 20, currency="EUR")])
        built_duckdb.build(BuildMode.RANGE, (date(2026, 5, 1), date(2026, 5, 1)))
        assert set(days(built_duckdb)) == {1, 2, 20}

    def test_building_twice_changes_nothing(
        self, built_duckdb: BuiltWarehouse, world: RawWorld
    ) -> None:
        before = built_duckdb.marts()
        built_duckdb.warehouse.execute("delete from raw.load_events where event = 'built'")
        assert built_duckdb.build().loads == ["load-0001", "load-0002"]
        assert built_duckdb.marts() == before


class TestRebuild:
    def test_a_moved_timezone_rebuilds_everything_and_says_why(
        self, built_duckdb: BuiltWarehouse, world: RawWorld
    ) -> None:
        world.shop("a", "Pacific/Auckland", "EUR")
        outcome = built_duckdb.build()
        assert outcome.mode is BuildMode.FULL
        assert outcome.reason == ("a timezone changed: a from Europe/Berlin to Pacific/Auckland")
        assert set(days(built_duckdb)) == {2, 3}

    @pytest.mark.law(11)
    def test_a_policy_rebuilds_everything(
        self, built_duckdb: BuiltWarehouse, world: RawWorld
    ) -> None:
        world.load("a", [order(6, 6, currency="EUR", status="PARTIALLY_PAID")])
        built_duckdb.build()
        assert 6 not in days(built_duckdb)
        world.policy("a", "count_partially_paid", "true", "2026-05-01")
        outcome = built_duckdb.build()
        assert (outcome.mode, outcome.reason) == (BuildMode.FULL, "a metric policy was decided")
        assert 6 in days(built_duckdb)

    def test_the_reason_is_recorded(self, built_duckdb: BuiltWarehouse, world: RawWorld) -> None:
        built_duckdb.build(BuildMode.FULL)
        recorded = built_duckdb.rows('select mode, reason from raw.builds order by "at"')
        assert recorded == [
            {"mode": "full", "reason": "this warehouse was never built"},
            {"mode": "full", "reason": "a full rebuild was asked for"},
        ]


class TestFailures:
    def test_a_failing_model_is_named_and_its_loads_stay_to_be_built(
        self, built_duckdb: BuiltWarehouse, world: RawWorld
    ) -> None:
        warehouse = built_duckdb.warehouse
        load = world.load("a", [order(7, 7, currency="EUR")])
        warehouse.execute("alter table raw.shopify_orders rename column processed_at to gone")
        try:
            with pytest.raises(TransformError) as failure:
                built_duckdb.build()
        finally:
            warehouse.execute("alter table raw.shopify_orders rename column gone to processed_at")
        assert "int_order_versions failed" in failure.value.message
        assert "processed_at" in failure.value.message
        assert str(built_duckdb.project.log_file) in failure.value.hint
        assert loads_to_build(warehouse) == [load]
        assert built_duckdb.build().loads == [load]

    def test_before_the_first_load_it_says_what_to_do(self, built_duckdb: BuiltWarehouse) -> None:
        built_duckdb.new_world()
        built_duckdb.warehouse.execute("alter table raw.quarantine rename to elsewhere")
        try:
            with pytest.raises(NothingLoadedError) as failure:
                built_duckdb.build()
        finally:
            built_duckdb.warehouse.execute("alter table raw.elsewhere rename to quarantine")
        assert "raw.quarantine" in failure.value.message
        assert "hotdash run" in failure.value.hint


def test_dbt_says_nothing_on_the_terminal(
    built_duckdb: BuiltWarehouse, world: RawWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    built_duckdb.build()
    built_duckdb.ask()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert "Running with dbt" in built_duckdb.project.log_file.read_text()


def test_dbt_writes_nothing_beside_its_project(
    built_duckdb: BuiltWarehouse, world: RawWorld
) -> None:
    """In a wheel that folder may not be writable."""
    from hotdash.base.paths import dbt_project_folder

    before = sorted(dbt_project_folder().rglob("*"))
    built_duckdb.build()
    assert sorted(dbt_project_folder().rglob("*")) == before
