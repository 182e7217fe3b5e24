"""The week's figures beside the week before, the same week last year, and eight weeks of their own."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from hotdash.insights.metrics.definition import Metric, Threshold, Unit
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.answer import Answer, AnsweredMetric, Cell, rounded
from hotdash.reports.packet import words
from hotdash.reports.packet.asking import COMPARED_WITH_NOTHING, Asking, blocked_because
from hotdash.reports.packet.contract import DayBar, Level, Point, Trend
from hotdash.reports.packet.weeks import Week

METRICS = (
    *("revenue", "orders", "aov", "new_customers", "refund_rate", "contribution_margin"),
    *("sessions", "conversion", "ad_spend", "roas", "cac"),
    *("first_reply_time", "sla_breach_rate", "csat", "shipped_on_time_rate"),
)
REVENUE = "revenue"
WEEKS_SHOWN = 8
QUERY = "figures"
DAYS_QUERY = "days"


def trends(asking: Asking) -> tuple[Trend, ...]:
    week = asking.week
    with asking.recorder.recording(
        QUERY,
        "The week's figures, the week before, the same week last year, and eight weeks",
        asking.explore([REVENUE]),
    ):
        now = asking.answer(METRICS, week.window, base=week.before(1).window)
        year = asking.answer(METRICS, week.window, base=week.a_year_before.window)
        first = week.before(WEEKS_SHOWN - 1).monday
        weeks = asking.answer(METRICS, Window(first, week.sunday), by=["week"], base=None)
    return tuple(
        _trend(asking, each, now, year.only(each.asked), _history(each, weeks, asking))
        for each in now.metrics
    )


def days(asking: Asking) -> tuple[DayBar, ...]:
    """Revenue by day, beside the same weekdays of the two other weeks."""
    week = asking.week
    url = asking.explore([REVENUE], by=["day"], compare=COMPARED_WITH_NOTHING)
    with asking.recorder.recording(DAYS_QUERY, "Revenue by day of the three weeks", url):
        found = [_by_day(asking, each) for each in (week, week.before(1), week.a_year_before)]
    now, previous, year = found
    return tuple(
        DayBar(
            day,
            now.get(day),
            previous.get(week.before(1).monday + (day - week.monday)),
            year.get(week.a_year_before.monday + (day - week.monday)),
        )
        for day in week.window.days()
    )


def _by_day(asking: Asking, week: Week) -> Mapping[date, Decimal | None]:
    answer = asking.answer([REVENUE], week.window, by=["day"], base=None)
    metric = answer.metrics[0].metric
    return {
        row.days.first: rounded(row.cells[REVENUE].value, metric, asking.currency)
        for row in answer.rows
    }


def unit_of(metric: Metric, currency: str) -> str:
    return currency if metric.unit is Unit.MONEY else metric.unit.value


def _trend(
    asking: Asking, each: AnsweredMetric, now: Answer, year: Cell, history: tuple[Point, ...]
) -> Trend:
    metric, cell = each.metric, now.only(each.asked)
    currency = asking.currency
    blocked = blocked_because(
        {mart: told for mart, told in now.shops[0].blocked.items() if mart in each.marts}
    )
    value, previous, before = (
        None if blocked else rounded(found, metric, currency)
        for found in (cell.value, cell.base, year.base)
    )
    return Trend(
        metric=metric.name,
        version=metric.version,
        title=metric.title,
        unit=unit_of(metric, currency),
        is_better_up=metric.direction == "up",
        value=value,
        previous=previous,
        year_before=before,
        why=blocked or words.reason(cell.why),
        why_no_previous=words.reason(cell.why_no_base),
        why_no_year=words.reason(year.why_no_base),
        is_provisional=now.only_row.provisional,
        level=None if blocked else level_of(metric, cell),
        history=() if blocked else history,
        query=asking.linked(
            f"figure-{metric.name}", f"{metric.title} of the week", asking.explore([metric.name])
        ),
        is_blocked=blocked is not None,
        share=None if blocked else cell.share,
        share_of_year=None if blocked else year.share,
    )


def level_of(metric: Metric, cell: Cell) -> Level | None:
    """By the thresholds that the metric's own definition states."""
    judged = [(metric.thresholds.change, cell.share)]
    if metric.thresholds.level is not None:
        judged.append((metric.thresholds.level, cell.value))
    levels = [
        _level(threshold, value, metric.direction == "up")
        for threshold, value in judged
        if value is not None
    ]
    return min((each for each in levels if each), key=list(Level).index, default=None)


def _level(threshold: Threshold, value: Decimal, is_better_up: bool) -> Level | None:
    for level, limit in ((Level.ACT, threshold.act), (Level.WATCH, threshold.watch)):
        if value <= limit if is_better_up else value >= limit:
            return level
    return None


def _history(each: AnsweredMetric, weeks: Answer, asking: Asking) -> tuple[Point, ...]:
    return tuple(_points(each, weeks, asking.currency))


def _points(each: AnsweredMetric, weeks: Answer, currency: str) -> Iterator[Point]:
    for row in weeks.rows:
        value = rounded(row.cells[each.asked].value, each.metric, currency)
        yield Point(str(row.key["week"]), value)
