"""Law 1: raw tables are append-only, versions replace their children whole, slices stand in a manifest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from hotdash.connectors.contract import RawKind
from hotdash.connectors.shopify.tables import TABLES
from hotdash.pipeline.quality.findings import Finding
from tests.fixtures.raw_orders import Line, Order, money
from tests.fixtures.warehouses import BuiltWarehouse, OpenBuilt

pytestmark = pytest.mark.law(1)

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-05-01"
NOON = f"{DAY}T12:00:00Z"
TWO_LINES = Order(1, NOON, [Line(1, "10.00"), Line(2, "5.00")])


SHOPS = ("edited", "outrun", "tied", "deleted", "emptied", "recounted")


@dataclass(frozen=True)
class Told:
    """All chapters are told before one build; each test looks at its own shop."""

    built: BuiltWarehouse
    lines_before: list[tuple[str, int]]
    findings: Sequence[Finding]

    def gross(self, shop_id: str) -> dict[int, object]:
        rows = self.built.rows(f"select * from marts.fct_orders where shop_id = '{shop_id}'")
        return {row["order_id"]: row["gross_sales"] for row in rows}

    def findings_of(self, shop_id: str) -> list[str]:
        return [found.check for found in self.findings if found.shop_id == shop_id]


@pytest.fixture(scope="module")
def told(built_on: OpenBuilt) -> Told:
    built = built_on("duckdb")
    world = built.new_world()
    for shop_id in SHOPS:
        world.shop(shop_id, "UTC")
        world.load(shop_id, [TWO_LINES], days={DAY: 1})
    before = raw_lines(built)
    built.build()
    one_line = TWO_LINES.edited(lines=[Line(1, "10.00")], updated_at=f"{DAY}T13:00:00Z")
    world.load("edited", [one_line])
    world.load("outrun", [one_line.edited(updated_at=f"{DAY}T11:00:00Z")])
    world.load("tied", [TWO_LINES.edited(lines=[Line(1, "7.00")])])
    world.load("deleted", deleted=[1])
    world.load("emptied", deleted=[1], days={DAY: 0})
    world.load("recounted", [TWO_LINES], days={DAY: 2})
    built.build()
    return Told(built, before, built.ask().findings)


def raw_lines(built: BuiltWarehouse) -> list[tuple[str, int]]:
    rows = built.rows("select load_id, line_id from raw.shopify_order_lines order by 1, 2")
    return [(row["load_id"], row["line_id"]) for row in rows]


class TestEntityVersions:
    def test_a_line_removed_by_an_edit_does_not_haunt(self, told: Told) -> None:
        assert told.gross("edited") == {1: money("10.00")}

    def test_an_older_version_that_arrives_later_changes_nothing(self, told: Told) -> None:
        assert told.gross("outrun") == {1: money("15.00")}

    def test_of_versions_updated_at_once_the_later_fetched_counts(self, told: Told) -> None:
        assert told.gross("tied") == {1: money("7.00")}

    def test_a_deletion_is_a_tombstone(self, told: Told) -> None:
        assert told.gross("deleted") == {}

    def test_no_row_of_an_older_version_was_touched(self, told: Told) -> None:
        assert set(told.lines_before) <= set(raw_lines(told.built))


class TestSlices:
    def test_an_empty_slice_counts_because_the_manifest_names_its_day(self, told: Told) -> None:
        """Shopify says none is left; without the manifest the old count of one would be believed."""
        assert told.findings_of("emptied") == []

    def test_the_newest_slice_of_a_day_is_the_one_that_is_believed(self, told: Told) -> None:
        assert len(told.findings_of("recounted")) == 1


class TestTheTables:
    def test_vendor_ids_are_numbers(self) -> None:
        keys = {
            (table.name, name): table.schema.field(name).type
            for table in TABLES
            for name in table.key
            if table.kind is RawKind.ENTITY
        }
        # A flag beside them tells ids of two kinds apart.
        ids = {key: kind for key, kind in keys.items() if not pa.types.is_boolean(kind)}
        assert {str(kind) for kind in ids.values()} == {str(pa.int64())}, keys

    def test_nothing_in_the_product_changes_raw_rows(self) -> None:
        """Deleted are loads which never were; written over are a person's words, and no row goes."""
        changes = re.compile(
            r"\b(delete\s+from|update|truncate(\s+table)?|merge\s+into)\s+(raw\.|\{table\.in_sql\})",
            re.I,
        )
        changing = {
            path.relative_to(ROOT).as_posix()
            for folder in ("hotdash", "warehouse")
            for path in (ROOT / folder).rglob("*")
            if path.suffix in {".py", ".sql"} and changes.search(path.read_text())
        }
        assert changing == {
            "hotdash/storage/warehouse/raw_tables.py",
            "hotdash/storage/warehouse/personal_rows.py",
            # Of the app database, which has no raw tables.
            "hotdash/storage/appdb/repositories/personal_rows.py",
            "hotdash/storage/appdb/repositories/personal_bytes.py",
        }
