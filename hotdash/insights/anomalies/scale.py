"""In which numbers a series is compared: mostly in logarithms, where a share is a distance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median

_OFFSET = 0.05
"""Of the usual value: nothing at all has a logarithm too, and is far from everything."""
_ENOUGH_ABOVE_NOUGHT = 0.75
_LEAST_LOG_SPREAD = 0.05
_LEAST_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Scale:
    """Without an offset values are compared as they are."""

    offset: float | None
    least_spread: float

    def of(self, value: float) -> float:
        return value if self.offset is None else log(max(value, 0.0) + self.offset)

    def back(self, number: float) -> float:
        return number if self.offset is None else max(exp(number) - self.offset, 0.0)

    def spread_of_count(self, expected: float) -> float:
        """A count is at least as restless as its square root."""
        mean = max(self.back(expected), 1.0)
        return mean**0.5 if self.offset is None else mean**-0.5

    def spread_of_share(self, expected: float, out_of: float) -> float:
        """A share of few is as restless as so many throws of a coin; of none it could be anything."""
        many = max(out_of, 1.0)
        share = min(max(self.back(expected), 1 / (many + 2)), 1 - 1 / (many + 2))
        spread = (share * (1 - share) / many) ** 0.5
        return spread if self.offset is None else spread / share


def scale_of(values: Sequence[float]) -> Scale:
    """What is below nought or usually nought has no proportion."""
    above = [each for each in values if each > 0]
    if min(values) < 0 or len(above) < _ENOUGH_ABOVE_NOUGHT * len(values):
        size = median([abs(each) for each in values]) or max(map(abs, values))
        return Scale(None, max(_LEAST_SHARE * size, 1e-9))
    return Scale(_OFFSET * median(above), _LEAST_LOG_SPREAD)
