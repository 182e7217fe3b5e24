"""What Chatwoot told is staged alike on every engine: the same rows, the same words, committed loads only."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.chatwoot.tables import TABLES
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.storage.warehouse.contract import Engine
from tests.fixtures.chatwoot import Accounts
from tests.fixtures.simulator import UNTIL, SimulatorHandle
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt

SHOP = "nordkurve-teile"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def staged(
    built_on: OpenBuilt,
    running_simulator: SimulatorHandle,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[Engine, BuiltWarehouse]]:
    """Two loads on each engine, the second four days later, and a third that was never committed."""
    found: dict[Engine, BuiltWarehouse] = {}
    for engine in ENGINES:
        built = built_on(engine)
        built.new_world().shop(SHOP, "Europe/Berlin", "EUR")
        running_simulator.reset()
        connector = Accounts(running_simulator).open(SHOP, store_message_text="yes")
        work: Path = tmp_path_factory.mktemp(f"dlt-{engine}")
        ingest = Ingest(built.warehouse, running_simulator, SilentProgress(), work, "run")
        for days in (4, 0):
            running_simulator.set_clock(UNTIL - timedelta(days=days))
            ingest.read(connector, SHOP)
        built.warehouse.execute(
            "insert into raw.chatwoot_conversations (shop_id, load_id, conversation_id)"
            f" values ('{SHOP}', 'never committed', 1)"
        )
        built.build()
        found[engine] = built
    yield found
    running_simulator.reset()


def rows(built: BuiltWarehouse, table: str) -> list[Row]:
    """Without the name of the load, which is another one each time."""
    found = built.rows(f"select * from staging.stg_chatwoot__{table.removeprefix('chatwoot_')}")
    told = [{key: value for key, value in row.items() if key != "load_id"} for row in found]
    return sorted(told, key=lambda row: str(sorted(row.items(), key=lambda pair: pair[0])))


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_every_engine_stages_the_same_rows(
    staged: dict[Engine, BuiltWarehouse], table: str
) -> None:
    first, *others = (rows(built, table) for built in staged.values())
    assert first, f"{table} is empty, so nothing was compared"
    for other in others:
        assert other == first


@pytest.mark.law(2)
@pytest.mark.parametrize("engine", ENGINES)
def test_only_committed_loads_are_staged(
    staged: dict[Engine, BuiltWarehouse], engine: Engine
) -> None:
    found = staged[engine].rows("select distinct load_id from staging.stg_chatwoot__conversations")
    assert "never committed" not in {row["load_id"] for row in found}


@pytest.mark.law(1)
@pytest.mark.parametrize("engine", ENGINES)
def test_the_checks_pass_and_a_message_astray_is_found(
    staged: dict[Engine, BuiltWarehouse], engine: Engine
) -> None:
    built = staged[engine]
    ours = [f for f in built.ask().findings if f.check.startswith("chatwoot_")]
    assert ours == []
    (load,) = built.rows("select max(load_id) as load_id from staging.stg_chatwoot__messages")
    built.warehouse.execute(
        "insert into raw.chatwoot_messages"
        " (shop_id, load_id, fetched_at, is_deleted, conversation_id, message_id, message_type)"
        f" values ('{SHOP}', '{load['load_id']}', timestamptz '2026-01-01 00:00:00+00', false,"
        " 1, 1, 'shouted')"
    )
    found = {f.check: f for f in built.ask().findings if f.check.startswith("chatwoot_")}
    assert set(found) == {
        "chatwoot_messages_are_told_with_their_conversation",
        "chatwoot_message_types_are_known",
    }
    assert {finding.shop_id for finding in found.values()} == {SHOP}
    assert {finding.severity.value for finding in found.values()} == {"warning"}
    built.warehouse.execute("delete from raw.chatwoot_messages where message_type = 'shouted'")
