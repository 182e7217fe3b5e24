"""An anomaly in sentences: what, how much against what was expected, and what drives it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hotdash.base.money import in_words
from hotdash.insights.anomalies.budget import FALSE_ALERTS_A_WEEK, Tuned
from hotdash.insights.anomalies.series import Grain
from hotdash.insights.metrics.definition import Unit
from hotdash.insights.tiles import wording

WEEK = "week"
_KEYS = frozenset({"first_time", "meta_ads", "google_ads"})
_SMALL = 10
_MANY_TIMES = 3
_FEW_WEEKS = 2
_PLAIN = frozenset(Unit) - {Unit.MONEY}
_COUNTED = (Unit.ORDERS, Unit.UNITS, Unit.COUNT)
NOT_NAMED = "(none)"
"""What has nothing of a dimension, as its part is called."""


def told(value: Decimal, unit: str) -> str:
    if unit not in _PLAIN:
        return in_words(value, unit)
    if unit not in _COUNTED:
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
    many = times(value, expected)
    if is_hardly_any(expected, unit) and value > expected:
        return f"{name_of(title, part)}: {told(value, unit)} {when}, where less than one is usual."
    if many is not None:
        much = f"{many} what was expected"
    elif expected > 0:
        share = (abs(value - expected) / expected * 100).quantize(Decimal(1))
        much = f"{share}% {way} than expected"
    else:
        much = f"{way} than expected"
    return f"{name_of(title, part)}: {told(value, unit)} {when}, {much} ({told(expected, unit)})."


def is_hardly_any(expected: Decimal, unit: str) -> bool:
    """Less than one of what is counted: a multiple of it says nothing."""
    return unit in _COUNTED and expected < 1


def times(value: Decimal, expected: Decimal) -> str | None:
    """None where it is not so many that a percentage would be hard to read."""
    if expected <= 0 or value < _MANY_TIMES * expected:
        return None
    return f"{(value / expected).quantize(Decimal('0.1')):,f} times"


def judged_by(grain: str, number: int) -> str:
    if grain == WEEK:
        return f"from the page's {number} weeks before"
    steps = "hours" if grain == Grain.HOUR else "days"
    return f"from the eight weeks before, of which {number:,} {steps} count"


def when(day: date, hour: int | None, grain: str) -> str:
    if grain == WEEK:
        return f"in the week to {wording.day(day)}"
    between = "" if hour is None else f" between {hour}:00 and {hour + 1}:00"
    return f"on {wording.day(day)}{between}"


def ago(days: int) -> str:
    if days <= 0:
        return "the same day"
    return "the day before" if days == 1 else f"{days} days before"


def listed(names: Sequence[str], most: int) -> str:
    """A, B and C; what is beyond the most is counted."""
    shown = [*names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def driver_sentence(driver: Mapping[str, Any] | None, unit: str) -> str | None:
    """By the part that stands out; that all changed alike is an answer too."""
    if driver is None:
        return None
    dimension, unit = str(driver["dimension"]), driver.get("unit") or unit
    if driver["named"] is None:
        return f"No single {dimension} stands out: all of them changed alike."
    part = next(each for each in driver["parts"] if each["name"] == driver["named"])
    change = Decimal(part["change"])
    sign = "+" if change > 0 else "−"
    return f"It comes from {_part(dimension, part['name'])}: {sign}{_changed(abs(change), unit)}."


def _part(dimension: str, name: str) -> str:
    return f"what has no {dimension}" if name == NOT_NAMED else f"{dimension} {_plain(name)}"


def _plain(name: str) -> str:
    """first_time is first time; the names that people gave stay as they are."""
    return name.replace("_", " ") if name in _KEYS else name


def _changed(size: Decimal, unit: str) -> str:
    """A part of a share adds points to it, and no percent of it."""
    return (
        f"{told(size, unit).removesuffix('%')} points" if unit == Unit.SHARE else told(size, unit)
    )


def tuned_because(tuned: Tuned) -> str | None:
    if not tuned.is_raised:
        return None
    return (
        f"Alerts from {tuned.limits.alert:.1f} standard deviations on, and not from {tuned.asked.alert:.1f}: "
        f"in the {_time(tuned.weeks)} before it would have rung {wording.counted(tuned.alerts, 'time')}, where its share "
        f"of {FALSE_ALERTS_A_WEEK:.0f} a week for everything that can ring is {tuned.allowed}."
    )


def _time(weeks: float) -> str:
    days = round(weeks * 7)
    return wording.counted(days, "day") if weeks < _FEW_WEEKS else f"{weeks:.0f} weeks"
