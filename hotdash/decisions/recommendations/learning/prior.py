"""What is believed of a weight before anybody answered: little, or what the other shops of this installation have in common."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hotdash.decisions.recommendations.learning.context import EVERYTHING, KIND, WEEKDAY, parts_of

FEWEST_SHOPS = 2
"""With fewer others, what they have in common would be what one of them likes."""
FEWEST_ANSWERS = 20
"""Fewer of a shop's own say nothing yet: its order stays by money and urgency alone."""
SHARED = 0.5
"""Which part of what a weight may differ by is thought to be the same in every shop."""

_OF_ALL, _OF_A_KIND, _OF_A_LEVEL, _OF_BOTH, _OF_A_WEEKDAY = 1.0, 1.0, 0.5, 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Sums:
    """What a shop's answers say of a weight by themselves: how surely, and that times what."""

    precision: float
    pull: float


@dataclass(frozen=True, slots=True)
class Prior:
    """Weights that are not named have mean nought and the built-in variance."""

    mean: Mapping[str, float] = field(default_factory=dict[str, float])
    variance: Mapping[str, float] = field(default_factory=dict[str, float])
    shops: int = 0

    def mean_of(self, column: str) -> float:
        return self.mean.get(column, 0.0)

    def variance_of(self, column: str) -> float:
        return self.variance.get(column, built_in_variance(column))


BUILT_IN = Prior()


def built_in_variance(column: str) -> float:
    if column == EVERYTHING:
        return _OF_ALL
    names = [name for name, _ in parts_of(column)]
    if len(names) > 1:
        return _OF_BOTH
    return {KIND: _OF_A_KIND, WEEKDAY: _OF_A_WEEKDAY}.get(names[0], _OF_A_LEVEL)


def shared_prior(others: Iterable[Mapping[str, Sums]]) -> Prior:
    """From sums alone, each weight by itself; the built-in one where too few others have learnt.

    A shop's weight is the common one and its own difference, each with its part of the variance,
    so a shop's sums count for the common one at most as much as one look at it.
    """
    told = list(others)
    if len(told) < FEWEST_SHOPS:
        return BUILT_IN
    mean: dict[str, float] = {}
    variance: dict[str, float] = {}
    # A weight that few others have would show them one shop's liking.
    shared = Counter(column for each in told for column in each)
    for column in sorted(name for name, shops in shared.items() if shops >= FEWEST_SHOPS):
        whole = built_in_variance(column)
        common, own = whole * SHARED, whole * (1 - SHARED)
        precision, pull = 1 / common, 0.0
        for each in told:
            sums = each.get(column)
            if sums is not None:
                precision += sums.precision / (1 + sums.precision * own)
                pull += sums.pull / (1 + sums.precision * own)
        mean[column] = pull / precision
        variance[column] = 1 / precision + own
    return Prior(mean, variance, len(told))
