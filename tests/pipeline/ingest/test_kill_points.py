"""Every connector, killed anywhere in its first and in a later read, leaves the tables of a calm one."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hotdash.base.clock import iso_utc
from hotdash.connectors.registry import OURS
from tests.fixtures.fork_server import ForkServer, Kill, forking
from tests.fixtures.simulated_ingest import raw_contents
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

CALL = "httpx:Client.send"
EVENT = "hotdash.pipeline.ingest.landing:Stamp.land"
COPY = "dlt.destinations.impl.duckdb.duck:DuckDbCopyJob.run"
COMMIT = "hotdash.storage.warehouse.load_ledger:commit"
ONCE_A_LOAD = (
    "hotdash.storage.warehouse.load_ledger:begin",
    COMMIT,
    "dlt.pipeline.pipeline:Pipeline.extract",
    "dlt.pipeline.pipeline:Pipeline.normalize",
    "dlt.pipeline.pipeline:Pipeline.load",
)
WHILE = timedelta(days=4)
ALL_POINTS, SOME_POINTS = 60, 2
WITHOUT_CALLS = {"clickstream", "files"}


@dataclass(frozen=True)
class Point:
    """Somewhere in a read: at this share of all the calls that the target gets in it."""

    target: str
    when: str
    share: float
    later: bool

    def kill(self, counts: dict[str, int]) -> Kill | None:
        if self.target in ONCE_A_LOAD:
            return Kill(self.target, self.when)
        nth = math.ceil(self.share * counts[self.target])
        return Kill(self.target, self.when, nth) if nth else None

    @property
    def is_after_the_end(self) -> bool:
        return (self.target, self.when) == (COMMIT, "after")

    def __str__(self) -> str:
        read = "second" if self.later else "first"
        return f"{self.when}-{self.target.split(':')[1]}-{self.share:.2f}-{read}"


@dataclass
class Calm:
    """What two undisturbed reads leave, and how often each target was called in each of them."""

    contents: dict[str, list[str]]
    counts: list[dict[str, int]]


def points(vendor: str) -> list[Point]:
    chance = Random(f"kills/{vendor}")
    calls = EVENT if vendor in WITHOUT_CALLS else CALL
    targets = (calls, calls, EVENT, EVENT, COPY, *ONCE_A_LOAD)
    return [
        Point(
            chance.choice(targets),
            chance.choice(("before", "after")),
            chance.random(),
            chance.random() < 0.4,
        )
        for _ in range(ALL_POINTS)
    ]


def chosen() -> list[tuple[str, Point]]:
    """A few of each connector every day; KILL_POINTS=all takes all sixty."""
    is_all = os.environ.get("KILL_POINTS") == "all"
    return [
        (spec.vendor, point)
        for spec in OURS
        for point in points(spec.vendor)[: None if is_all else SOME_POINTS]
    ]


@dataclass
class Reading:
    """Two reads of each vendor, the second four days later."""

    forks: ForkServer
    simulator: SimulatorHandle
    folder: Path
    _calm: dict[str, Calm] = field(default_factory=dict[str, Calm])
    _one_more: dict[tuple[str, bool], dict[str, list[str]]] = field(default_factory=dict)

    def calm(self, vendor: str) -> Calm:
        if vendor not in self._calm:
            home = self.folder / vendor
            counts = [
                self._call(
                    *("read_counting", vendor, home, later),
                    targets=[CALL, EVENT, COPY],
                )["result"]
                for later in (False, True)
            ]
            self._calm[vendor] = Calm(raw_contents(home), counts)
        return self._calm[vendor]

    def with_one_more(self, vendor: str, twice: bool) -> dict[str, list[str]]:
        """What undisturbed reads leave, of which the first or the later one is made twice."""
        known = vendor, twice
        if known not in self._one_more:
            home = self.folder / f"{vendor} {'later' if twice else 'first'} twice"
            for later in sorted([False, True, twice]):
                self._call("read_shop", vendor, home, later)
            self._one_more[known] = raw_contents(home)
        return self._one_more[known]

    def killed(self, vendor: str, point: Point, home: Path) -> None:
        kill = point.kill(self.calm(vendor).counts[point.later])
        for later in (False, True):
            if kill is not None and later is point.later:
                ended = self._call("read_shop", vendor, home, later, kill=kill)
                assert ended["was_killed"], f"never came to {kill}"
            self._call("read_shop", vendor, home, later)

    def _call(
        self, function: str, vendor: str, home: Path, later: bool, **more: Any
    ) -> dict[str, Any]:
        self.simulator.set_clock(UNTIL - (WHILE if later else 2 * WHILE))
        ended = self.forks.call(
            f"tests.fixtures.simulated_ingest:{function}",
            shop=self.simulator.shops[SHOP_ID],
            now=iso_utc(self.simulator.now()),
            home=str(home),
            vendor=vendor,
            **more,
        )
        assert ended.error is None, ended.error
        return {"result": ended.result, "was_killed": ended.was_killed}


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking("tests.fixtures.simulated_ingest", "dlt.destinations.impl.duckdb.duck")


@pytest.fixture(scope="module")
def reading(
    forks: ForkServer,
    running_simulator: SimulatorHandle,
    tmp_path_factory: pytest.TempPathFactory,
) -> Reading:
    return Reading(forks, running_simulator, tmp_path_factory.mktemp("calm"))


@pytest.mark.law(2)
@pytest.mark.parametrize(("vendor", "point"), chosen(), ids=str)
def test_killed_anywhere_and_run_again(
    vendor: str, point: Point, reading: Reading, simulator: SimulatorHandle, tmp_path: Path
) -> None:
    del simulator
    calm = reading.calm(vendor)
    assert any(calm.contents.values()), "the calm reads brought nothing"
    reading.killed(vendor, point, tmp_path)
    left = raw_contents(tmp_path)
    if point.is_after_the_end:
        # Nothing was lost, so the run after it is one more read: what it reads again it tells again.
        assert left == reading.with_one_more(vendor, point.later)
    else:
        assert left == calm.contents
