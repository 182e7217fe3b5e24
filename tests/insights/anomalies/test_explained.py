"""What somebody explained leaves the comparison of its own series, and of no other."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from hotdash.insights.anomalies.judge import see
from hotdash.insights.anomalies.reading import ShopReading, read_shop
from hotdash.insights.anomalies.series import Series, day_step
from hotdash.insights.anomalies.states import State
from hotdash.insights.anomalies.wording import WEEK
from hotdash.storage.appdb.repositories.anomalies import (
    AnomalyEventRecord,
    NewAnomaly,
    add_anomaly_event,
    keep_anomalies,
)
from tests.fixtures.fallen_day import FALLEN, fallen, publish
from tests.fixtures.kept_anomalies import kept_anomaly
from tests.fixtures.storefront import ROD, Storefront

WEEKDAYS = [FALLEN - timedelta(weeks=weeks) for weeks in (1, 2, 3, 4, 5)]
"""Five of the eight by which the fallen day is judged."""
PART = "revenue/category/Gauges"


@pytest.fixture
def published(storefront: Storefront) -> Storefront:
    publish(storefront, fallen())
    return storefront


def explain(storefront: Storefront, found: Sequence[NewAnomaly]) -> ShopReading:
    now = storefront.clock.now()
    with storefront.database.jobs() as session:
        for anomaly_id in keep_anomalies(session, found, now):
            add_anomaly_event(
                session, AnomalyEventRecord(ROD, anomaly_id, now, "ana", State.EXPLAINED)
            )
    with storefront.database.snapshot() as session:
        reading = read_shop(session, ROD, now)
    assert reading is not None
    return reading


def series(reading: ShopReading, metric: str, name: str | None = None) -> Series:
    return reading.series(metric, reading.days[metric], name)


def labelled(series: Series) -> set[date]:
    return {date.fromordinal(each) for each in range(day_step(FALLEN)) if each in series.labelled}


def test_parts_weeks_and_returns_leave_the_whole_its_days(published: Storefront) -> None:
    found = [
        each
        for day in WEEKDAYS
        for each in (
            kept_anomaly(PART, day),
            kept_anomaly("orders/page/racing", day, grain=WEEK),
            kept_anomaly("units/orders", day),
        )
    ]

    reading = explain(published, found)

    for metric in ("revenue", "orders", "units"):
        assert labelled(series(reading, metric)) == set()
        seen = see(series(reading, metric), day_step(FALLEN))
        assert seen is not None
        assert seen.z < -4
    assert labelled(series(reading, "revenue", PART)) == set(WEEKDAYS)


def test_a_whole_leaves_its_own_comparison_alone(published: Storefront) -> None:
    reading = explain(published, [kept_anomaly("revenue", WEEKDAYS[0])])

    assert labelled(series(reading, "revenue")) == {WEEKDAYS[0]}
    assert labelled(series(reading, "orders")) == set()
    assert labelled(series(reading, "revenue", PART)) == set()
    assert reading.explained_steps("revenue") == {day_step(WEEKDAYS[0])}
