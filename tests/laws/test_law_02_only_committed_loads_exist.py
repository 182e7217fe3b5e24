"""Law 2: until its one committed row stands in the ledger, a load is seen by nothing; kills: tests/jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from hotdash.storage.warehouse import load_ledger
from hotdash.storage.warehouse.load_ledger import Load, Reading
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.warehouses import BuiltWarehouse, OpenBuilt

pytestmark = pytest.mark.law(2)

Hashes = list[dict[str, Any]]

ORDER = Order(1, "2026-05-01T12:00:00Z", [Line(1, "10.00")])
EDITED = ORDER.edited(lines=[Line(1, "99.00")], updated_at="2026-05-02T12:00:00Z")


CASES = ("uncommitted", "committed", "discarded", "repeated")


@dataclass(frozen=True)
class Loaded:
    """Every case is a shop of its own; all of them are built once before and once after."""

    built: BuiltWarehouse
    loads: Mapping[str, str]
    before: Mapping[str, Hashes]
    after: Mapping[str, Hashes]


@pytest.fixture(scope="module")
def loaded(built_on: OpenBuilt) -> Loaded:
    built = built_on("duckdb")
    world = built.new_world()
    for shop_id in CASES:
        world.shop(shop_id, "UTC")
        world.load(shop_id, [ORDER])
    built.build()
    before = hashes(built)
    loads = {
        "discarded": world.load("discarded", [EDITED], committed=False),
        "repeated": world.load("repeated", [ORDER]),
    }
    discard_and_receive_late(built, world, loads["discarded"])
    loads["uncommitted"] = world.load("uncommitted", [EDITED], committed=False)
    loads["committed"] = world.load("committed", [EDITED], committed=False)
    load = Load(loads["committed"], "committed", "shopify", "run")
    load_ledger.commit(built.warehouse, load, Reading({}, world.now), 1, world.now)
    built.build()
    return Loaded(built, loads, before, hashes(built))


def discard_and_receive_late(built: BuiltWarehouse, world: RawWorld, load_id: str) -> None:
    """A server may still finish an insert whose sender was killed."""
    late = f"select * from raw.shopify_orders where load_id = '{load_id}'"
    built.warehouse.execute(f"create or replace table late as {late}")
    load_ledger.discard_pending(built.warehouse, world.now, lambda: None)
    built.warehouse.execute("insert into raw.shopify_orders select * from late")
    built.warehouse.execute("drop table late")


def hashes(built: BuiltWarehouse) -> dict[str, Hashes]:
    rows = built.rows(
        "select shop_id, mart, partition_key, row_count, rows_hash"
        " from marts.publication_candidate order by 1, 2, 3"
    )
    found: dict[str, Hashes] = {}
    for row in rows:
        found.setdefault(row.pop("shop_id"), []).append(row)
    return found


def test_an_uncommitted_load_changes_no_mart(loaded: Loaded) -> None:
    assert loaded.after["uncommitted"] == loaded.before["uncommitted"]


@pytest.mark.parametrize("case", ["uncommitted", "discarded"])
def test_staging_does_not_show_it(loaded: Loaded, case: str) -> None:
    staged = "select distinct load_id from staging.stg_shopify__orders"
    assert loaded.loads[case] not in {row["load_id"] for row in loaded.built.rows(staged)}


def test_its_single_committed_row_makes_all_of_it_exist(loaded: Loaded) -> None:
    assert loaded.after["committed"] != loaded.before["committed"]


def test_a_discarded_load_stays_unseen_even_if_a_row_of_it_arrives_late(loaded: Loaded) -> None:
    assert loaded.after["discarded"] == loaded.before["discarded"]


def test_hashes_for_comparison_leave_load_ids_out(loaded: Loaded) -> None:
    assert loaded.after["repeated"] == loaded.before["repeated"]
