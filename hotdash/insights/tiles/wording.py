"""How days, spans and amounts read within the sentences of a tile."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from hotdash.base.money import in_words
from hotdash.insights.metrics.definition import Unit
from hotdash.insights.metrics.period import Window

_PLAIN = frozenset({Unit.ORDERS, Unit.UNITS, Unit.COUNT})


def day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def span(window: Window) -> str:
    return f"{day(window.first)} and {day(window.last)}"


def moment(instant: datetime, timezone: str) -> str:
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%b %Y %H:%M}"


def describe_age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min"


def duration(minutes: Decimal) -> str:
    """A length that is compared, such as 3h 42m, and 2d 4h from a day on; a part of a minute is thrown away."""
    whole = abs(int(minutes))
    days, hours = whole // 1440, whole % 1440 // 60
    if days:
        return f"{days}d {hours}h" if hours else f"{days}d"
    return f"{hours}h {whole % 60:02d}m" if hours else f"{whole}m"


def percent(share: Decimal) -> str:
    hundredths = (share * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{hundredths.normalize():f}%"


def counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def amount(value: Decimal, unit: str) -> str:
    """unit is a currency code for money, else what is counted."""
    if unit == Unit.SHARE:
        return percent(value)
    if unit == Unit.MINUTES:
        return duration(value)
    if unit == Unit.DAYS:
        return f"{_plain(value)} days"
    if unit in _PLAIN or unit == Unit.RATIO:
        return _plain(value)
    return in_words(value, unit)


def _plain(value: Decimal) -> str:
    text = f"{value.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
