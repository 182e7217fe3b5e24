"""Law 4: a run computes the (shop, day) partitions its news touches, those and no others, and ends like a rebuild."""

from datetime import date

import pytest

from hotdash.pipeline.transform.build import BuildMode
from tests.fixtures.raw_orders import Line, Order, Refund
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.warehouses import BuiltWarehouse, OpenBuilt

pytestmark = pytest.mark.law(4)

Partition = tuple[str, date]
DAYS = [date(2026, 5, day) for day in range(1, 8)]
UNTOUCHED = -7
MARTS = ("fct_orders", "fct_revenue")


def order(number: int, **changes: object) -> Order:
    noon = f"2026-05-{number:02d}T12:00:00Z"
    return Order(number, noon, [Line(number, "10.00")]).edited(**changes)


@pytest.fixture(scope="module")
def built(built_on: OpenBuilt) -> BuiltWarehouse:
    return built_on("duckdb")


@pytest.fixture(scope="module")
def world(built: BuiltWarehouse) -> RawWorld:
    """Built whole once; every test tells its own news about orders of its own."""
    world = built.new_world()
    for shop_id in ("a", "b"):
        world.shop(shop_id, "UTC")
        world.load(shop_id, [order(day.day) for day in DAYS])
    built.build()
    return world


def computed_by(built: BuiltWarehouse, mode: BuildMode | None = None) -> dict[str, set[Partition]]:
    """Every row is marked before the build; a partition without the mark was computed by it."""
    for mart in MARTS:
        built.warehouse.execute(f"update marts.{mart} set units = {UNTOUCHED}")
    built.build(mode)
    return {
        mart: {
            (row["shop_id"], row["day"])
            for row in built.rows(f"select * from marts.{mart} where units <> {UNTOUCHED}")
        }
        for mart in MARTS
    }


def on_every_mart(*partitions: Partition) -> dict[str, set[Partition]]:
    return {mart: set(partitions) for mart in MARTS}


def test_a_new_order_touches_its_own_day(built: BuiltWarehouse, world: RawWorld) -> None:
    world.load("a", [Order(50, "2026-05-03T20:00:00Z", [Line(50, "4.00")])])
    assert computed_by(built) == on_every_mart(("a", DAYS[2]))


def test_an_order_that_moves_touches_the_day_it_leaves_as_well(
    built: BuiltWarehouse, world: RawWorld
) -> None:
    stays = Order(51, "2026-05-02T01:00:00Z", [Line(51, "1.00")])
    moves = order(2, at="2026-05-06T12:00:00Z", updated_at="2026-05-06T13:00:00Z")
    world.load("a", [stays, moves])
    assert computed_by(built) == on_every_mart(("a", DAYS[1]), ("a", DAYS[5]))


def test_a_late_refund_touches_the_day_of_the_order_and_its_own(
    built: BuiltWarehouse, world: RawWorld
) -> None:
    refund = Refund(900, "2026-05-07T09:00:00Z", lines=[(1, "10.00", "0")])
    world.load("b", [order(1, refunds=[refund], updated_at="2026-05-07T09:00:00Z")])
    assert computed_by(built)["fct_revenue"] == {("b", DAYS[0]), ("b", DAYS[6])}


def test_no_news_touch_nothing(built: BuiltWarehouse, world: RawWorld) -> None:
    built.build()
    assert computed_by(built) == on_every_mart()


def test_a_full_rebuild_computes_every_partition(built: BuiltWarehouse, world: RawWorld) -> None:
    computed = computed_by(built, BuildMode.FULL)["fct_revenue"]
    assert {("b", day) for day in DAYS} <= computed
    assert len(computed) == len(built.rows("select 1 from marts.fct_revenue"))


def test_what_was_computed_piece_by_piece_equals_the_rebuild(
    built: BuiltWarehouse, world: RawWorld
) -> None:
    built.build(BuildMode.FULL)
    refund = Refund(901, "2026-05-07T09:00:00Z", lines=[(5, "10.00", "0")])
    world.load("a", [order(5, refunds=[refund], updated_at="2026-05-07T09:00:00Z")])
    built.build()
    world.load("a", [order(4, at="2026-05-06T12:00:00Z", updated_at="2026-05-06T13:00:00Z")])
    world.load("b", deleted=[3])
    built.build()
    piece_by_piece = built.marts()

    built.build(BuildMode.FULL)

    assert built.marts() == piece_by_piece
