"""The ledger decides which loads exist, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from hotdash.storage.warehouse import load_ledger
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.load_ledger import Load, LoadDiscardedError, Reading
from hotdash.storage.warehouse.raw_tables import create_raw_table, raw_tables, stored_rows
from tests.fixtures.engines import engine, warehouse, warehouse_url

__all__ = ["engine", "warehouse", "warehouse_url"]

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SHOP = "hot-rod-an"


@pytest.fixture
def ledger(warehouse: Warehouse) -> Warehouse:
    load_ledger.ensure_ledger(warehouse)
    create_raw_table(warehouse, "told", {"load_id": "text", "number": "bigint"})
    return warehouse


def load(name: str, shop_id: str = SHOP, source: str = "shopify") -> Load:
    return Load(name, shop_id, source, "run")


def committed(
    warehouse: Warehouse, name: str, after: int = 0, shop_id: str = SHOP, source: str = "shopify"
) -> None:
    at = NOON + timedelta(minutes=after)
    load_ledger.begin(warehouse, load(name, shop_id, source), at)
    reading = Reading({"since": name}, at)
    load_ledger.commit(warehouse, load(name, shop_id, source), reading, 1, at)


def put(warehouse: Warehouse, load_id: str) -> None:
    warehouse.execute("insert into raw.told values (?, 1)", [load_id])


def forget_nothing() -> None: ...


def test_a_begun_load_is_pending_until_it_commits(ledger: Warehouse) -> None:
    load_ledger.begin(ledger, load("a"), NOON)
    assert load_ledger.pending(ledger) == [load("a")]
    load_ledger.commit(ledger, load("a"), Reading({}, NOON), 0, NOON)
    assert load_ledger.pending(ledger) == []


def test_discarding_wipes_pending_rows_and_no_others(ledger: Warehouse) -> None:
    committed(ledger, "kept")
    load_ledger.begin(ledger, load("lost"), NOON)
    put(ledger, "kept")
    put(ledger, "lost")

    discarded = load_ledger.discard_pending(ledger, NOON, forget_nothing)

    assert discarded == [load("lost")]
    assert stored_rows(ledger, "lost", ["told"]) == {"told": 0}
    assert stored_rows(ledger, "kept", ["told"]) == {"told": 1}
    assert load_ledger.pending(ledger) == []


def test_a_discarded_load_cannot_commit_any_more(ledger: Warehouse) -> None:
    load_ledger.begin(ledger, load("late"), NOON)
    load_ledger.discard_pending(ledger, NOON, forget_nothing)

    with pytest.raises(LoadDiscardedError, match="late of hot-rod-an was discarded"):
        load_ledger.commit(ledger, load("late"), Reading({}, NOON), 0, NOON)

    events = ledger.query("select event from raw.load_events where load_id = 'late'")
    assert sorted(events.column("event").to_pylist()) == ["discarded", "started"]


def test_a_load_discarded_at_the_moment_it_commits_does_not_exist(ledger: Warehouse) -> None:
    committed(ledger, "late")
    ledger.execute(
        'insert into raw.load_events (load_id, shop_id, source, event, "at")'
        " values ('late', ?, 'shopify', 'discarded', ?)",
        [SHOP, NOON],
    )

    assert [each.load_id for each in load_ledger.unbuilt_loads(ledger)] == []
    assert load_ledger.newest_reading(ledger, SHOP, "shopify") is None
    assert load_ledger.complete_through(ledger) == {}


def test_the_loader_forgets_before_anything_is_wiped(ledger: Warehouse) -> None:
    load_ledger.begin(ledger, load("lost"), NOON)

    def stop() -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        load_ledger.discard_pending(ledger, NOON, stop)
    assert load_ledger.pending(ledger) == [load("lost")]


def test_the_cursor_is_that_of_the_newest_committed_load(ledger: Warehouse) -> None:
    committed(ledger, "first")
    committed(ledger, "second", after=1)
    load_ledger.begin(ledger, load("third"), NOON + timedelta(minutes=2))

    newest = load_ledger.newest_reading(ledger, SHOP, "shopify")

    assert newest == Reading({"since": "second"}, NOON + timedelta(minutes=1))


def test_the_cursor_belongs_to_one_shop_and_source(ledger: Warehouse) -> None:
    committed(ledger, "other-shop", shop_id="kanto-garage")
    committed(ledger, "other-source", source="hotdash")
    assert load_ledger.newest_reading(ledger, SHOP, "shopify") is None


def test_committed_loads_are_built_once(ledger: Warehouse) -> None:
    committed(ledger, "a")
    committed(ledger, "b", after=1)
    load_ledger.begin(ledger, load("c"), NOON)

    assert [each.load_id for each in load_ledger.unbuilt_loads(ledger)] == ["a", "b"]
    load_ledger.mark_built(ledger, ["a"], "build-1", NOON)
    assert [each.load_id for each in load_ledger.unbuilt_loads(ledger)] == ["b"]


def test_marking_again_or_uncommitted_adds_nothing(ledger: Warehouse) -> None:
    committed(ledger, "a")
    load_ledger.begin(ledger, load("c"), NOON)
    for _ in range(2):
        load_ledger.mark_built(ledger, ["a", "c"], "build-1", NOON)

    built = ledger.query("select load_id, build_id from raw.load_events where event = 'built'")

    assert built.to_pylist() == [{"load_id": "a", "build_id": "build-1"}]


def test_complete_through_is_told_per_shop_and_source(ledger: Warehouse) -> None:
    committed(ledger, "a")
    committed(ledger, "b", after=5)
    committed(ledger, "c", after=3, shop_id="kanto-garage")

    reached = load_ledger.complete_through(ledger)

    assert reached == {
        SHOP: {"shopify": NOON + timedelta(minutes=5)},
        "kanto-garage": {"shopify": NOON + timedelta(minutes=3)},
    }


def test_only_tables_that_hold_loads_are_wiped(ledger: Warehouse) -> None:
    assert raw_tables(ledger) == ["told"]
