"""A load on both engines: what lands, what is refused, where the next one goes on."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.errors import UnavailableError
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Event, RawKind, RawTable, Rows, Unreadable
from hotdash.pipeline.ingest.ingest import IngestOutcome, ingest
from hotdash.pipeline.ingest.landing import SchemaChangedError
from hotdash.pipeline.ingest.reading import SourceFailedError
from hotdash.storage.warehouse import load_ledger
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.told_connector import (
    LINES,
    NOW,
    ORDERS,
    ToldConnector,
    days,
    many_orders,
    reached,
    rows,
)

ORDER = rows(
    ORDERS,
    {
        "order_id": 1,
        "total": Decimal("1234567890123456.7891"),
        "rate": Decimal("0.081250"),
        "note": "naïve ✓",
        "paid": True,
        "updated_at": datetime(2026, 11, 19, 23, 59, 59, 123456, tzinfo=UTC),
    },
)


class Loading:
    def __init__(self, warehouse: Warehouse, home: Path) -> None:
        self.warehouse = warehouse
        self.home = home

    def __call__(
        self, *events: Event | Exception, tables: Sequence[RawTable] | None = None
    ) -> IngestOutcome:
        connector = ToldConnector([events])
        if tables:
            connector.tables = tables
        return self.read(connector)

    def read(self, connector: ToldConnector, shop_id: str = "hot-rod-an") -> IngestOutcome:
        clock = FixedClock(NOW)
        workdir = self.home / "dlt"
        return ingest(self.warehouse, connector, shop_id, "run", clock, SilentProgress(), workdir)

    def all_rows(self, table: str) -> list[dict[str, object]]:
        return self.warehouse.query(f"select * from raw.{table} order by 1, 2").to_pylist()


@pytest.fixture
def loading(warehouse: Warehouse, tmp_path: Path) -> Loading:
    return Loading(warehouse, tmp_path)


def test_values_arrive_exactly_as_told(loading: Loading) -> None:
    outcome = loading(ORDER, reached())
    stored = loading.all_rows("told_orders")
    assert stored == [
        {
            "shop_id": "hot-rod-an",
            "load_id": outcome.load_id,
            "fetched_at": NOW,
            "is_deleted": False,
            **ORDER.data.to_pylist()[0],
            "_extra": None,
        }
    ]


def test_every_declared_table_exists_after_the_first_load(loading: Loading) -> None:
    loading(reached())
    for table in ("told_orders", "told_lines", "told_days", "slice_days", "quarantine"):
        assert loading.all_rows(table) == []


def test_the_outcome_tells_what_came(loading: Loading) -> None:
    outcome = loading(
        ORDER,
        Unreadable(LINES, "no quantity", "{}", NOW),
        days(date(2026, 11, 1), date(2026, 11, 2)),
        reached(),
    )
    assert outcome.rows == {"told_orders": 1, "quarantine": 1, "slice_days": 2}
    assert outcome.unreadable == 1
    assert outcome.reading.complete_through == NOW


def test_the_next_read_goes_on_from_the_cursor(loading: Loading) -> None:
    connector = ToldConnector([[reached()], [reached(NOW + timedelta(hours=1))], [reached()]])
    for shop_id in ("hot-rod-an", "hot-rod-an", "kanto-garage"):
        loading.read(connector, shop_id)
    assert connector.cursors == [None, {"updated_at": NOW.isoformat()}, None]


def test_a_failed_read_keeps_nothing_and_moves_no_cursor(loading: Loading) -> None:
    loading(many_orders(10), reached())
    with pytest.raises(SourceFailedError, match="boom"):
        loading(many_orders(30_000, 100), ValueError("boom"))

    again = ToldConnector([[many_orders(5, 500), reached()]])
    loading.read(again)

    assert again.cursors == [{"updated_at": NOW.isoformat()}]
    assert len(loading.all_rows("told_orders")) == 15


def test_an_error_the_connector_knows_keeps_its_words(loading: Loading) -> None:
    with pytest.raises(SourceFailedError) as failed:
        loading(UnavailableError("The token was revoked.", hint="Connect the shop again."))
    assert failed.value.message == "The token was revoked."
    assert failed.value.hint == "Connect the shop again."
    assert failed.value.code == "unavailable"


def test_a_read_that_ends_without_saying_where_does_not_count(loading: Loading) -> None:
    with pytest.raises(SourceFailedError, match="before its end"):
        loading(ORDER)
    assert load_ledger.newest_reading(loading.warehouse, "hot-rod-an", "told") is None


def test_a_changed_column_stops_the_load_and_corrupts_nothing(loading: Loading) -> None:
    loading(ORDER, reached())
    changed = ORDER.data.set_column(1, "total", pa.array(["12.00"]))
    with pytest.raises(SourceFailedError, match="total is string instead of decimal128") as failed:
        loading(many_orders(5, 10), Rows(ORDERS, changed, NOW), reached())
    assert failed.value.code == "schema_changed"
    loading(many_orders(1, 10), reached())
    assert [row["order_id"] for row in loading.all_rows("told_orders")] == [1, 10]


def declared_as(*fields: tuple[str, pa.DataType]) -> RawTable:
    return RawTable("told_lines", RawKind.ENTITY, ("order_id",), pa.schema(list(fields)))


@pytest.mark.parametrize(
    "changed",
    [
        declared_as(("order_id", pa.int64()), ("line_id", pa.string()), ("quantity", pa.int64())),
        declared_as(("order_id", pa.int64()), ("line_id", pa.int64())),
    ],
    ids=["retyped", "dropped"],
)
def test_a_declaration_that_contradicts_the_stored_table_is_refused(
    loading: Loading, changed: RawTable
) -> None:
    loading(reached())
    with pytest.raises(SchemaChangedError, match=r"raw\.told_lines"):
        loading(reached(), tables=[changed])


def test_a_column_declared_anew_is_added(loading: Loading) -> None:
    loading(rows(LINES, {"order_id": 1, "line_id": 1, "quantity": 1}), reached())
    wider = declared_as(
        *zip(LINES.schema.names, LINES.schema.types, strict=True), ("sku", pa.string())
    )
    loading(rows(wider, {"order_id": 2, "line_id": 1, "sku": "A"}), reached(), tables=[wider])
    assert sorted(str(row["sku"]) for row in loading.all_rows("told_lines")) == ["A", "None"]


def test_batches_are_gathered_and_none_is_lost(loading: Loading) -> None:
    pages = [many_orders(1_500, page * 1_500) for page in range(30)]
    outcome = loading(*pages, reached())
    counted = "select count(*) as n, count(distinct order_id) as d from raw.told_orders"
    assert outcome.rows["told_orders"] == 45_000
    assert loading.warehouse.query(counted).to_pylist() == [{"n": 45_000, "d": 45_000}]


def test_a_doubled_table_is_noticed_before_it_counts(
    loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading(reached())
    from hotdash.pipeline.ingest.loader import RawLoader

    load_once = RawLoader.load

    def load_twice(self: RawLoader, schemas: dict[str, pa.Schema], batches: object) -> None:
        told = list(batches)  # type: ignore[call-overload]
        load_once(self, schemas, told)
        load_once(self, schemas, told)

    monkeypatch.setattr(RawLoader, "load", load_twice)
    with pytest.raises(UnavailableError, match="holds 2 rows of told_orders where 1"):
        loading(ORDER, reached())
    monkeypatch.undo()
    loading(reached())
    assert loading.all_rows("told_orders") == []


def test_nothing_of_the_loader_stays_on_disk(loading: Loading) -> None:
    loading(ORDER, reached())
    assert not (loading.home / "dlt").exists()


def test_a_folder_that_cannot_be_written_is_named(loading: Loading) -> None:
    loading.home.joinpath("dlt").write_text("in the way")
    with pytest.raises(UnavailableError, match="dlt cannot be written"):
        loading(reached())
