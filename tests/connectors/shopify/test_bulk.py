"""Bulk operations that go wrong: url gone, file cut, slots taken, operation failed."""

import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import iso_utc
from hotdash.base.progress import SilentProgress, Task
from hotdash.connectors.shopify import resources
from hotdash.connectors.shopify.access import granted
from hotdash.connectors.shopify.bulk import BulkExports
from hotdash.connectors.shopify.bulk_files import read_file
from hotdash.connectors.shopify.connector import OVERLAP
from hotdash.connectors.shopify.errors import BulkExportError
from hotdash.connectors.shopify.judging import Refusal
from hotdash.connectors.shopify.layouts import ORDERS_FILE
from hotdash.connectors.shopify.queries import Query, query, searched, updated_since
from hotdash.connectors.shopify.tables import ORDERS
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_events import read

CUSTOMERS = query("BulkCustomers")


@pytest.fixture
def exports(connecting: Connecting, tmp_path: Path) -> BulkExports:
    return BulkExports(connecting.client(), tmp_path)


@pytest.fixture
def task() -> Task:
    with SilentProgress().task("Export") as silent:
        return silent


def fetched(exports: BulkExports, task: Task, wanted: Query = CUSTOMERS) -> Path:
    _, file = exports.fetch(exports.start(wanted), task)
    assert file is not None
    return file


class TestFetch:
    def test_brings_the_whole_file(self, exports: BulkExports, task: Task, world: World) -> None:
        lines = fetched(exports, task).read_text().splitlines()
        customers = world.of(SHOP_ID).customers_as_of(int(UNTIL.timestamp()))
        assert len(lines) == sum(1 for _ in customers)

    @pytest.mark.parametrize("kind", ["expired_url", "truncated", "server_error", "reset"])
    def test_a_download_that_fails_is_made_again_from_a_fresh_url(
        self, exports: BulkExports, task: Task, simulator: SimulatorHandle, kind: str
    ) -> None:
        whole = fetched(exports, task).read_bytes()
        simulator.fault(kind, route="bulk_file", times=3)
        assert fetched(exports, task).read_bytes() == whole
        assert simulator.calls()["bulk_file"] == 5

    @pytest.mark.parametrize(
        ("kind", "said"),
        [("expired_url", "url is refused"), ("truncated", r"its file has [\d,]+ of [\d,]+ bytes")],
    )
    def test_one_that_never_comes_is_an_error_with_its_reason(
        self, exports: BulkExports, task: Task, simulator: SimulatorHandle, kind: str, said: str
    ) -> None:
        simulator.fault(kind, route="bulk_file")
        with pytest.raises(BulkExportError, match=rf"BulkCustomers.*hot-rod-an.*{said}"):
            fetched(exports, task)
        assert simulator.calls()["bulk_file"] == 7

    def test_an_empty_shop_has_no_file(self, exports: BulkExports, task: Task) -> None:
        nothing = Query("Nothing", '{ orders(query: "id:1") { edges { node { id } } } }')
        assert exports.fetch(exports.start(nothing), task)[1] is None

    def test_an_operation_shopify_forgot_is_asked_for_again(
        self, exports: BulkExports, task: Task, simulator: SimulatorHandle
    ) -> None:
        started = exports.start(CUSTOMERS)
        simulator.reset()
        done, file = exports.fetch(started, task)
        assert file is not None
        assert done.id != started.id


class TestStart:
    def test_a_refused_query_is_an_error(self, exports: BulkExports) -> None:
        with pytest.raises(BulkExportError, match="at least one connection"):
            exports.start(Query("Wrong", "{ shop { name } }"))

    def test_joins_its_own_operation_of_a_killed_run(
        self, exports: BulkExports, simulator: SimulatorHandle
    ) -> None:
        simulator.hold_bulk(True)
        running = {exports.start(CUSTOMERS).id for _ in range(5)}
        assert exports.start(CUSTOMERS).id in running

    def test_waits_for_a_slot_others_have_taken(
        self, exports: BulkExports, task: Task, simulator: SimulatorHandle
    ) -> None:
        simulator.hold_bulk(True)
        others = Query("Others", "{ orders { edges { node { name } } } }")
        running = {exports.start(others).id for _ in range(5)}
        threading.Timer(0.3, simulator.hold_bulk, [False]).start()
        began = time.monotonic()
        started = exports.start(CUSTOMERS)
        assert started.id not in running
        assert time.monotonic() - began > 0.2
        assert exports.fetch(started, task)[1] is not None

    def test_one_of_a_killed_run_holds_the_cursor_back(
        self,
        connecting: Connecting,
        exports: BulkExports,
        simulator: SimulatorHandle,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """What changed since it was begun is not in its file, so the next read has to look for it."""
        monkeypatch.setattr(resources, "MOST_PAGED", 1)
        since = UNTIL - timedelta(days=3)
        scopes = granted(connecting.client())
        wanted = searched(query("BulkOrders", scopes), updated_since(since - OVERLAP))
        simulator.hold_bulk(True)
        for _ in range(5):
            exports.start(wanted)
        simulator.advance(timedelta(hours=2))
        threading.Timer(0.5, simulator.hold_bulk, [False]).start()
        connector = connecting.connector()
        told = read(connector, connector.cursor_since(since))
        assert told.reached is not None
        assert told.reached.complete_through == UNTIL
        assert told.cursor()["updated_at"] == told.cursor()["shipments_at"] == iso_utc(UNTIL)


class TestBlocks:
    @pytest.fixture
    def file(self, exports: BulkExports, task: Task) -> Path:
        return fetched(exports, task, query("BulkOrders"))

    @pytest.mark.parametrize("block_bytes", [5_000, 60_000, 10_000_000])
    def test_the_size_of_a_block_changes_nothing(self, file: Path, block_bytes: int) -> None:
        counted: Counter[str] = Counter()
        again: list[str] = []
        for verdict in read_file(file, ORDERS_FILE, block_bytes):
            assert not verdict.refused
            for block in verdict.read:
                again += block.again
                for table, data in block.tables.items():
                    counted[table.name] += data.num_rows
        text = file.read_text()
        assert counted["shopify_orders"] + len(again) == text.count('"displayFinancialStatus"')
        assert len(set(again)) == len(again) > 5

    def test_a_row_without_its_parent_is_refused(self, file: Path, tmp_path: Path) -> None:
        lines = file.read_bytes().splitlines(keepends=True)
        orphan = next(line for line in reversed(lines) if b"__parentId" in line)
        torn = tmp_path / "torn.jsonl"
        torn.write_bytes(orphan + b"".join(lines[:40]))
        (refusal,) = self.refused(torn)
        assert refusal.entity == orphan
        assert "apart from its parent" in refusal.reason

    def test_a_torn_line_is_refused_and_the_rest_is_read(self, file: Path, tmp_path: Path) -> None:
        lines = file.read_bytes().splitlines(keepends=True)
        roots = [place for place, line in enumerate(lines) if b"__parentId" not in line]
        lines[roots[7]] = lines[roots[7]][:50] + b"\n"
        torn = tmp_path / "torn.jsonl"
        torn.write_bytes(b"".join(lines))
        (refusal,) = self.refused(torn)
        assert refusal.reason.startswith("not JSON")
        blocks = [block for verdict in read_file(torn, ORDERS_FILE) for block in verdict.read]
        read = sum(block.tables[ORDERS].num_rows + len(block.again) for block in blocks)
        assert read == len(roots) - 1

    def refused(self, file: Path) -> list[Refusal[bytes]]:
        return [each for verdict in read_file(file, ORDERS_FILE) for each in verdict.refused]
