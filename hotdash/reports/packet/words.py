"""How a packet writes amounts, days and changes: exact where it adds up, short where it tells."""

import re
from datetime import date
from decimal import Decimal

from hotdash.base.money import MINUS, Money, in_words, minor_digits, quantum, signed
from hotdash.insights.metrics.definition import Unit
from hotdash.insights.tiles import wording

MISSING = "–"
_UNITS = frozenset(Unit) - {Unit.MONEY}


def is_money(unit: str) -> bool:
    return unit not in _UNITS


def least(unit: str) -> Decimal:
    """What a change of this unit is told in: the minor unit of money, hundredths of the rest."""
    if is_money(unit):
        return quantum(unit)
    return Decimal("0.0001") if unit == Unit.SHARE else Decimal("0.01")


def exact(value: Decimal | None, unit: str) -> str:
    """To the last minor unit."""
    if value is None:
        return MISSING
    if is_money(unit):
        amount = Money(value, unit).rounded().amount
        return signed(amount, unit, f"{abs(amount):,.{minor_digits(unit)}f}")
    sign = MINUS if value < 0 else ""
    return sign + wording.amount(abs(value), unit)


def changed(value: Decimal | None, unit: str) -> str:
    """The same with its sign."""
    if value is None:
        return MISSING
    return exact(value, unit) if value < 0 else f"+{exact(value, unit)}"


def told(value: Decimal, unit: str) -> str:
    """As sentences say it."""
    if is_money(unit):
        return in_words(value, unit)
    return exact(value, unit)


def percent(share: Decimal | None) -> str:
    if share is None:
        return MISSING
    sign = "" if is_hardly_any(share) else "+" if share > 0 else MINUS
    return f"{sign}{wording.percent(abs(share))}"


def is_hardly_any(share: Decimal) -> bool:
    """Shown as a percentage it is 0%."""
    return wording.percent(abs(share)) == wording.percent(Decimal(0))


def moved(share: Decimal) -> str:
    """8.1% less, 12% more, or the same."""
    if is_hardly_any(share):
        return "the same"
    return f"{wording.percent(abs(share))} {'more' if share > 0 else 'less'}"


def span(first: date, last: date) -> str:
    start = f"{first.day} {first:%b}" if first.year == last.year else wording.day(first)
    return f"{start} – {wording.day(last)}"


def short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


_FIRST_DAY = re.compile(r"(No comparison: )?The first known day of \S+ in \w+ is ([^.]+)\.")
_NOTHING = re.compile(r"\w+ holds nothing for [^:]+: ")


def reason(text: str | None) -> str | None:
    """Why a number is not there, without the names of tables."""
    if text is None:
        return None
    told = _FIRST_DAY.sub(lambda found: f"{found[1] or ''}known only from {found[2]} on.", text)
    told = _NOTHING.sub("", told)
    return told[:1].upper() + told[1:]


def label(text: str) -> str:
    """A value of a dimension as a person reads it: first_time as First time."""
    plain = text.replace("_", " ").strip()
    return plain[:1].upper() + plain[1:]
