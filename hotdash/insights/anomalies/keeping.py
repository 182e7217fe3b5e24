"""A finding as a row and where it is kept, and a row as a sentence."""

from collections.abc import Iterable

from hotdash.insights.anomalies import wording
from hotdash.insights.anomalies.finding import Finding
from hotdash.insights.anomalies.judge import Seen
from hotdash.insights.anomalies.series import Grain, Series, day_of, moment_of
from hotdash.storage.appdb.repositories.anomalies import (
    WHOLE_DAY,
    AnomalyRecord,
    NewAnomaly,
    Place,
)


def places_of(series: Series, judged: Iterable[Seen]) -> frozenset[Place]:
    return frozenset(_place_of(series, each.step) for each in judged)


def _place_of(series: Series, step: int) -> Place:
    hour = moment_of(step, series.grain).hour if series.grain is Grain.HOUR else WHOLE_DAY
    return Place(series.name, series.grain.value, day_of(step, series.grain), hour)


def row_of(finding: Finding) -> NewAnomaly:
    return NewAnomaly(
        shop_id=finding.shop_id,
        key=finding.key,
        metric=finding.metric,
        title=finding.title,
        dimension=finding.dimension,
        part_name=finding.part,
        grain=finding.grain,
        day=finding.day,
        hour=WHOLE_DAY if finding.hour is None else finding.hour,
        level=finding.level.value,
        is_new=finding.is_new,
        is_better=finding.is_better,
        value=finding.value,
        expected=finding.expected,
        low=finding.low,
        high=finding.high,
        unit=finding.unit,
        z=finding.z,
        method=finding.method.value,
        judged_by=finding.judged_by,
        money=finding.money,
        currency=finding.currency,
        context=finding.context.as_json(),
    )


def headline_of(record: AnomalyRecord) -> str:
    about = record.about
    return wording.headline(
        about.title,
        about.part_name,
        about.value,
        about.expected,
        about.unit,
        wording.when(about.day, record.hour, about.grain),
    )


def driver_of(record: AnomalyRecord) -> str | None:
    return wording.driver_sentence(record.about.context.get("driver"), record.about.unit)
