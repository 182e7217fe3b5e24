"""Figures for Prometheus: counts and times by route, never by shop or person."""

import threading

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.types import Scope

from hotdash.entrypoints.work_overview import WorkOverview
from hotdash.insights.tiles.definition import Gauges
from hotdash.storage.appdb.repositories.jobs import FAILED

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Telemetry:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._gauges = Gauges()
        self._lock = threading.Lock()
        self._requests = Counter(
            "hotdash_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "hotdash_http_request_seconds",
            "Time to answer a request.",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._tile_answers = Counter(
            "hotdash_tile_answers",
            "Tile answers by where they came from: cache or database.",
            ("tile", "origin"),
            registry=self.registry,
        )

        self._workers = Gauge(
            "hotdash_workers_alive", "Workers heard of lately.", registry=self.registry
        )
        self._overdue = self._per_job("overdue", "Whether a job should have begun and has not.")
        self._failed = self._per_job("failed", "Whether a job failed the last time that it ended.")
        self._completed = self._per_job(
            "completed_timestamp_seconds", "When a job was last completed."
        )

    def _per_job(self, name: str, told: str) -> Gauge:
        return Gauge(f"hotdash_job_{name}", told, ("job",), registry=self.registry)

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        # A path nobody routes is one label, or a scanner would fill the memory with labels.
        route = getattr(scope.get("route"), "path", "unrouted")
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST"} else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def tile_answered(self, tile: str, *, from_cache: bool) -> None:
        self._tile_answers.labels(tile, "cache" if from_cache else "database").inc()
        with self._lock:
            ready = self._gauges.ready_tile_answers + int(from_cache)
            self._gauges = Gauges(self._gauges.tile_answers + 1, ready)

    def gauges(self) -> Gauges:
        return self._gauges

    def exposition(self, work: WorkOverview) -> bytes:
        self._workers.set(work.alive)
        for each in work.schedules:
            self._overdue.labels(each.name).set(each.name in work.overdue)
        for name, job in work.ended.items():
            self._failed.labels(name).set(job.status == FAILED)
        for name, at in work.completed_at.items():
            self._completed.labels(name).set(at.timestamp())
        return generate_latest(self.registry)
