"""Touches, counts and readings in staging: the same rows on every engine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.connectors.clickstream.click_files import Settings
from hotdash.connectors.clickstream.connector import ClickstreamConnector
from hotdash.pipeline.ingest.ingest import ingest
from hotdash.simulators.clickstream.click_files import write_csv
from hotdash.simulators.clickstream.visits import touches
from hotdash.simulators.orders import epoch
from hotdash.simulators.world import World
from hotdash.storage.appdb.repositories.clicks import CountedClicks, Horizon, SpooledClick
from tests.fixtures.simulator import UNTIL
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt

SHOP = "clicks"
STAMPS = {"load_id", "fetched_at"}


@dataclass
class TellingSpool:
    """A spool without clicks whose counts grow."""

    told: list[CountedClicks] = field(default_factory=list[CountedClicks])

    def register(self, origins: Sequence[str]) -> str:
        return "hd_" + "x" * 20

    def horizon(self) -> Horizon:
        return Horizon(1, 2)

    def pages(self, since: int, before: int) -> Iterator[Sequence[SpooledClick]]:
        return iter(())

    def oldest_left_behind(self, before: int) -> datetime | None:
        return None

    def first_counted_day(self) -> date | None:
        return UNTIL.date()

    def counts(self, since: date) -> Sequence[CountedClicks]:
        return [each for each in self.told if each.day >= since]


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clicks")
    first, last = epoch(UNTIL - timedelta(days=20)), epoch(UNTIL)
    write_csv(touches(world.of("hot-rod-an"), first, last), folder / "clicks.csv")
    return folder


def built_with_clicks(built_on: OpenBuilt, engine: Any, folder: Path, home: Path) -> BuiltWarehouse:
    built = built_on(engine)
    built.new_world().shop(SHOP, "UTC")
    clock, spool = FixedClock(UNTIL), TellingSpool([CountedClicks(UNTIL.date(), "bot", 3)])
    connector = ClickstreamConnector(clock, spool, (), Settings(str(folder)))
    for events in (3, 5):
        spool.told[0] = CountedClicks(UNTIL.date(), "bot", events)
        ingest(built.warehouse, connector, SHOP, "run", clock, SilentProgress(), home / engine)
        clock.advance(timedelta(minutes=5))
    built.build()
    return built


def test_equal_rows_on_every_engine(built_on: OpenBuilt, folder: Path, tmp_path: Path) -> None:
    found: list[list[str]] = []
    for engine in ENGINES:
        built = built_with_clicks(built_on, engine, folder, tmp_path)
        rows = built.rows(
            f"select * from staging.stg_clickstream__touches where shop_id = '{SHOP}'"
        )
        found.append(sorted(str({k: v for k, v in r.items() if k not in STAMPS}) for r in rows))
        counts = built.rows(
            f"select * from staging.stg_clickstream__counts where shop_id = '{SHOP}'"
        )
        assert [(row["day"], row["kind"], row["events"]) for row in counts] == [
            (UNTIL.date(), "bot", 5)
        ]
        assert built.rows("select * from staging.stg_files__readings") == []
        built.new_world()
    assert len(found[0]) > 50
    assert found[0] == found[1]
