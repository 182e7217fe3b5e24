"""Both series of a pair day by day, as they are published, with the SQL that was sent for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Period, Range
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import MetricName, Question
from hotdash.insights.studies.catalog import Pair, Side, Study
from hotdash.insights.tiles.values import unit_of
from hotdash.reports.packet.contract import Query
from hotdash.reports.packet.recorder import Recorder
from hotdash.reports.studies.contract import Series, Standing, StudyDay

LONGEST = Period(Range.MONTHS_12)


@dataclass(frozen=True, slots=True)
class ReadSide:
    """why is the reason of the newest day, where no day has a value."""

    side: Side
    series: Series
    values: Mapping[date, Decimal]
    why: str


@dataclass(frozen=True, slots=True)
class ReadPair:
    first: ReadSide
    second: ReadSide
    days: tuple[StudyDay, ...]
    standing: Standing
    query: Query


def read_pair(session: Session, study: Study, shop_id: str, now: datetime) -> ReadPair:
    """Up to the last day that is complete in what is published of both: the clock has no say."""
    pair = study.pair
    assert pair is not None
    recorder = Recorder(session)
    names = tuple(MetricName(each.metric) for each in (pair.first, pair.second))
    asked = Question((shop_id,), names, ("day",), LONGEST)
    with recorder.recording(study.name, f"{study.title}, by day"):
        answer = query(session, asked, now)
    first, second = (_side(answer, each) for each in (pair.first, pair.second))
    shop = answer.shops[0]
    window = shop.window
    url = _explore(pair, shop_id, window.first, window.last)
    recorded = recorder.queries[study.name]
    return ReadPair(
        first,
        second,
        _days(first.values, second.values),
        Standing(
            *(shop_id, shop.timezone, shop.currency, shop.manifest),
            builds=dict(sorted(shop.builds.items())),
            as_of=dict(sorted(shop.as_of.items())),
            held=shop.held,
            blocked=shop.blocked,
        ),
        Query(recorded.name, recorded.title, url, recorded.statements),
    )


def _side(answer: Answer, side: Side) -> ReadSide:
    metric = next(each.metric for each in answer.metrics if each.asked == side.metric)
    cells = {row.days.first: row.cells[side.metric] for row in answer.rows}
    told = {day: cell.value for day, cell in cells.items() if cell.value is not None}
    window = answer.shops[0].window
    values = _judged(told, side, window.last)
    unit = unit_of(metric, answer.shops[0].currency)
    series = Series(
        *(metric.name, metric.version, metric.title, unit, len(values)),
        left_out=side.left_out,
    )
    newest = cells.get(window.last)
    return ReadSide(side, series, values, (newest.why if newest else None) or "")


def _judged(told: Mapping[date, Decimal], side: Side, last: date) -> dict[date, Decimal]:
    if not told:
        return {}
    since = min(told) + timedelta(days=side.first_days_left_out)
    until = last - timedelta(days=side.last_days_left_out)
    return {day: value for day, value in told.items() if since <= day <= until}


def _days(first: Mapping[date, Decimal], second: Mapping[date, Decimal]) -> tuple[StudyDay, ...]:
    """From the first to the last day that both know."""
    common: Sequence[date] = sorted(first.keys() & second.keys())
    if not common:
        return ()
    count = (common[-1] - common[0]).days + 1
    days = (common[0] + timedelta(days=offset) for offset in range(count))
    return tuple(StudyDay(day, first.get(day), second.get(day)) for day in days)


def _explore(pair: Pair, shop_id: str, first: date, last: date) -> str:
    asked = [
        *(("shop", shop_id), ("metric", pair.first.metric), ("metric", pair.second.metric)),
        *(("by", "day"), ("from", first.isoformat()), ("to", last.isoformat())),
        ("compare", "none"),
    ]
    return f"/explore?{urlencode(asked)}"
