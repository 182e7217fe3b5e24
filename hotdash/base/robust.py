"""How unusual a day of a series is, by statistics that a few odd days cannot bend. Money stays decimal."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import lru_cache

Days = Mapping[date, Decimal]
Excluded = Container[date]

BASELINE_DAYS = 56
# Fewer than so many of the same weekday, or days at all, are no baseline.
LEAST_OF_WEEKDAY = 4
LEAST_DAYS = 28
# The standard deviation of a normal distribution, in its median absolute deviations.
SIGMA_PER_MAD = Decimal("1.4826")
# A series without any noise is not judged by a hair's breadth.
LEAST_SPREAD = Decimal("0.05")

_DIGITS = Context(prec=16)
_NOTHING: Excluded = frozenset[date]()


@dataclass(frozen=True, slots=True)
class Unusual:
    """Usual is the median of the same weekday; z is above nought where the day was higher."""

    day: date
    value: Decimal
    usual: Decimal
    z: Decimal


def robust_z(
    days: Days, day: date, excluded: Excluded = _NOTHING, *, counted: bool = False
) -> Unusual | None:
    """The log residual against the same weekday's median, in robust standard deviations of all residuals.

    The day itself and the excluded ones are not in the baseline; counted says that the values are
    counts, whose own chance is at least that of their square root. None without enough of a past, and
    where an amount is usually nothing: to that nothing has a proportion.
    """
    baseline = [
        each
        for each in (day - timedelta(back) for back in range(1, BASELINE_DAYS + 1))
        if each in days and each not in excluded
    ]
    by_weekday: dict[int, list[Decimal]] = {}
    for each in baseline:
        by_weekday.setdefault(each.weekday(), []).append(days[each])
    alike = by_weekday.get(day.weekday(), [])
    if day not in days or len(alike) < LEAST_OF_WEEKDAY or len(baseline) < LEAST_DAYS:
        return None
    usual_logs = {weekday: median([_log(v) for v in vs]) for weekday, vs in by_weekday.items()}
    spread = max(
        SIGMA_PER_MAD
        * median([abs(_log(days[each]) - usual_logs[each.weekday()]) for each in baseline]),
        LEAST_SPREAD,
    )
    usual = median(alike)
    if not counted and usual <= 0:
        return None
    if counted:
        spread = max(spread, 1 / _DIGITS.sqrt(1 + usual))
    residual = _log(days[day]) - usual_logs[day.weekday()]
    return Unusual(day, days[day], usual, _DIGITS.divide(residual, spread))


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle one, or the mean of the two middle ones."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def mean_before(days: Days, day: date, span: int, excluded: Excluded = _NOTHING) -> Decimal | None:
    """Of so many days before, as far as they are known; none where half of them are not."""
    found = past(days, day, span, excluded)
    return sum(found, Decimal(0)) / len(found) if 2 * len(found) >= span else None


def sigma_before(days: Days, day: date, span: int, excluded: Excluded = _NOTHING) -> Decimal | None:
    """The standard deviation of these days, as of a sample."""
    found, mean = past(days, day, span, excluded), mean_before(days, day, span, excluded)
    if mean is None or len(found) < 2:
        return None
    squares = sum(((value - mean) ** 2 for value in found), Decimal(0))
    return _DIGITS.sqrt(squares / (len(found) - 1))


def past(days: Days, day: date, span: int, excluded: Excluded = _NOTHING) -> list[Decimal]:
    before = (day - timedelta(back) for back in range(1, span + 1))
    return [days[each] for each in before if each in days and each not in excluded]


@lru_cache(maxsize=65_536)
def _log(value: Decimal) -> Decimal:
    """Of one more, so that nothing at all has one too; what is below nought counts as nothing."""
    return _DIGITS.ln(1 + max(value, Decimal(0)))
