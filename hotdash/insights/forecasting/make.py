"""Everything that is foretold of a shop, from one snapshot of what is published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from hotdash.insights.forecasting.arrival import arrival
from hotdash.insights.forecasting.documents import (
    Known,
    demand_document,
    growth_document,
    periods_of,
    series_document,
)
from hotdash.insights.forecasting.plan import plan_stock
from hotdash.insights.forecasting.series import forecast_series
from hotdash.insights.forecasting.subjects import DEMAND, GROWTH, REVENUE, SERIES
from hotdash.insights.metrics.period import Period, Range, Window
from hotdash.insights.metrics.publication import Windows, load_published
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import MetricName, Question
from hotdash.insights.operations.growth import load_growth
from hotdash.storage.appdb.repositories.forecasts import ForecastRecord, StockPlanRecord

DAYS_READ = 756
"""Twenty-seven periods of 28 days: two years, so that growth is told from season."""
INVENTORY_DAYS = "fct_inventory_days"
SEED = 20
"""The same publication gives the same forecast."""


@dataclass(frozen=True, slots=True)
class Made:
    forecasts: list[ForecastRecord] = field(default_factory=list[ForecastRecord])
    plan: tuple[StockPlanRecord, ...] = ()


def make_forecasts(
    session: Session, shop_id: str, as_of: datetime, made_at: datetime, *, with_stock: bool = True
) -> Made:
    """`as_of` bounds what is known; what a shop has not published is left out."""
    manifest = load_published(session, shop_id).manifest
    told: list[tuple[str, date, dict[str, Any]]] = []
    for subject, title in SERIES.items():
        known = _known(session, shop_id, subject, title, as_of)
        if known is None:
            continue
        found = forecast_series(known.values, days_to_monday=known.days_to_monday)
        told.append((subject, known.last, series_document(known, found)))
        if subject == REVENUE:
            told.extend(_growth(session, shop_id, known))
    last = _last_stock_day(session, shop_id, as_of) if with_stock else None
    planned = plan_stock(session, shop_id, last, made_at) if last else None
    if planned is not None and last is not None:
        told.append((DEMAND, last, demand_document(planned.found, planned.ranges, last)))
    records = [_record(shop_id, *each, made_at, manifest) for each in told]
    return Made(records, tuple(planned.records) if planned else ())


def _record(
    shop_id: str,
    subject: str,
    known_to: date,
    document: Mapping[str, Any],
    made_at: datetime,
    manifest: UUID | None,
) -> ForecastRecord:
    return ForecastRecord(shop_id, subject, known_to, made_at, manifest, document)


def _known(
    session: Session, shop_id: str, subject: str, title: str, as_of: datetime
) -> Known | None:
    """From its first day with anything to its last complete one; None where nothing is published of it."""
    name = (MetricName(subject),)
    newest = query(
        session, Question((shop_id,), name, ("day",), Period(Range.DAYS_7)), as_of
    ).shops[0]
    last = newest.window.last
    window = Window(last - timedelta(days=DAYS_READ - 1), last)
    asked = Question((shop_id,), name, ("day",), window=window)
    answer = query(session, asked, as_of, windows=Windows(window, None))
    cells = {row.days.first: row.cells[subject].value for row in answer.rows}
    values = np.array(
        [np.nan if cells.get(day) is None else float(cells[day] or 0) for day in window.days()]
    )
    begun = np.flatnonzero(np.isfinite(values) & (values != 0))
    if len(begun) == 0:
        return None
    currency = newest.currency if subject == REVENUE else None
    return Known(subject, title, currency, last, values[begun[0] :])


def _growth(
    session: Session, shop_id: str, revenue: Known
) -> Iterator[tuple[str, date, dict[str, Any]]]:
    growth = load_growth(session, shop_id, revenue.last)
    if growth is None:
        return
    standing = growth.standing
    found = arrival(
        *(periods_of(revenue.values), revenue.last, float(standing.target), SEED),
        is_reached=standing.is_reached,
    )
    document = growth_document(
        found, standing.target, standing.revenue_12m, standing.currency, revenue.last
    )
    yield GROWTH, revenue.last, document


def _last_stock_day(session: Session, shop_id: str, as_of: datetime) -> date | None:
    published = load_published(session, shop_id, INVENTORY_DAYS)
    last = published.last_complete
    if last is None:
        return None
    return min(last, as_of.date())
