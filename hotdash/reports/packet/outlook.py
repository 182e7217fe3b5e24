"""Next week's revenue by its weekdays' own past, and what may spoil it."""

from collections.abc import Sequence
from decimal import Decimal

from hotdash.insights.metrics.period import Window
from hotdash.reports.packet import words
from hotdash.reports.packet.asking import COMPARED_WITH_NOTHING, Asking, blocked_because
from hotdash.reports.packet.contract import (
    Anomaly,
    DayEstimate,
    Forecast,
    Health,
    Level,
    Sentence,
    Trend,
)
from hotdash.reports.packet.estimate import METHOD, WEEKS_OF_ONE, WEEKS_READ, estimate
from hotdash.reports.packet.trends import REVENUE

QUERY = "forecast"
STOCK_METRICS = ("items_running_out",)


def forecast(asking: Asking) -> Forecast:
    week = asking.week
    window = Window(week.before(WEEKS_READ - 1).monday, week.sunday)
    url = asking.explore([REVENUE], by=["day"], compare=COMPARED_WITH_NOTHING)
    with asking.recorder.recording(QUERY, f"Revenue by day of {WEEKS_READ} weeks", url):
        answer = asking.answer([REVENUE], window, by=["day"], base=None)
    blocked = blocked_because(dict(answer.shops[0].blocked))
    known = {row.days.first: row.cells[REVENUE].value for row in answer.rows}
    found = None if blocked else estimate(known, week, words.least(asking.currency))
    why = blocked or f"It needs {WEEKS_OF_ONE} whole weeks; the shop has fewer."
    low = high = None
    if found is not None and found.error is not None:
        low, high = found.value - found.error, found.value + found.error
    return Forecast(
        metric=REVENUE,
        unit=asking.currency,
        first=week.next.monday,
        last=week.next.sunday,
        value=found.value if found else None,
        low=low,
        high=high,
        days=tuple(DayEstimate(day, value) for day, value in found.days.items()) if found else (),
        tried_on=found.tried_on if found else 0,
        method=METHOD,
        query=QUERY,
        why=None if found else why,
    )


def risks(
    asking: Asking,
    expected: Forecast,
    trends: Sequence[Trend],
    anomalies: Sequence[Anomaly],
    health: Health,
) -> tuple[Sentence, ...]:
    found = [*_of_stock(asking), *_of_estimate(expected, trends)]
    for each in trends:
        if each.metric in ("sla_breach_rate", "shipped_on_time_rate") and each.level is Level.ACT:
            assert each.value is not None
            told = words.told(each.value, each.unit)
            found.append(
                Sentence(f"{each.title} stands at {told}: customers feel it next week.", each.query)
            )
    late = [each.title for each in health.sources if each.note != "the whole week"]
    if late:
        told = f"Not read to the end of the week: {', '.join(late)}; figures may still move."
        found.append(Sentence(told, health.query))
    still = [each for each in anomalies if each.context.endswith("Still open.")]
    if still:
        named = ", ".join(each.title for each in still[:3])
        found.append(Sentence(f"Still open on Monday: {named}.", still[0].query))
    return tuple(found)


def _of_stock(asking: Asking) -> list[Sentence]:
    url = asking.explore(list(STOCK_METRICS))
    with asking.recorder.recording("stock", "Items that run out", url) as query:
        answer = asking.answer(STOCK_METRICS, asking.week.window, base=None)
    value = answer.only(STOCK_METRICS[0]).value
    if not value or answer.shops[0].blocked:
        return []
    items = "1 item runs" if value == 1 else f"{int(value):,} items run"
    return [Sentence(f"{items} out of stock before a new delivery could come.", query)]


def _of_estimate(expected: Forecast, trends: Sequence[Trend]) -> list[Sentence]:
    revenue = next((each for each in trends if each.metric == REVENUE), None)
    if expected.value is None or expected.high is None or revenue is None or not revenue.value:
        return []
    unit = expected.unit
    if expected.high < revenue.value:
        told = f"Even the upper end of next week's range ({words.told(expected.high, unit)}) is below this week's revenue."
        return [Sentence(told, expected.query)]
    width = (expected.high - expected.value) / expected.value if expected.value > 0 else Decimal(0)
    if width > Decimal("0.35"):
        told = f"Weeks differ much here: the estimate was off by up to {words.percent(width).removeprefix('+')}."
        return [Sentence(told, expected.query)]
    return []
