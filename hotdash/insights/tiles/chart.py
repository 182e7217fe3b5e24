"""A metric by day as charts draw it: the four that Today switches between, and the headlines of tiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hotdash.base.errors import NotFoundError
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.period import Period
from hotdash.insights.metrics.publication import REVENUE, Windows
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles.catalog import TILES
from hotdash.insights.tiles.contract import SeriesPoint
from hotdash.insights.tiles.values import load_days, unit_of, windows_of

SWITCHED = ("revenue", "aov", "roas", "cac")
CHARTED = tuple(dict.fromkeys((*SWITCHED, *(tile.metric for tile in TILES.values()))))


@dataclass(frozen=True, slots=True)
class MetricDays:
    metric: Metric
    unit: str
    currency: str
    timezone: str
    as_of: Mapping[str, datetime]
    build: UUID | None
    windows: Windows
    points: Sequence[SeriesPoint]


def load_metric_days(
    snapshot: Snapshot, name: str, shop_id: str, period: Period, now: datetime
) -> MetricDays:
    if name not in CHARTED:
        raise NotFoundError(
            f"There is no chart of {name[:40]!r}.",
            hint=f"Use one of {', '.join(CHARTED)}, or ask /api/v1/metrics/query.",
            field="metric",
        )
    metric = registry().get(name)
    mart = metric.mart or REVENUE
    published = snapshot.publications([shop_id], [mart])[shop_id, mart]
    tile = next((tile for tile in TILES.values() if tile.metric == name), None)
    windows = windows_of(tile, published, period, now) if tile else published.windows(period, now)
    return MetricDays(
        metric,
        unit_of(metric, published.currency),
        published.currency,
        published.timezone,
        published.as_of,
        published.build,
        windows,
        load_days(snapshot, name, published, windows, now),
    )
