"""How amounts, days and instants read to a person; all from decimals, never through a float."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from hotdash.base.money import MINUS, Money, minor_digits, signed
from hotdash.insights.tiles import wording

MISSING = "–"
_UNITS = frozenset({"share", "minutes", "days", "ratio", "orders", "units", "count"})


def money(amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return MISSING
    rounded = Money(amount, currency).rounded().amount
    return signed(rounded, currency, f"{abs(rounded):,.{minor_digits(currency)}f}")


def money_parts(amount: Decimal | None, currency: str) -> tuple[str, str]:
    """The whole units and the minor ones apart, so that a headline can set the cents small."""
    whole, point, minor = money(amount, currency).partition(".")
    return whole, point + minor


def money_axis(amount: Decimal, currency: str) -> str:
    """Short enough for an axis: $18k, $1.25M."""
    return signed(amount, currency, _short_size(abs(amount)))


def short(number: Decimal) -> str:
    """The same of what is no money."""
    return f"{MINUS if number < 0 else ''}{_short_size(abs(number))}"


def _short_size(size: Decimal) -> str:
    for limit, unit in ((Decimal(1_000_000), "M"), (Decimal(1_000), "k")):
        if size >= limit:
            return f"{trimmed(size / limit)}{unit}"
    return trimmed(size)


def trimmed(amount: Decimal) -> str:
    """With two decimals at most, and none that says nothing."""
    text = f"{amount.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal | None) -> str:
    """A share such as 0.0684 as 6.8%, without its sign: the arrow beside it carries that."""
    if share is None:
        return MISSING
    hundredths = (abs(share) * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{hundredths:,}%"


def count(number: int | Decimal | None) -> str:
    if number is None:
        return MISSING
    whole = int(number)
    return f"{MINUS if whole < 0 else ''}{abs(whole):,}"


def day(value: date) -> str:
    return f"{value.day} {value:%b}"


def day_with_year(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def day_span(first: date, last: date) -> str:
    if first == last:
        return day_with_year(last)
    start = day(first) if first.year == last.year else day_with_year(first)
    return f"{start} – {day_with_year(last)}"


def shop_time(instant: datetime, timezone: str) -> str:
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{day(local.date())}, {local:%H:%M}"


def place(timezone: str) -> str:
    """America/New_York reads as New York."""
    return timezone.rpartition("/")[2].replace("_", " ")


def ago(instant: datetime, now: datetime) -> str:
    minutes = max(0, int((now - instant) / timedelta(minutes=1)))
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min ago" if minutes and hours < 6 else f"{hours} h ago"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h ago" if hours else f"{days} d ago"


def ahead(instant: datetime, now: datetime) -> str:
    """The other way round: how long until it comes."""
    minutes = int((instant - now) / timedelta(minutes=1))
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"in {minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"in {hours} h {minutes} min" if minutes and hours < 6 else f"in {hours} h"
    days, hours = divmod(hours, 24)
    return f"in {days} d {hours} h" if hours else f"in {days} d"


def minutes(value: Decimal | None) -> str:
    return MISSING if value is None else wording.duration(value)


def lasting(minutes: int) -> str:
    """As a sentence says how long: in the greatest unit that goes into it without a rest."""
    for size, unit, one in ((1440, "day", "a day"), (60, "hour", "an hour")):
        if minutes and minutes % size == 0:
            times = minutes // size
            return one if times == 1 else f"{times} {unit}s"
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def number(value: Decimal | None) -> str:
    """At most two decimals, and none that say nothing."""
    if value is None:
        return MISSING
    text = f"{abs(value).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):,f}"
    return f"{MINUS if value < 0 else ''}{text.rstrip('0').rstrip('.') if '.' in text else text}"


def quantity(value: Decimal | None, unit: str) -> str:
    """unit is a currency code for money, else what is counted."""
    if value is None:
        return MISSING
    match unit:
        case "share":
            return f"{MINUS if value < 0 else ''}{percent(value)}"
        case "minutes":
            return minutes(value)
        case "days":
            return f"{number(value)} d"
        case "ratio":
            return number(value)
        case "orders" | "units" | "count":
            return count(value)
        case _:
            return money(value, unit)


def quantity_parts(value: Decimal | None, unit: str) -> tuple[str, str]:
    """What is set large and what small behind it."""
    text = quantity(value, unit)
    if unit == "share" and value is not None:
        return text[:-1], "%"
    if unit == "days" and value is not None:
        return text[:-2], " days"
    if unit in _UNITS:
        return text, ""
    return money_parts(value, unit)


def quantity_axis(value: Decimal, unit: str) -> str:
    if unit in _UNITS:
        return quantity(value, unit)
    return money_axis(value, unit)


def listing(words: Iterable[str]) -> str:
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last
