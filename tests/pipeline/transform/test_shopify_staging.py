"""Staging shows every raw table of Shopify as it was loaded, committed loads only, alike on both engines."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from hotdash.connectors.contract import RawKind, RawTable
from hotdash.connectors.shopify.tables import TABLES
from tests.fixtures.raw_orders import Row
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt

INSTANT = datetime(2026, 10, 3, 14, 5, 6, 789_000, tzinfo=UTC)
FIRST, SECOND, THIRD = "2026-10-03", "2026-10-04", "2026-10-05"


def sample(kind: pa.DataType, number: int) -> Any:
    if pa.types.is_decimal(kind):
        return Decimal(number).scaleb(-kind.scale) + number
    if pa.types.is_timestamp(kind):
        return INSTANT.replace(minute=number)
    if pa.types.is_boolean(kind):
        return number % 2 == 0
    return number if pa.types.is_integer(kind) else f"ü {number}"


def sample_rows(table: RawTable) -> list[Row]:
    """Two rows; in the second, everything but the key is empty."""
    whole = {f.name: sample(f.type, 3 + place) for place, f in enumerate(table.schema)}
    bare = {name: sample(table.schema.field(name).type, 50) for name in table.key}
    return [whole, bare]


def report(day: str, total: int) -> Row:
    return {"day": date.fromisoformat(day), "orders": 1, "total_sales": Decimal(total)}


def told(world: RawWorld, *, committed: bool) -> None:
    entities = [table for table in TABLES if table.kind is RawKind.ENTITY]
    rows: dict[str, Sequence[Row]] = {
        table.name.removeprefix("shopify_"): sample_rows(table) for table in entities
    }
    world.load("a", told=rows, committed=committed)


def told_report(world: RawWorld, days: Sequence[str], rows: Sequence[Row]) -> None:
    load_id = world.load("a", told={"sales_report_days": rows})
    stamps = {"shop_id": "a", "load_id": load_id, "fetched_at": world.now}
    manifest = [
        {"table_name": "shopify_sales_report_days", "day": date.fromisoformat(day)} for day in days
    ]
    world._insert("slice_days", stamps, manifest)


def staged(built: BuiltWarehouse, table: RawTable) -> list[str]:
    model = table.name.replace("shopify_", "stg_shopify__", 1)
    names = ", ".join(table.schema.names)
    return sorted(str(row) for row in built.rows(f"select {names} from staging.{model}"))


def test_every_table_alike_on_both_engines(built_on: OpenBuilt) -> None:
    found: list[dict[str, list[str]]] = []
    for engine in ENGINES:
        built = built_on(engine)
        world = built.new_world()
        told(world, committed=True)
        told(world, committed=False)
        told_report(world, [FIRST, SECOND], [report(FIRST, 10), report(SECOND, 20)])
        told_report(world, [SECOND, THIRD], [report(THIRD, 30)])
        staging = ["run", "--select", "path:models/staging"]
        assert {r.status for r in built.project.run(staging, {}, lambda _name: None)} == {"success"}
        found.append({table.name: staged(built, table) for table in TABLES})
    duckdb, postgres = found
    for table in TABLES:
        assert duckdb[table.name] == postgres[table.name], table.name
        if table.kind is RawKind.ENTITY:
            assert len(duckdb[table.name]) == 2, "an uncommitted load does not show"
    days = duckdb["shopify_sales_report_days"]
    assert len(days) == 2, "the newest reading of a day wins, also where it is empty"
    assert "10.0000" in days[0]
    assert "30.0000" in days[1]
