"""Next week from the same weekdays of the weeks before; how wrong that was on known weeks is its range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hotdash.insights.contributions import rounded
from hotdash.reports.packet.weeks import Week

WEEKS_OF_ONE = 4
"""Whose weekdays an estimate is the mean of."""
WEEKS_TRIED = 8
FEWEST_TRIED = 4
COVERED_TENTHS = 8
"""In so many of ten tried weeks the truth lay within the range."""
WEEKS_READ = WEEKS_OF_ONE + WEEKS_TRIED
METHOD = (
    f"Each day is the mean of the same weekday in the last {WEEKS_OF_ONE} weeks (seasonal mean). "
    f"The same was done for each of up to {WEEKS_TRIED} known weeks from the weeks before it; the "
    f"range is as wide as the error that {COVERED_TENTHS} of ten of these stayed within."
)


@dataclass(frozen=True, slots=True)
class Estimate:
    days: Mapping[date, Decimal]
    value: Decimal
    error: Decimal | None
    """How far the truth may lie to either side; None where too few weeks are known to try it on."""
    tried_on: int


def estimate(known: Mapping[date, Decimal | None], last: Week, unit: Decimal) -> Estimate | None:
    """Of the week after the last known one; None where not all weekdays it needs are known."""
    days = _days(known, last.next, unit)
    if days is None:
        return None
    errors = sorted(
        abs(error)
        for back in range(WEEKS_TRIED)
        if (error := _error(known, last.before(back), unit)) is not None
    )
    return Estimate(days, sum(days.values(), Decimal(0)), _covering(errors), len(errors))


def _days(
    known: Mapping[date, Decimal | None], week: Week, unit: Decimal
) -> dict[date, Decimal] | None:
    found: dict[date, Decimal] = {}
    for day in week.window.days():
        same = [known.get(day - timedelta(weeks=back)) for back in range(1, WEEKS_OF_ONE + 1)]
        values = [each for each in same if each is not None]
        if len(values) < WEEKS_OF_ONE:
            return None
        found[day] = rounded(sum(values, Decimal(0)) / WEEKS_OF_ONE, unit)
    return found


def _error(known: Mapping[date, Decimal | None], week: Week, unit: Decimal) -> Decimal | None:
    days = _days(known, week, unit)
    actual = [known.get(day) for day in week.window.days()]
    if days is None or any(each is None for each in actual):
        return None
    return sum((each for each in actual if each is not None), Decimal(0)) - sum(
        days.values(), Decimal(0)
    )


def _covering(errors: Sequence[Decimal]) -> Decimal | None:
    if len(errors) < FEWEST_TRIED:
        return None
    needed = -(-len(errors) * COVERED_TENTHS // 10)
    return errors[needed - 1]
