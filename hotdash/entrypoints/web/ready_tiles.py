"""Tiles, days and what stands beside them, as pages and API answer: from the cache while nothing behind has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from hotdash.base.clock import iso_utc, local_day
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.telemetry import Telemetry
from hotdash.entrypoints.web.tile_cache import Key, Ready, TileCache, made_ready
from hotdash.insights.metrics.period import Period
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.tiles.catalog import definition_of
from hotdash.insights.tiles.chart import MetricDays, load_metric_days
from hotdash.insights.tiles.contract import Tile, point_json
from hotdash.insights.tiles.definition import CACHE_FOR
from hotdash.insights.tiles.engine import load_tiles
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord, list_annotations
from hotdash.storage.appdb.repositories.anomalies import AnomalyRecord, unanswered
from hotdash.storage.appdb.repositories.recommendations import (
    RecommendationRecord,
    open_recommendations,
)

_UNUSUAL_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """By whom, of which shop in which edition, over which days."""

    user_id: UUID
    shop_id: str
    edition: str
    period: Period

    def key(self, what: str) -> Key:
        return what, self.shop_id, self.period.range, self.period.compare, self.edition


@dataclass(frozen=True, slots=True)
class Beside:
    """What happened on the days that are shown, what waits for an answer, the most urgent first, and
    alerts of the last days that nobody said anything about."""

    annotations: Sequence[AnnotationRecord]
    waiting: Sequence[RecommendationRecord]
    unusual: Sequence[AnomalyRecord] = ()


class ReadyTiles:
    def __init__(self, context: WebContext, telemetry: Telemetry) -> None:
        self._context = context
        self._telemetry = telemetry
        self._tiles = TileCache[Tile]()
        self._days = TileCache[MetricDays]()
        self._beside = TileCache[Beside]()

    def known(self, name: str, asked: Asked) -> Ready[Tile] | None:
        """Without asking anybody; None where the tile has to be computed."""
        ready = self._tiles.get(asked.key(name), self._context.clock.now())
        if ready is not None:
            self._telemetry.tile_answered(name, from_cache=True)
        return ready

    def tiles(self, names: Sequence[str], asked: Asked) -> list[Ready[Tile]]:
        """Those that are not ready are computed in one snapshot."""
        now = self._context.clock.now()
        ready = {name: self._tiles.get(asked.key(name), now) for name in names}
        for name, found in ready.items():
            self._telemetry.tile_answered(name, from_cache=found is not None)
        missing = [name for name, found in ready.items() if found is None]
        ready |= dict(zip(missing, self._computed(missing, asked, now), strict=True))
        return [found for found in ready.values() if found is not None]

    def tile(self, name: str, asked: Asked) -> Ready[Tile]:
        (ready,) = self.tiles([name], asked)
        return ready

    def days(self, metric: str, asked: Asked) -> Ready[MetricDays]:
        now, key = self._context.clock.now(), asked.key(metric)
        ready = self._days.get(key, now)
        self._telemetry.tile_answered(f"{metric}-days", from_cache=ready is not None)
        if ready is None:
            with self._context.database.as_user(asked.user_id) as session:
                found = load_metric_days(
                    Snapshot(session), metric, asked.shop_id, asked.period, now
                )
            ends = _day_ends(found.timezone, now)
            ready = made_ready(found, _days_body(found), min(ends, now + CACHE_FOR))
            self._days.put(key, ready)
        return ready

    def beside(self, asked: Asked, most: int) -> Beside:
        now, key = self._context.clock.now(), asked.key(f"beside {most}")
        ready = self._beside.get(key, now)
        if ready is None:
            with self._context.database.as_user(asked.user_id) as session:
                found = Beside(
                    list_annotations(session, asked.shop_id),
                    open_recommendations(session, asked.shop_id, most),
                    unanswered(session, asked.shop_id, now.date() - _UNUSUAL_FOR, most),
                )
            ready = made_ready(found, b"", now + CACHE_FOR)
            self._beside.put(key, ready)
        return ready.value

    def _computed(self, names: Sequence[str], asked: Asked, now: datetime) -> list[Ready[Tile]]:
        if not names:
            return []
        with self._context.database.as_user(asked.user_id) as session:
            tiles = load_tiles(
                *(session, names, asked.shop_id, asked.period, now),
                orders_fresh_within=self._context.orders_fresh_within,
                gauges=self._telemetry.gauges(),
            )
        ready = [
            made_ready(tile, orjson.dumps(tile.as_json()), good_until(tile, now)) for tile in tiles
        ]
        for name, each in zip(names, ready, strict=True):
            self._tiles.put(asked.key(name), each)
        return ready


def good_until(tile: Tile, now: datetime) -> datetime:
    """Time alone changes a tile when its data grows stale and when the shop's day ends."""
    cached = now + definition_of(tile.tile).cache_for
    changes = [_day_ends(tile.timezone, now), *tile.grows_old_at]
    return min([cached, *(at for at in changes if at > now)])


def _day_ends(timezone: str, now: datetime) -> datetime:
    return datetime.combine(
        local_day(now, timezone) + timedelta(days=1), time(), ZoneInfo(timezone)
    )


def _days_body(days: MetricDays) -> bytes:
    metric = days.metric
    answer: dict[str, Any] = {
        "metric": {"name": metric.name, "title": metric.title, "version": metric.version},
        "unit": days.unit,
        "currency": days.currency,
        "timezone": days.timezone,
        "as_of": {source: iso_utc(at) for source, at in days.as_of.items()},
        "build": str(days.build) if days.build else None,
        "days": [point_json(point) for point in days.points],
    }
    return orjson.dumps(answer)
