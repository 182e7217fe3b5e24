"""One build: what it computes, what it leaves alone, what it records, and how it fails."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.paths import dbt_project_folder
from hotdash.base.progress import SilentProgress
from hotdash.pipeline.transform.build import (
    BuildMode,
    BuildRequest,
    NothingLoadedError,
    transform,
)
from hotdash.pipeline.transform.dbt import TransformError
from hotdash.storage.warehouse.load_ledger import unbuilt_loads
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse, OpenBuilt

MAY = "2026-05-{day:02d}T12:00Z"
SHOPS = [f"shop-{number}" for number in range(20)]


def order(order_id: int, day: int, status: str = "PAID") -> Order:
    return Order(order_id, MAY.format(day=day), [Line(order_id, "10.00")], status, "EUR")


@pytest.fixture(scope="module")
def world(built_on: OpenBuilt) -> RawWorld:
    """All shops are built at once, because a build of one takes as long."""
    built = built_on("duckdb")
    world = built.new_world()
    world.shop("first", "UTC", "EUR")
    for shop_id in SHOPS:
        world.shop(shop_id, "Europe/Berlin", "EUR")
        world.load(shop_id, [order(1, 1), order(2, 2)])
    built.build()
    return world


@pytest.fixture(scope="module")
def untouched() -> Iterator[str]:
    return iter(SHOPS)


@pytest.fixture
def shop(world: RawWorld, untouched: Iterator[str]) -> str:
    """One that no other test has."""
    return next(untouched)


def days(built: BuiltWarehouse, shop: str) -> dict[int, Decimal]:
    found = built.rows(f"select day, gross_sales from marts.fct_revenue where shop_id = '{shop}'")
    return {row["day"].day: row["gross_sales"] for row in found}


def falsify(built: BuiltWarehouse, shop: str) -> None:
    """A day that keeps this figure was not computed again."""
    built.warehouse.execute(
        f"update marts.fct_revenue set gross_sales = 7 where shop_id = '{shop}'"
    )


class TestWhatIsComputed:
    def test_only_the_affected_days(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        falsify(built_duckdb, shop)
        load = world.load(shop, [order(3, 2)])
        outcome = built_duckdb.build()
        assert (outcome.mode, outcome.loads) == (BuildMode.INCREMENTAL, [load])
        assert days(built_duckdb, shop) == {1: Decimal("7"), 2: Decimal("20")}

    def test_an_uncommitted_load_does_not_exist(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        world.load(shop, [order(4, 4)], committed=False)
        assert built_duckdb.build().loads == []
        assert set(days(built_duckdb, shop)) == {1, 2}

    def test_a_load_that_committed_after_it_was_discarded_does_not_exist(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        load = world.load(shop, [order(4, 4)])
        built_duckdb.warehouse.execute(
            'insert into raw.load_events (load_id, shop_id, source, event, "at")'
            f" values ('{load}', '{shop}', 'shopify', 'discarded', now())"
        )
        built_duckdb.build(BuildMode.FULL)
        assert set(days(built_duckdb, shop)) == {1, 2}

    def test_a_range_that_was_asked_for(self, built_duckdb: BuiltWarehouse, shop: str) -> None:
        falsify(built_duckdb, shop)
        outcome = built_duckdb.build(BuildMode.RANGE, (date(2026, 5, 2), date(2026, 5, 9)))
        assert outcome.mode is BuildMode.RANGE
        assert days(built_duckdb, shop) == {1: Decimal("7"), 2: Decimal("10")}

    def test_a_range_of_other_shops(self, built_duckdb: BuiltWarehouse, shop: str) -> None:
        falsify(built_duckdb, shop)
        built_duckdb.build(BuildMode.RANGE, (date(2026, 5, 1), date(2026, 5, 2)), ("first",))
        assert days(built_duckdb, shop) == {1: Decimal("7"), 2: Decimal("7")}

    def test_a_range_does_not_forget_new_loads(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        world.load(shop, [order(5, 20)])
        built_duckdb.build(BuildMode.RANGE, (date(2026, 5, 1), date(2026, 5, 1)))
        assert set(days(built_duckdb, shop)) == {1, 2, 20}

    def test_what_a_paused_shop_read_waits_unless_everything_is_computed(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        world.load(shop, [order(6, 21)])
        folder, silent, clock = built_duckdb.home / "dbt", SilentProgress(), FixedClock(AS_OF)
        build = partial(
            transform, built_duckdb.warehouse, workdir=folder, progress=silent, clock=clock
        )
        left = build(BuildRequest("paused", AS_OF, paused=(shop,)))
        assert (left.loads, set(days(built_duckdb, shop))) == ([], {1, 2})
        whole = BuildRequest("whole", AS_OF, BuildMode.FULL, paused=(shop,))
        assert len(build(whole).loads) == 1
        assert set(days(built_duckdb, shop)) == {1, 2, 21}

    def test_a_missing_seed_is_planted_without_a_rebuild(
        self, built_duckdb: BuiltWarehouse, shop: str
    ) -> None:
        built_duckdb.warehouse.execute("drop table intermediate.referrer_sources")
        assert built_duckdb.build().mode is BuildMode.INCREMENTAL
        assert len(built_duckdb.rows("select * from intermediate.referrer_sources")) > 50

    def test_building_a_load_twice_changes_nothing(
        self, built_duckdb: BuiltWarehouse, shop: str
    ) -> None:
        """As after a kill between the marts and the record of the build."""
        before = built_duckdb.marts()
        built = f"from raw.load_events where event = 'built' and shop_id = '{shop}'"
        loads = {row["load_id"] for row in built_duckdb.rows(f"select load_id {built}")}
        built_duckdb.warehouse.execute(f"delete {built}")
        assert len(loads) > 1
        assert set(built_duckdb.build().loads) == loads
        assert built_duckdb.marts() == before


class TestRebuild:
    @pytest.mark.law(10)
    def test_a_moved_timezone_rebuilds_everything_and_says_why(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        world.shop(shop, "Pacific/Auckland", "EUR")
        outcome = built_duckdb.build()
        assert outcome.mode is BuildMode.FULL
        assert outcome.reason == (
            f"a timezone changed: {shop} from Europe/Berlin to Pacific/Auckland"
        )
        assert set(days(built_duckdb, shop)) == {2, 3}

    @pytest.mark.law(10)
    @pytest.mark.parametrize(
        ("counted", "wrong"),
        [({"2026-05-02": 1, "2026-05-03": 1}, []), ({"2026-05-02": 1, "2026-05-03": 2}, [3])],
    )
    def test_a_moved_timezone_holds_only_days_of_its_own_against_the_orders(
        self,
        built_duckdb: BuiltWarehouse,
        world: RawWorld,
        shop: str,
        counted: dict[str, int],
        wrong: list[int],
    ) -> None:
        world.shop(shop, "Europe/Berlin", "EUR", days={"2026-05-01": 1, "2026-05-02": 1})
        world.shop(shop, "Pacific/Auckland", "EUR", days=counted)
        built_duckdb.build()
        found = [finding for finding in built_duckdb.ask().findings if finding.shop_id == shop]
        named = [row["day"] for finding in found for row in finding.sample]
        assert named == [f"2026-05-{day:02d}" for day in wrong]

    @pytest.mark.law(11)
    def test_a_policy_rebuilds_everything_and_the_reason_is_recorded(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        world.load(shop, [order(6, 6, "PARTIALLY_PAID")])
        built_duckdb.build()
        assert 6 not in days(built_duckdb, shop)
        world.policy(shop, "count_partially_paid", "true", "2026-05-01")
        outcome = built_duckdb.build()
        assert (outcome.mode, outcome.reason) == (BuildMode.FULL, "a metric policy was decided")
        assert 6 in days(built_duckdb, shop)
        recorded = built_duckdb.rows('select mode, reason from raw.builds order by "at" desc')
        assert recorded[0] == {"mode": "full", "reason": "a metric policy was decided"}

    def test_a_build_repeated_after_it_was_recorded_says_what_was_recorded(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        world.shop(shop, "Asia/Tokyo", "EUR")
        first = built_duckdb.build()
        built_duckdb.builds -= 1
        again = built_duckdb.build()
        assert (again.mode, again.reason, again.loads) == (first.mode, first.reason, first.loads)
        recorded = built_duckdb.rows(
            f"select mode from raw.builds where build_id = '{first.build_id}'"
        )
        assert recorded == [{"mode": "full"}]

    def test_what_is_to_be_done_is_announced_before_it_begins(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        falsify(built_duckdb, shop)
        world.shop(shop, "Asia/Seoul", "EUR")
        seen: list[tuple[BuildMode, dict[int, Decimal]]] = []

        built_duckdb.build(announce=lambda mode, _: seen.append((mode, days(built_duckdb, shop))))

        assert seen == [(BuildMode.FULL, {1: Decimal(7), 2: Decimal(7)})]


class TestFailures:
    def test_a_failing_model_is_named_and_its_loads_stay_to_be_built(
        self, built_duckdb: BuiltWarehouse, world: RawWorld, shop: str
    ) -> None:
        warehouse = built_duckdb.warehouse
        load = world.load(shop, [order(7, 7)])
        warehouse.execute("alter table raw.shopify_orders rename column updated_at to gone")
        try:
            with pytest.raises(TransformError) as failure:
                built_duckdb.build()
        finally:
            warehouse.execute("alter table raw.shopify_orders rename column gone to updated_at")
        assert re.match(r"The model int_\w+ failed", failure.value.message)
        assert "updated_at" in failure.value.message
        assert str(built_duckdb.project.log_file) in failure.value.hint
        assert [each.load_id for each in unbuilt_loads(warehouse)] == [load]
        assert built_duckdb.build().loads == [load]

    def test_before_the_first_load_it_says_what_to_do(
        self, built_duckdb: BuiltWarehouse, world: RawWorld
    ) -> None:
        built_duckdb.warehouse.execute("alter table raw.quarantine rename to elsewhere")
        try:
            with pytest.raises(NothingLoadedError) as failure:
                built_duckdb.build()
        finally:
            built_duckdb.warehouse.execute("alter table raw.elsewhere rename to quarantine")
        assert "raw.quarantine" in failure.value.message
        assert "hotdash run" in failure.value.hint


def test_dbt_is_silent_and_writes_nothing_beside_its_project(
    built_duckdb: BuiltWarehouse, world: RawWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    """Standard output belongs to the command line, and a wheel's folder may not be writable."""
    before = sorted(dbt_project_folder().rglob("*"))
    built_duckdb.build()
    built_duckdb.ask()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert "Running with dbt" in built_duckdb.project.log_file.read_text()
    assert sorted(dbt_project_folder().rglob("*")) == before
