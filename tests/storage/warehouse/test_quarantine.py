"""On both engines: one record per thing, waiting until a later committed load could read it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Deleted, Event, RawTable, Unreadable
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.pipeline.ingest.reading import SourceFailedError
from hotdash.pipeline.quality.waiting import table_keys, waiting_by_source
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.quarantine import (
    EVERYTHING,
    Chosen,
    Quarantined,
    counts_by_reason,
    day_of,
    quarantined,
)
from tests.fixtures.engines import engine, warehouse, warehouse_url
from tests.fixtures.told_connector import (
    DAYS,
    LINES,
    NOW,
    ORDERS,
    ToldConnector,
    days,
    reached,
    rows,
)

__all__ = ["engine", "warehouse", "warehouse_url"]

KEYS = table_keys((ORDERS, LINES, DAYS))
A_DAY = date(2026, 11, 18)


class Loads:
    """One load after the other, an hour apart; the first one reads everything."""

    def __init__(self, warehouse: Warehouse, home: Path) -> None:
        self.warehouse = warehouse
        self.clock = FixedClock(NOW)
        self._ingest = Ingest(warehouse, self.clock, SilentProgress(), home / "dlt", "run")

    def __call__(
        self, *events: Event | Exception, shop_id: str = "hot-rod-an", reread: bool = False
    ) -> None:
        self.clock.advance(timedelta(hours=1))
        connector = ToldConnector([[*events, reached(self.clock.now())]])
        self._ingest.read(connector, shop_id, reread=reread)

    def unreadable(
        self,
        vendor_id: str | None,
        table: RawTable = ORDERS,
        payload: str = "{}",
        reason: str = "total: 'abc' is not a number",
    ) -> Unreadable:
        return Unreadable(table, reason, payload, self.clock.now(), vendor_id)

    def found(self, chosen: Chosen = EVERYTHING) -> list[Quarantined]:
        return quarantined(self.warehouse, KEYS, chosen)

    def waiting(self) -> list[str | None]:
        return sorted(
            (each.vendor_id for each in self.found() if each.is_waiting),
            key=lambda each: each or "",
        )


@pytest.fixture
def loads(warehouse: Warehouse, tmp_path: Path) -> Loads:
    return Loads(warehouse, tmp_path)


def test_an_empty_warehouse_has_none(warehouse: Warehouse) -> None:
    assert quarantined(warehouse, KEYS) == []


class TestEntities:
    def test_wait_until_a_later_load_can_read_them(self, loads: Loads) -> None:
        loads(rows(ORDERS, {"order_id": 1}), loads.unreadable("2"), loads.unreadable("3"))
        assert loads.waiting() == ["2", "3"]
        loads(rows(ORDERS, {"order_id": 2}, at=NOW + timedelta(hours=3)))
        assert loads.waiting() == ["3"]
        keys = pa.table({"order_id": pa.array([3], pa.int64())})
        loads(Deleted(ORDERS, keys, NOW + timedelta(hours=4)))
        assert loads.waiting() == [], "the vendor has it no longer"
        assert len(loads.found()) == 2, "what is resolved is still known"

    def test_an_older_readable_version_resolves_nothing(self, loads: Loads) -> None:
        loads(rows(ORDERS, {"order_id": 2}))
        loads(loads.unreadable("2"))
        assert loads.waiting() == ["2"]

    def test_another_shops_reading_resolves_nothing(self, loads: Loads) -> None:
        loads(loads.unreadable("2"))
        loads(rows(ORDERS, {"order_id": 2}, at=NOW + timedelta(hours=3)), shop_id="other")
        assert loads.waiting() == ["2"]

    def test_a_load_that_never_committed_resolves_nothing(self, loads: Loads) -> None:
        loads(loads.unreadable("2"))
        later = rows(ORDERS, {"order_id": 2}, at=NOW + timedelta(hours=3))
        with pytest.raises(SourceFailedError):
            loads(later, RuntimeError("down"))
        assert loads.waiting() == ["2"]

    def test_coming_again_unreadable_they_are_one_and_wait_again(self, loads: Loads) -> None:
        loads(loads.unreadable("2"))
        loads(rows(ORDERS, {"order_id": 2}, at=NOW + timedelta(hours=1)))
        loads(loads.unreadable("2", reason="rate: 'x' is not a number"))
        [one] = loads.found()
        assert (one.is_waiting, one.times, one.kind) == (True, 2, "rate")
        assert one.first_at < one.last_at

    def test_of_a_table_with_two_keys_are_known_by_both(self, loads: Loads) -> None:
        loads(loads.unreadable("1:10", LINES), loads.unreadable("1:11", LINES))
        loads(rows(LINES, {"order_id": 1, "line_id": 10}, at=NOW + timedelta(hours=3)))
        assert loads.waiting() == ["1:11"]

    def test_without_an_id_they_wait_for_everything_to_be_read_anew(self, loads: Loads) -> None:
        loads(loads.unreadable(None, payload="{1}"), loads.unreadable(None, payload="{2}"))
        loads(rows(ORDERS, {"order_id": 2}, at=NOW + timedelta(hours=3)))
        assert len(loads.waiting()) == 2
        loads(loads.unreadable(None, payload="{2}"), reread=True)
        [left] = [each for each in loads.found() if each.is_waiting]
        assert (left.payload, left.times) == ("{2}", 2)


class TestSlices:
    def test_wait_until_their_day_is_read_again(self, loads: Loads) -> None:
        loads(
            days(A_DAY, A_DAY + timedelta(days=1)),
            loads.unreadable(A_DAY.isoformat(), DAYS),
            loads.unreadable("20261119", DAYS),
        )
        assert [each.day for each in loads.found()].count(A_DAY) == 1
        loads(days(A_DAY))
        assert loads.waiting() == ["20261119"]
        counted = waiting_by_source(loads.warehouse, (ORDERS, LINES, DAYS))
        assert counted == {("hot-rod-an", "told"): 1}, "as the overview of sources counts"

    def test_whose_day_cannot_be_told_wait_for_the_first_day_read_with_them(
        self, loads: Loads
    ) -> None:
        loads(days(A_DAY, A_DAY + timedelta(days=1)), loads.unreadable(None, DAYS))
        loads(days(A_DAY + timedelta(days=1)))
        assert len(loads.waiting()) == 1
        loads(days(A_DAY))
        assert loads.waiting() == []

    @pytest.mark.parametrize(
        ("vendor_id", "day"),
        [
            ("2026-11-18", A_DAY),
            ("20261118:google:cpc", A_DAY),
            ("120:2026-11-18", A_DAY),
            ("120", None),
            (None, None),
        ],
    )
    def test_the_day_stands_in_the_key(self, vendor_id: str | None, day: date | None) -> None:
        assert day_of(vendor_id) == day


class TestChoosing:
    def test_by_shop_source_table_reason_and_id(self, loads: Loads) -> None:
        loads(loads.unreadable("1"), loads.unreadable("1:1", LINES, reason="quantity is missing"))
        loads(loads.unreadable("1"), shop_id="other")
        everything = loads.found()
        assert len({each.record_id for each in everything}) == 3

        def chosen(choice: Chosen) -> Sequence[tuple[str, str]]:
            return [(each.shop_id, each.table_name) for each in loads.found(choice)]

        assert chosen(Chosen(shops=["other"])) == [("other", "told_orders")]
        assert chosen(Chosen(table="told_lines")) == [("hot-rod-an", "told_lines")]
        assert chosen(Chosen(reason="IS MISSING")) == [("hot-rod-an", "told_lines")]
        assert len(chosen(Chosen(source="told"))) == 3
        assert chosen(Chosen(source="shopify")) == []
        one = everything[0]
        assert loads.found(Chosen(record=one.record_id[:8])) == [one]

    def test_like_reasons_are_counted_together(self, loads: Loads) -> None:
        loads(*(loads.unreadable(str(n), reason=f"total: '{n}x' is bad") for n in range(5)))
        loads(rows(ORDERS, {"order_id": 2}, at=datetime(2026, 12, 1, tzinfo=UTC)))
        [count] = counts_by_reason(loads.found())
        assert (count.reason, count.waiting, count.resolved) == ("total", 4, 1)
