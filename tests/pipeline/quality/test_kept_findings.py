"""What an hour asks of its own days alone finds what asking everything finds, or everything is asked."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from hotdash.base.paths import dbt_project_folder
from hotdash.pipeline.transform.build import BuildMode
from hotdash.pipeline.transform.dbt import project_hash
from hotdash.storage.warehouse.contract import Engine
from hotdash.storage.warehouse.kept_findings import (
    announce_build,
    are_kept,
    asked_whole_before,
    forget_findings,
    forget_unless_announced,
    keep_findings,
)
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse, OpenBuilt
from tests.pipeline.transform.histories import random_history

pytestmark = pytest.mark.timeout(900)

# What a build gone wrong leaves on one of the days it computed; {day} is one of those.
WRONG_ON_A_DAY = (
    "insert into marts.fct_orders select * from marts.fct_orders where {day}",
    "update intermediate.int_order_lines set quantity = null where {day}",
    "update marts.fct_attributed_orders set linear_amount = linear_amount + 1 where {day}",
    "update marts.fct_attributed_orders set first_click_share = null where {day}",
    "delete from marts.fct_attributed_orders where {day}",
    "delete from marts.fct_order_lines where {day}",
    "update marts.fct_order_lines set units = units + 1, category = null where {day}",
    "update marts.fct_orders set customer_key = 'ada@example.org' where {day}",
    "update marts.fct_revenue set counted_orders = counted_orders + 1 where {day}",
    "delete from intermediate.int_order_lines where {day}",
)
ORPHANED = (
    "update raw.shopify_transactions set order_id = 99999 where load_id = '{load}'",
    "update raw.shopify_order_lines set order_id = 99999 where load_id = '{load}'",
)

Found = dict[tuple[str, str], int]


def asked(built: BuiltWarehouse) -> Found:
    return {(each.shop_id, each.check): each.failing_rows for each in built.ask().findings}


def asked_whole(built: BuiltWarehouse) -> Found:
    forget_findings(built.warehouse)
    return asked(built)


def is_asked_in_part(built: BuiltWarehouse) -> bool:
    code, build_id = project_hash(dbt_project_folder()), f"build-{built.builds:04d}"
    return asked_whole_before(built.warehouse, build_id, code, AS_OF) is not None


def break_a_day(built: BuiltWarehouse, chance: Random) -> None:
    for statement in chance.sample(WRONG_ON_A_DAY, 3):
        days = built.rows("select shop_id, day from intermediate.int_affected_partitions")
        day = chance.choice(sorted(days, key=str))
        clause = f"shop_id = '{day['shop_id']}' and day = date '{day['day']}'"
        built.warehouse.execute(statement.format(day=clause))


def orphan_the_newest_load(built: BuiltWarehouse, chance: Random) -> None:
    newest = "select max(load_id) as load_id from raw.shopify_transactions"
    load = built.rows(newest)[0]["load_id"]
    built.warehouse.execute(chance.choice(ORPHANED).format(load=load))


@pytest.mark.law(5)
@pytest.mark.parametrize(("engine", "seed"), [("duckdb", 3), ("postgres", 4)])
def test_asking_the_days_of_a_build_finds_what_asking_everything_finds(
    built_on: OpenBuilt, engine: Engine, seed: int
) -> None:
    """Whatever was broken before stays found until its day is computed anew, and is gone then."""
    built, chance = built_on(engine), Random(seed)
    found: list[Found] = []
    for number, _ in enumerate(random_history(seed, built.new_world(), loads=3)):
        mode = built.build().mode
        break_a_day(built, chance)
        orphan_the_newest_load(built, chance)
        assert is_asked_in_part(built) is (number > 0)
        assert (mode is BuildMode.FULL) is (number == 0)
        in_part = asked(built)
        assert in_part == asked_whole(built)
        found.append(in_part)
    assert any(found[0].keys() & later.keys() for later in found[1:]), "nothing stood on"
    assert any(before.keys() - after.keys() for before, after in pairwise(found))


@pytest.fixture
def two_days(built_duckdb: BuiltWarehouse) -> Iterator[BuiltWarehouse]:
    """An order in May and one in June, known to be sound; then another one of June was computed."""
    world = built_duckdb.new_world()
    world.shop("a", "Europe/Berlin")
    world.load("a", [Order(1, "2026-05-04T12:00Z", [Line(1, "10.00")])])
    world.load("a", [Order(2, "2026-06-04T12:00Z", [Line(2, "10.00")])])
    built_duckdb.build(BuildMode.FULL)
    assert asked(built_duckdb) == {}
    world.load("a", [Order(3, "2026-06-04T13:00Z", [Line(3, "10.00")])])
    built_duckdb.build()
    assert is_asked_in_part(built_duckdb)
    yield built_duckdb
    forget_findings(built_duckdb.warehouse)


def test_of_other_days_only_the_like_of_what_was_computed_is_looked_at(
    two_days: BuiltWarehouse,
) -> None:
    """May's order is told of June as well; that May names somebody, a hand wrote, and is found once a day."""
    warehouse = two_days.warehouse
    of_may = "select * replace (date '2026-06-04' as day) from marts.fct_orders where order_id = 1"
    warehouse.execute(f"insert into marts.fct_orders {of_may}")
    warehouse.execute(
        "update marts.fct_orders set customer_key = 'a@b.co' where day < '2026-06-01'"
    )
    found = asked(two_days)
    assert found[("a", "assert_no_duplicate_orders")] == 1
    assert ("a", "orders_name_nobody") not in found
    assert ("a", "orders_name_nobody") in asked_whole(two_days)


def test_tables_that_were_gone_are_asked_whole(two_days: BuiltWarehouse) -> None:
    """Of two at once: each of them doubts, and neither waits for the other."""
    keep_findings(two_days.warehouse, project_hash(dbt_project_folder()), AS_OF)
    for mart in ("fct_refunds", "fct_ad_spend", "fct_conversations", "fct_sessions"):
        two_days.warehouse.execute(f"drop table marts.{mart}")
    two_days.build()
    assert not is_asked_in_part(two_days)


def test_a_doubt_ends_the_note(noted: BuiltWarehouse) -> None:
    announce_build(noted.warehouse, "b1")
    recorded(noted, "b1")
    assert stands(noted, "b1")
    noted.warehouse.execute(
        "insert into checks.kept_findings values ('', timestamptz '1970-01-01 00:00:00+00', null)"
    )
    assert not stands(noted, "b1")
    assert not are_kept(noted.warehouse, "code", AS_OF)
    forget_unless_announced(noted.warehouse, "b1")
    assert noted.rows("select * from checks.kept_findings") == []


def test_dbt_alone_takes_the_word_away(noted: BuiltWarehouse) -> None:
    """Somebody's own checks may have put other rows in place of those kept."""
    noted.project.run(["test", "--select", "shops_are_unique"], {}, lambda _name: None)
    announce_build(noted.warehouse, "b1")
    recorded(noted, "b1")
    assert not stands(noted, "b1")


def test_dbt_that_only_writes_text_leaves_the_word(noted: BuiltWarehouse) -> None:
    """It renders the hooks of a run, several at once: two that delete one note end each other (DuckDB)."""
    noted.project.run(["compile"], {}, lambda _name: None)
    assert are_kept(noted.warehouse, "code", AS_OF)


def recorded(built: BuiltWarehouse, build_id: str) -> None:
    built.warehouse.execute(
        "insert into raw.builds values (?, ?, ?, 'incremental', 'new loads', 'code', '{}', '')",
        [build_id, AS_OF, AS_OF],
    )


def stands(built: BuiltWarehouse, build_id: str, code: str = "code", hours: int = 0) -> bool:
    as_of = AS_OF + timedelta(hours=hours)
    return asked_whole_before(built.warehouse, build_id, code, as_of) is not None


@pytest.fixture
def noted(built: BuiltWarehouse) -> Iterator[BuiltWarehouse]:
    built.new_world()
    keep_findings(built.warehouse, "code", AS_OF)
    yield built
    forget_findings(built.warehouse)
    built.warehouse.execute("delete from raw.builds")


def test_one_build_after_the_asking_is_asked_in_part(noted: BuiltWarehouse) -> None:
    announce_build(noted.warehouse, "b1")
    assert not stands(noted, "b1"), "it was not computed to its end"
    forget_unless_announced(noted.warehouse, "b1")
    recorded(noted, "b1")
    assert stands(noted, "b1")
    assert not stands(noted, "b0")
    assert not stands(noted, "b1", code="other code")
    assert stands(noted, "b1", hours=23)
    assert not stands(noted, "b1", hours=24)


@pytest.mark.parametrize("second", ["b1", "b2"])
def test_a_build_killed_before_its_checks_leads_to_asking_everything(
    noted: BuiltWarehouse, second: str
) -> None:
    announce_build(noted.warehouse, "b1")
    announce_build(noted.warehouse, second)
    recorded(noted, second)
    assert not stands(noted, second)


def test_a_build_that_nobody_announced_leads_to_asking_everything(noted: BuiltWarehouse) -> None:
    """As a backfill does when it puts its days in place."""
    forget_unless_announced(noted.warehouse, "merged")
    announce_build(noted.warehouse, "b1")
    recorded(noted, "b1")
    assert not stands(noted, "b1")


def test_a_merge_between_a_build_and_its_checks_leads_to_asking_everything(
    noted: BuiltWarehouse,
) -> None:
    announce_build(noted.warehouse, "b1")
    recorded(noted, "b1")
    forget_unless_announced(noted.warehouse, "merged")
    assert not stands(noted, "b1")
