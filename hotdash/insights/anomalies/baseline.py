"""What a step should be by the same steps of the weeks before, moved along their trend; never by itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from hotdash.insights.anomalies.series import Known, Series

WEEKS = 8
LEAST_ALIKE = 4
"""Fewer of the same weekday, or of the same hour of a week, are no baseline."""
SIGMA_PER_MAD = 1.4826
_NINE_TENTHS = 1.645
"""Standard deviations within which nine tenths of a normal distribution lie."""
_CARRIED = (0.0, 0.5, 1.0)
"""How much of the last week's own level is taken to the next step; which, the series says itself."""
_LEAST_REMEMBERED = 3
_Told = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """In the numbers of a scale. Misses: how far each step lay from what the other ones foretold of it."""

    expected: float
    misses: tuple[float, ...]

    @property
    def spread(self) -> float:
        return SIGMA_PER_MAD * median([abs(each) for each in self.misses])

    @property
    def wide_spread(self) -> float:
        """By how far nine of ten of them lay off."""
        ordered = sorted(abs(each) for each in self.misses)
        return ordered[min(int(0.9 * len(ordered)), len(ordered) - 1)] / _NINE_TENTHS


def window(series: Series, step: int) -> list[int]:
    """The steps of the weeks before that may tell of this one, the oldest first."""
    first = step - WEEKS * series.grain.season
    return [each for each in range(first, step) if series.tells_of_others(each)]


def is_enough(steps: Sequence[int], step: int, season: int) -> bool:
    alike = sum((each - step) % season == 0 for each in steps)
    return alike >= LEAST_ALIKE and 2 * len(steps) >= WEEKS * season


def baseline(known: Known, steps: Sequence[int], step: int, season: int, memory: int) -> Baseline:
    """Of steps that are enough; memory is how many of the last ones tell of the level now."""
    by_place: dict[int, list[tuple[int, float]]] = {}
    for each in steps:
        by_place.setdefault(each % season, []).append((each, known[each]))
    slope = _slope(by_place)
    level = {
        place: [(each, value - slope * (each - step)) for each, value in told]
        for place, told in by_place.items()
    }
    alone = [rest for _, rest in sorted(_beside_the_others(level))]
    tried = {share: _misses(alone, share, memory) for share in _CARRIED}
    carried = min(_CARRIED, key=lambda share: (_size(tried[share]), share))
    usual = median([value for _, value in level[step % season]])
    return Baseline(usual + carried * median(alone[-memory:]), tried[carried])


def _slope(by_place: Mapping[int, _Told]) -> float:
    """The middle one of all slopes between steps that are alike: a few odd ones cannot bend it."""
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for told in by_place.values()
        for earlier, later in combinations(told, 2)
    ]
    return median(slopes) if slopes else 0.0


def _beside_the_others(level: Mapping[int, _Told]) -> Iterator[tuple[int, float]]:
    for told in level.values():
        if len(told) < 2:
            continue
        ordered = sorted(value for _, value in told)
        for step, value in told:
            yield step, value - _median_without(ordered, value)


def _median_without(ordered: Sequence[float], value: float) -> float:
    rest = list(ordered)
    rest.remove(value)
    return median(rest)


def _misses(alone: Sequence[float], carried: float, memory: int) -> tuple[float, ...]:
    if not carried:
        return tuple(alone)
    return tuple(
        each - carried * median(alone[max(0, place - memory) : place])
        for place, each in enumerate(alone)
        if place >= _LEAST_REMEMBERED
    )


def _size(misses: Sequence[float]) -> float:
    return median([abs(each) for each in misses])
