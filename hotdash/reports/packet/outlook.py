"""Next week's revenue as it was foretold, and what may spoil it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hotdash.insights.forecasting.subjects import REVENUE
from hotdash.insights.metrics.period import Window
from hotdash.insights.tiles import wording
from hotdash.reports.forecast import sentences
from hotdash.reports.packet import words
from hotdash.reports.packet.asking import Asking
from hotdash.reports.packet.contract import (
    Anomaly,
    DayEstimate,
    Forecast,
    Health,
    Level,
    Sentence,
    Trend,
)
from hotdash.storage.appdb.repositories.forecasts import ForecastRecord, latest_forecasts

QUERY = "forecast"
STOCK_METRICS = ("items_running_out",)


def forecast(asking: Asking, revenue: Trend) -> Forecast:
    """The newest word that knew no day after the week; what is held back by its checks is not foretold either."""
    url = asking.page("/forecast")
    with asking.recorder.recording(QUERY, "What is kept of forecasts", url):
        found = latest_forecasts(asking.session, asking.shop_id, asking.week.sunday)
    kept = found.get(REVENUE)
    if revenue.is_blocked:
        return _none(asking, revenue.why or "")
    if kept is None or kept.known_to < asking.week.monday or "days" not in kept.document:
        why = kept.document["why"] if kept and kept.known_to >= asking.week.monday else None
        return _none(asking, why or _made_by(asking.week.sunday))
    return _told(asking, kept)


def _none(asking: Asking, why: str) -> Forecast:
    week = asking.week.next
    return Forecast(
        *(REVENUE, asking.currency, week.monday, week.sunday, None, None, None, (), 0, ""),
        query=QUERY,
        why=why,
    )


def _made_by(sunday: date) -> str:
    return (
        "No forecast that was made in this week is kept. They are made each night; "
        f"hotdash forecast make --as-of {sunday} makes what would have been told then."
    )


def _told(asking: Asking, kept: ForecastRecord) -> Forecast:
    week, document = asking.week.next, _with_week(kept.document, asking.week.next.window)
    told = document["week"]
    low, high = (None if told[end] is None else Decimal(told[end]) for end in ("low", "high"))
    days = [(_day(each), each["value"]) for each in document["days"]]
    return Forecast(
        metric=REVENUE,
        unit=asking.currency,
        first=week.monday,
        last=week.sunday,
        value=Decimal(told["value"]),
        low=low,
        high=high,
        days=tuple(DayEstimate(day, Decimal(value)) for day, value in days if day in week.window),
        tried_on=document["windows"],
        method=f"{sentences.of_method(document)} {sentences.of_week(document)} "
        f"Known to {wording.day(kept.known_to)}.",
        query=QUERY,
    )


def _with_week(document: sentences.Document, week: Window) -> sentences.Document:
    """The version before kept its days and no whole week; of days alone no range can be made."""
    if "week" in document:
        return document
    values = (Decimal(each["value"]) for each in document["days"] if _day(each) in week)
    return {
        **document,
        "week": {"value": sum(values, Decimal(0)), "low": None, "high": None},
        "why_no_range": document["why_no_range"]
        or "An earlier version made it and kept no range of a whole week.",
    }


def _day(each: sentences.Document) -> date:
    return date.fromisoformat(each["day"])


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
        told = f"Weeks differ much here: next week's range reaches {words.percent(width).removeprefix('+')} above what is expected."
        return [Sentence(told, expected.query)]
    return []
