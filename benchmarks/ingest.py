"""A shop's first load: how fast what Shopify has written comes into raw, with how many calls, in how much memory."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from benchmarks.figures import Figure
from benchmarks.large_shop import SHOP, simulator
from hotdash.base.clock import SystemClock
from hotdash.base.http import Call
from hotdash.base.progress import Task
from hotdash.connectors.registry import open_connector
from hotdash.connectors.spec import Access
from hotdash.pipeline.ingest.ingest import ingest
from hotdash.storage.warehouse.factory import open_warehouse

_SHARE_OF_ALL_ORDERS = 0.6
_ONE_BY_ONE = "Orders one by one"


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    """In a process of its own, so that its memory is nothing else's."""
    with simulator(int(orders / _SHARE_OF_ALL_ORDERS)) as fields:
        command = [sys.executable, "-m", "benchmarks.ingest", json.dumps(fields), str(folder)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told = orjson.loads(done.stdout.splitlines()[-1])
    size = f"{told['orders']:,} orders, {told['rows']:,} rows"
    busy = told["seconds"] - told["waited"] - told["one_by_one"]
    yield Figure(
        *(
            "ingest from bulk files",
            size,
            f"{told['from_files'] / busy:,.0f} rows/s in {busy:.1f} s",
        ),
        "over 50,000 rows/s",
        f"download, typed reading, dlt and commit; without {told['waited']:.1f} s of waiting until "
        f"the simulator had written, and {told['one_by_one']:.1f} s for orders asked one by one; "
        f"{told['cpu']:.1f} CPU s in all",
    )
    yield Figure(
        *(
            "orders asked for one by one",
            f"{told['asked']:,} orders",
            f"{told['one_by_one']:.1f} s",
        ),
        "–",
        "refunded and returned ones: bulk refuses their lines; about 80 points each, so 100 points/s "
        "(Standard) ask for 4,500 an hour",
    )
    yield Figure("API calls of the first load", size, f"{told['calls']:,}", "–")
    yield Figure("memory of the ingest", size, f"{told['peak_mb']:,.0f} MB", "2 GB at 1 M orders")


@dataclass
class _TimedTask:
    rows: int = 0

    def advance(self, rows: int = 1) -> None:
        self.rows += rows

    def expect(self, total: int) -> None: ...
    def say(self, note: str) -> None: ...


@dataclass
class _TimedProgress:
    current: str = ""
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    totals: dict[str, int] = field(default_factory=dict[str, int])

    @contextmanager
    def task(self, title: str, total: int | None = None) -> Generator[Task]:
        began = time.monotonic()
        self.current = title
        yield _TimedTask()
        self.current = ""
        self.seconds[title] = self.seconds.get(title, 0.0) + time.monotonic() - began
        self.totals[title] = self.totals.get(title, 0) + (total or 0)


def load(fields: dict[str, str], folder: Path) -> dict[str, Any]:
    calls: list[Call] = []
    slept: list[float] = []
    clock = SystemClock()
    progress = _TimedProgress()

    def sleep(seconds: float) -> None:
        if progress.current != _ONE_BY_ONE:
            slept.append(seconds)
        time.sleep(seconds)

    access = Access(SHOP, fields, clock, observe=calls.append, sleep=sleep)
    warehouse = open_warehouse("duckdb", home=folder, memory_mb=1024, url=None)
    began = time.monotonic()
    outcome = ingest(
        warehouse, open_connector("shopify", access), SHOP, "bench", clock, progress, folder / "dlt"
    )
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    warehouse.close()
    rows = sum(outcome.rows.values())
    asked = progress.totals.get(_ONE_BY_ONE, 0)
    return {
        "orders": outcome.rows["shopify_orders"],
        "rows": rows,
        "from_files": rows - asked,
        "seconds": seconds,
        "waited": sum(slept),
        "one_by_one": progress.seconds.get(_ONE_BY_ONE, 0.0),
        "asked": asked,
        "calls": len(calls),
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
        "tasks": progress.seconds,
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(load(json.loads(sys.argv[1]), Path(sys.argv[2]))))
