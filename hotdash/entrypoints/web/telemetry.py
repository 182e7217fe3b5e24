"""Figures for Prometheus: counts and times by route, never by shop or person."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.types import Scope

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Telemetry:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        # A path nobody routes is one label, or a scanner would fill the memory with labels.
        route = getattr(scope.get("route"), "path", "unrouted")
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST"} else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def tile_answered(self, tile: str, *, from_cache: bool) -> None:
        self._tile_answers.labels(tile, "cache" if from_cache else "database").inc()

    def exposition(self) -> bytes:
        return generate_latest(self.registry)
