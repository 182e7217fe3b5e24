"""An anomaly in sentences: what, how much against what was expected, and what drives it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hotdash.base.money import in_words
from hotdash.insights.anomalies.judge import Limits
from hotdash.insights.anomalies.replay import FALSE_ALERTS_A_WEEK, WATCHED_KPIS, Tuned
from hotdash.insights.metrics.definition import Unit
from hotdash.insights.tiles import wording

WEEK = "week"
_SMALL = 10
_MANY_TIMES = 3
_PLAIN = frozenset(Unit) - {Unit.MONEY}


def told(value: Decimal, unit: str) -> str:
    if unit not in _PLAIN:
        return in_words(value, unit)
    if unit not in (Unit.ORDERS, Unit.UNITS, Unit.COUNT):
        return wording.amount(value, unit)
    if abs(value) < _SMALL and value != value.to_integral_value():
        return f"{value.quantize(Decimal('0.1')):f}"
    return wording.amount(value.quantize(Decimal(1)), unit)


def name_of(title: str, part: str | None) -> str:
    return f"{title} of {part}" if part else title


def headline(
    title: str, part: str | None, value: Decimal, expected: Decimal, unit: str, when: str
) -> str:
    """Revenue: $120 on 12 Nov 2026, 85% less than expected ($800)."""
    way = "more" if value > expected else "less"
    if expected > 0 and value >= _MANY_TIMES * expected:
        much = f"{(value / expected).quantize(Decimal('0.1')):f} times what was expected"
    elif expected > 0:
        share = (abs(value - expected) / expected * 100).quantize(Decimal(1))
        much = f"{share}% {way} than expected"
    else:
        much = f"{way} than expected"
    return f"{name_of(title, part)}: {told(value, unit)} {when}, {much} ({told(expected, unit)})."


def when(day: date, hour: int | None, grain: str) -> str:
    if grain == WEEK:
        return f"in the week to {wording.day(day)}"
    between = "" if hour is None else f" between {hour}:00 and {hour + 1}:00"
    return f"on {wording.day(day)}{between}"


def driver_sentence(driver: Mapping[str, Any] | None, unit: str) -> str | None:
    """By the part that stands out; that all changed alike is an answer too."""
    if driver is None:
        return None
    dimension, unit = str(driver["dimension"]), driver.get("unit") or unit
    if driver["named"] is None:
        return f"No single {dimension} stands out: they changed alike."
    part = next(each for each in driver["parts"] if each["name"] == driver["named"])
    change = Decimal(part["change"])
    sign = "+" if change > 0 else "−"
    return f"It comes from {dimension} {part['name']}: {sign}{told(abs(change), unit)}."


def tuned_because(tuned: Tuned, asked: Limits) -> str:
    return (
        f"Alerts from {tuned.limits.alert:.1f} standard deviations on, and not from {asked.alert:.1f}: "
        f"in the {tuned.weeks:.0f} weeks before it would have rung {tuned.alerts} times, where its share "
        f"of {FALSE_ALERTS_A_WEEK:.0f} a week over {WATCHED_KPIS} figures is {tuned.allowed}."
    )
