"""Bulk operations: accepted or refused, written in the background, handed out under a signed url."""

import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.shopify.projection import BulkPlan
from hotdash.simulators.shopify.shop import SimulatedShop
from hotdash.simulators.shopify.values import gid

MOST_AT_ONCE = 5
_ROOTS_PER_WRITE = 500


@dataclass
class BulkRun:
    number: int
    query: str
    file: Path
    created_at: str
    status: str = "CREATED"
    completed_at: str | None = None
    objects: int = 0
    roots: int = 0
    url: str | None = None
    error_code: str | None = None

    @property
    def id(self) -> str:
        return gid("BulkOperation", self.number)

    @property
    def is_over(self) -> bool:
        return self.status in ("COMPLETED", "FAILED", "CANCELED", "EXPIRED")

    def told(self) -> dict[str, Any]:
        done = self.status == "COMPLETED"
        return {
            "id": self.id,
            "status": self.status,
            "type": "QUERY",
            "errorCode": self.error_code,
            "createdAt": self.created_at,
            "completedAt": self.completed_at,
            "objectCount": str(self.objects),
            "rootObjectCount": str(self.roots),
            "fileSize": str(self.file.stat().st_size) if done else None,
            "url": self.url,
            "partialDataUrl": None,
            "query": self.query,
        }


class BulkRuns:
    """The bulk operations of one shop. Urls are signed anew at each look, and the last one is good."""

    def __init__(self, shop: SimulatedShop, folder: Path, clock: SimulatedClock) -> None:
        self._shop = shop
        self._folder = folder
        self._clock = clock
        self._numbers = count(900_000_001)
        self._runs: dict[int, BulkRun] = {}
        self._signatures: dict[str, BulkRun] = {}
        self._may_run = threading.Event()
        self._may_run.set()

    @property
    def running(self) -> list[BulkRun]:
        return [run for run in self._runs.values() if not run.is_over]

    def start(self, query: str, plan: BulkPlan, *, grouped: bool, may_read: bool) -> dict[str, Any]:
        """What is told of a new operation: nothing of it is written yet."""
        number = next(self._numbers)
        file = self._folder / f"{self._shop.shop.shop_id}-{number}.jsonl"
        run = BulkRun(number, query, file, _written(self._clock))
        self._runs[number] = run
        created = run.told()
        arguments = (run, plan, grouped, may_read)
        threading.Thread(target=self._write, args=arguments, daemon=True).start()
        return created

    def find(self, number: int, file_url: Callable[[str], str]) -> BulkRun | None:
        run = self._runs.get(number)
        if run is not None and run.status == "COMPLETED" and run.objects:
            signature = secrets.token_urlsafe(16)
            self._signatures[signature] = run
            run.url = file_url(signature)
        return run

    def file_of(self, signature: str) -> Path | None:
        run = self._signatures.get(signature)
        return None if run is None else run.file

    def hold(self, held: bool) -> None:
        (self._may_run.clear if held else self._may_run.set)()

    def reset(self) -> None:
        """What runs is let run out; it belongs to nobody any more."""
        self.hold(False)
        self._runs = {}
        self._signatures = {}

    def expire_urls(self) -> None:
        self._signatures.clear()

    def _write(self, run: BulkRun, plan: BulkPlan, grouped: bool, may_read: bool) -> None:
        self._may_run.wait()
        if not may_read:
            run.status, run.error_code = "FAILED", "ACCESS_DENIED"
            return
        run.status = "RUNNING"
        try:
            self._write_file(run, plan, grouped)
        except Exception:
            run.status, run.error_code = "FAILED", "INTERNAL_SERVER_ERROR"
            raise
        run.completed_at = _written(self._clock)
        run.status = "COMPLETED"

    def _write_file(self, run: BulkRun, plan: BulkPlan, grouped: bool) -> None:
        roots = iter(self._shop.select(plan.root_field, plan.arguments))
        with run.file.open("wb") as file:
            while batch := list(islice(roots, _ROOTS_PER_WRITE)):
                lines = list(_rows(plan, batch, grouped))
                file.write(b"\n".join(lines) + b"\n")
                run.objects += len(lines)
                run.roots += len(batch)


def _rows(plan: BulkPlan, roots: list[Any], grouped: bool) -> Iterator[bytes]:
    if grouped:
        for root in roots:
            yield from plan.rows.lines(root)
        return
    nested: list[bytes] = []
    for root in roots:
        first, *others = plan.rows.lines(root)
        yield first
        nested += others
    yield from nested


def _written(clock: SimulatedClock) -> str:
    return clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
