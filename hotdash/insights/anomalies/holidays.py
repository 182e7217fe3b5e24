"""Days that are unlike their weekday every year: judged by the same day of last year, never used as a baseline."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from hotdash.insights.anomalies.series import day_step

_BY_CURRENCY: Mapping[str, str] = {"USD": "us", "EUR": "de", "JPY": "jp", "GBP": "gb"}


def country_of(currency: str) -> str | None:
    """A shop says in which money it sells and not where: its own holidays are those of that money."""
    return _BY_CURRENCY.get(currency)


def holiday_on(day: date, country: str | None = None) -> str | None:
    return _of_year(day.year, country).get(day)


def last_time(day: date, country: str | None = None) -> date | None:
    """The same holiday of the year before; of one that lasts, the same day of it."""
    name = holiday_on(day, country)
    if name is None:
        return None
    now = [each for each, called in _of_year(day.year, country).items() if called == name]
    before = [each for each, called in _of_year(day.year - 1, country).items() if called == name]
    place = sorted(now).index(day)
    return sorted(before)[place] if place < len(before) else None


def holidays_of(days: Iterable[date], country: str | None) -> dict[int, int | None]:
    """By step, as a series of days keeps them."""
    found: dict[int, int | None] = {}
    for day in days:
        if holiday_on(day, country) is not None:
            before = last_time(day, country)
            found[day_step(day)] = day_step(before) if before else None
    return found


@cache
def _of_year(year: int, country: str | None) -> Mapping[date, str]:
    found: dict[date, str] = {}
    for name, first, days in (*_everywhere(year), *_COUNTRIES.get(country or "", _nowhere)(year)):
        for offset in range(days):
            found.setdefault(first + timedelta(days=offset), name)
    return found


_Holiday = tuple[str, date, int]


def _nowhere(year: int) -> Iterator[_Holiday]:
    del year
    return iter(())


def _everywhere(year: int) -> Iterator[_Holiday]:
    """Black week: from the Monday before Thanksgiving to the Monday after it."""
    yield "Black week", _nth(year, 11, 3, 4) - timedelta(days=3), 8
    yield "Christmas", date(year, 12, 24), 3
    yield "New Year", date(year, 1, 1), 1
    yield "New Year's Eve", date(year, 12, 31), 1


def _us(year: int) -> Iterator[_Holiday]:
    yield "Memorial Day", _last(year, 5, 0), 1
    yield "Independence Day", date(year, 7, 4), 1
    yield "Labor Day", _nth(year, 9, 0, 1), 1


def _gb(year: int) -> Iterator[_Holiday]:
    easter = _easter(year)
    yield "Easter", easter - timedelta(days=2), 4
    yield "Early May bank holiday", _nth(year, 5, 0, 1), 1
    yield "Spring bank holiday", _last(year, 5, 0), 1
    yield "Summer bank holiday", _last(year, 8, 0), 1


def _de(year: int) -> Iterator[_Holiday]:
    easter = _easter(year)
    yield "Easter", easter - timedelta(days=2), 4
    yield "Labour Day", date(year, 5, 1), 1
    yield "Ascension Day", easter + timedelta(days=39), 1
    yield "Whit Monday", easter + timedelta(days=50), 1
    yield "German Unity Day", date(year, 10, 3), 1


def _jp(year: int) -> Iterator[_Holiday]:
    yield "New Year's days", date(year, 1, 2), 2
    yield "Golden Week", date(year, 4, 29), 7
    yield "Obon", date(year, 8, 13), 4


_COUNTRIES: Mapping[str, Callable[[int], Iterator[_Holiday]]] = {
    "us": _us,
    "gb": _gb,
    "de": _de,
    "jp": _jp,
}


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _last(year: int, month: int, weekday: int) -> date:
    after = date(year, month, 28) + timedelta(days=4)
    last = after - timedelta(days=after.day)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def _easter(year: int) -> date:
    """By the Gregorian calendar (Meeus)."""
    golden, century = year % 19, year // 100
    leap, rest = divmod(century, 4)
    epact = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    quarter, left = divmod(year % 100, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - left) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
