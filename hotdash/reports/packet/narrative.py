"""Sentences made from the numbers by rules: the same numbers, the same words."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from hotdash.reports.packet import words
from hotdash.reports.packet.contract import (
    Anomaly,
    Breakdown,
    Decisions,
    Forecast,
    Level,
    Sentence,
    Trend,
)

_TOLD_SPLITS = ("channel", "product", "segment")


def headline(
    week: str,
    first: date,
    last: date,
    trends: Sequence[Trend],
    changes: Sequence[Breakdown],
    anomalies: Sequence[Anomaly],
    decisions: Decisions,
    forecast: Forecast,
) -> tuple[Sentence, ...]:
    return (
        *_revenue(week, first, last, trends),
        *_orders_and_value(changes),
        *_largest(changes),
        *_findings(anomalies),
        _decided(decisions),
        _expected(forecast),
    )


def _revenue(week: str, first: date, last: date, trends: Sequence[Trend]) -> Iterator[Sentence]:
    each = trends[0]
    when = f"week {week[-2:].lstrip('0')} ({words.span(first, last)})"
    if each.value is None:
        why = each.why or "Nothing is known of it."
        yield Sentence(f"{each.title} of {when} cannot be told. {_ended(why)}", each.query)
        return
    told = f"{each.title} was {words.exact(each.value, each.unit)} in {when}"
    if each.share is not None:
        told += f", {words.moved(each.share)} than the week before"
        told = told.replace("the same than", "the same as")
    elif each.previous is None:
        told += "; there is no week before to compare with"
    if each.share_of_year is not None:
        beside = f"{words.moved(each.share_of_year)} than in the same week last year"
        told += f" and {beside}".replace("the same than", "the same as")
    yield Sentence(f"{told}.", each.query)


def _orders_and_value(changes: Sequence[Breakdown]) -> Iterator[Sentence]:
    each = next((each for each in changes if each.name == "orders-and-value"), None)
    if each is None or not each.change or len(each.drivers) < 2:
        return
    told = [_effect(driver.name, driver.change, each.unit) for driver in each.drivers[:2]]
    yield Sentence(f"{told[0][:1].upper()}{told[0][1:]}, {told[1]}.", each.query)


def _effect(name: str, change: Decimal, unit: str) -> str:
    what = {"Number of orders": "orders", "Order value (AOV)": "order value"}.get(name, name)
    if not change:
        return f"{what} changed nothing"
    verb = "added" if change > 0 else "took away"
    kind = (
        ("more" if change > 0 else "fewer")
        if what == "orders"
        else ("higher" if change > 0 else "lower")
    )
    return f"{kind} {what} {verb} {words.exact(abs(change), unit)}"


def _largest(changes: Sequence[Breakdown]) -> Iterator[Sentence]:
    for each in changes:
        if each.name not in _TOLD_SPLITS or not each.drivers or not each.change:
            continue
        top = max(each.drivers, key=lambda driver: abs(driver.change))
        if top.change and top.is_rest:
            told = f"By {each.name}, most of the change belongs to none that is known: {words.changed(top.change, each.unit)}."
            yield Sentence(told, each.query)
        elif top.change:
            told = f"By {each.name}, {top.name} moved revenue most: {words.changed(top.change, each.unit)}."
            yield Sentence(told, each.query)


def _findings(anomalies: Sequence[Anomaly]) -> Iterator[Sentence]:
    serious = [each for each in anomalies if each.level is Level.ACT]
    watched = [each for each in anomalies if each.level is Level.WATCH]
    if not serious and not watched:
        return
    first = (serious or watched)[0]
    parts = [
        f"{len(each)} {'thing needs' if len(each) == 1 else 'things need'} {what}"
        for each, what in ((serious, "action"), (watched, "a look"))
        if each
    ]
    told = f"{', '.join(parts)}; first: {first.title}."
    yield Sentence(told, first.query)


def _decided(decisions: Decisions) -> Sentence:
    if not decisions.total:
        return Sentence("Nothing was decided in Hotdash this week.", decisions.query)
    made = "1 decision was" if decisions.total == 1 else f"{decisions.total} decisions were"
    known = sum(each.outcome is not None for each in decisions.made) + len(decisions.measured)
    came = f"; of {known} it is known what came of it" if known else ""
    return Sentence(f"{made} made{came}.", decisions.query)


def _expected(forecast: Forecast) -> Sentence:
    if forecast.value is None:
        return Sentence(f"Next week is not estimated. {_ended(forecast.why or '')}", forecast.query)
    told = f"Next week is expected at {words.told(forecast.value, forecast.unit)}"
    if forecast.low is not None and forecast.high is not None:
        low, high = (words.told(each, forecast.unit) for each in (forecast.low, forecast.high))
        told += f", between {low} and {high}"
    return Sentence(f"{told}.", forecast.query)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
