"""From the collector's spool into the warehouse: each event once, also across a kill and a restore."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.errors import HotdashError
from hotdash.base.progress import SilentProgress
from hotdash.connectors.clickstream.connector import ClickstreamConnector
from hotdash.connectors.registry import open_connector, spec_of
from hotdash.connectors.spec import Access
from hotdash.pipeline.ingest.ingest import IngestOutcome, ingest
from hotdash.storage.appdb.click_spool import ClickSpool
from hotdash.storage.appdb.repositories import clicks
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
ORIGIN = "https://www.shop.example"


class House:
    """One shop's spool, its connector, and a warehouse to load into."""

    def __init__(self, database: Database, shop_id: str, home: Path) -> None:
        self.spool = ClickSpool(database, shop_id)
        self.shop_id = shop_id
        self.clock = FixedClock(NOW)
        self.home = home
        self.warehouse = open_warehouse("duckdb", home=home, memory_mb=512, url=None)

    def connector(self, **fields: str) -> ClickstreamConnector:
        access = Access(
            self.shop_id, {"origins": ORIGIN} | fields, self.clock, stores={"clicks": self.spool}
        )
        connector = open_connector("clickstream", access)
        assert isinstance(connector, ClickstreamConnector)
        return connector

    def click(self, *names: str, counts: Mapping[str, int] | None = None, **more: Any) -> None:
        told = [
            {
                "event_id": name,
                "event_type": "page_view",
                "occurred_at": "2026-11-20T17:59:00Z",
                "origin": "pixel",
            }
            | more
            for name in names
        ]
        key = self.connector().site_key
        assert key is not None
        with self.spool.database.glance() as connection:
            clicks.keep_clicks(connection, key, self.clock.now(), told, counts or {})

    def load(self, **fields: str) -> IngestOutcome:
        return ingest(
            self.warehouse,
            self.connector(**fields),
            self.shop_id,
            "run",
            self.clock,
            SilentProgress(),
            self.home / "dlt",
        )

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.warehouse.query(f"select * from raw.clickstream_{table}").to_pylist()

    @property
    def ids(self) -> list[str]:
        return sorted(row["event_id"] for row in self.rows("touches"))


@pytest.fixture
def house(database: Database, shop: SeededShop, tmp_path: Path) -> Iterator[House]:
    house = House(database, shop.shop_id, tmp_path)
    yield house
    house.warehouse.close()


def test_each_click_is_loaded_once(house: House) -> None:
    house.click("a", "b")
    house.load()
    house.click("b", "c")
    outcome = house.load()
    assert house.ids == ["a", "b", "c"]
    assert outcome.reading.complete_through == NOW
    row = house.rows("touches")[0]
    assert (row["shop_id"], row["received_at"]) == ("hot-rod-an", NOW)


def test_a_load_that_failed_is_read_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.click("a")
    house.load()
    house.click("b")
    with monkeypatch.context() as broken:
        broken.setattr(ClickSpool, "oldest_left_behind", None)
        with pytest.raises(HotdashError):
            house.load()
    house.load()
    assert house.ids == ["a", "b"]


def test_an_app_database_put_back_from_a_backup_loses_nothing(house: House) -> None:
    house.click("a")
    cursor = {**house.load().reading.cursor, "drained_before": str(2**60)}
    events = list(house.connector().read(cursor, SilentProgress()))
    told = [
        row["event_id"] for each in events if hasattr(each, "data") for row in each.data.to_pylist()
    ]  # type: ignore[union-attr]
    assert told == ["a"]


def test_what_the_spool_holds_and_the_table_cannot_is_in_quarantine(house: House) -> None:
    house.click("a")
    house.click("b", occurred_at="soon")
    outcome = house.load()
    assert (house.ids, outcome.unreadable) == (["a"], 1)
    assert [drift.field for drift in outcome.drifts] == ["occurred_at"]


def test_counts_are_slices_of_days(house: House) -> None:
    house.click(counts={"bot": 2})
    house.load()
    house.click(counts={"bot": 1, "without_consent": 4})
    house.clock.advance(timedelta(days=2))
    house.load()
    newest = max(row["fetched_at"] for row in house.rows("counts"))
    told = {
        row["kind"]: row["events"] for row in house.rows("counts") if row["fetched_at"] == newest
    }
    assert told == {"bot": 3, "without_consent": 4}
    days = house.warehouse.query(
        "select day from raw.slice_days where table_name = 'clickstream_counts' and fetched_at = ?",
        [newest],
    ).to_pylist()
    assert [row["day"].day for row in days] == [19, 20, 21, 22]


def test_pixel_and_files_together(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "clicks"
    folder.mkdir()
    (folder / "a.csv").write_text("event_id,time,url\nf,2026-11-19T10:00:00Z,/?gclid=1\n")
    house.click("p")
    house.load(files=str(folder))
    house.load(files=str(folder))
    assert house.ids == ["f", "p"]


class TestConnecting:
    def test_the_check_makes_the_key_and_it_stays(self, house: House) -> None:
        connector = house.connector(origins="www.shop.example, https://shop.example:8443 null")
        assert connector.check() == ()
        key = connector.site_key
        assert key is not None
        assert key == house.connector().site_key
        assert connector.origins == [ORIGIN, "https://shop.example:8443", "null"]

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"origins": ""}, "nothing to read clicks from"),
            ({"origins": "ftp://x"}, "not a web address"),
            ({"files": "/nowhere/at/all"}, "no folder"),
        ],
    )
    def test_what_is_wrong_is_said(self, house: House, fields: dict[str, str], told: str) -> None:
        with pytest.raises(HotdashError, match=told):
            house.connector(**fields).check()

    def test_how_fresh_it_has_to_be(self) -> None:
        spec = spec_of("clickstream")
        assert (spec.fresh_soft, spec.fresh_hard) == (timedelta(hours=2), timedelta(hours=24))
