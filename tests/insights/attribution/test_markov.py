"""Removal effects against hand-made chains and against absorbing chains solved another way."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise

import pytest

from hotdash.insights.attribution import texts
from hotdash.insights.attribution.markov import Steps, removal_effects, removal_weights

Journey = Sequence[str]


def steps_of(journeys: Sequence[Journey]) -> Steps:
    counted: Counter[tuple[str | None, str | None]] = Counter()
    for journey in journeys:
        places = [None, *journey, None]
        counted.update(pairwise(places))
    return dict(counted)


def by_gauss_jordan(journeys: Sequence[Journey]) -> dict[str, Fraction]:
    """P(order) with each channel's steps going nowhere, by plain elimination with fractions."""
    steps = steps_of(journeys)
    channels = sorted({channel for journey in journeys for channel in journey})
    return {gone: 1 - _chance(steps, [c for c in channels if c != gone]) for gone in channels}


def _chance(steps: Steps, kept: Sequence[str]) -> Fraction:
    states = [None, *kept]
    leaving = {s: sum(n for (a, _), n in steps.items() if a == s) for s in states}
    matrix = [
        [
            (Fraction(a == b) - (Fraction(steps.get((a, b), 0), leaving[a]) if b else 0))
            for b in states
        ]
        + [Fraction(steps.get((a, None), 0), leaving[a])]
        for a in states
    ]
    size = len(states)
    for pivot in range(size):
        head = next(row for row in range(pivot, size) if matrix[row][pivot])
        matrix[pivot], matrix[head] = matrix[head], matrix[pivot]
        scale = matrix[pivot][pivot]
        matrix[pivot] = [value / scale for value in matrix[pivot]]
        for row in range(size):
            if row != pivot:
                factor = matrix[row][pivot]
                pairs = zip(matrix[row], matrix[pivot], strict=True)
                matrix[row] = [value - factor * top for value, top in pairs]
    return matrix[0][-1]


def test_one_channel_alone_loses_everything() -> None:
    assert removal_effects(steps_of([["a"], ["a", "a"]])) == {"a": 1}


def test_by_hand() -> None:
    """Of four journeys a, a-b, b, c: start to a 2/4, to b 1/4, to c 1/4; from a half order, half go to b.

    Without a: 1/4 + 1/4, so a loses 1/2. Without b: 2/4 * 1/2 + 1/4, so b loses 1/2. Without c 3/4.
    """
    effects = removal_effects(steps_of([["a"], ["a", "b"], ["b"], ["c"]]))
    assert effects == {"a": Fraction(1, 2), "b": Fraction(1, 2), "c": Fraction(1, 4)}
    assert removal_weights(steps_of([["a"], ["a", "b"], ["b"], ["c"]]))["c"] == 250_000_000


@pytest.mark.parametrize("seed", range(30))
def test_agrees_with_another_way_also_where_journeys_come_back(seed: int) -> None:
    chance = random.Random(seed)
    journeys = [
        [chance.choice("abcde") for _ in range(chance.randint(1, 6))]
        for _ in range(chance.randint(1, 20))
    ]
    assert removal_effects(steps_of(journeys)) == by_gauss_jordan(journeys)


def test_the_order_of_what_is_counted_changes_nothing() -> None:
    journeys = [["a", "b"], ["b", "a", "c"], ["c"], ["a"]]
    steps = steps_of(journeys)
    backwards = dict(reversed(steps.items()))
    assert list(removal_weights(steps).items()) == list(removal_weights(backwards).items())


def test_a_month_without_journeys_teaches_nothing() -> None:
    assert removal_weights({}) == {}


def shapley(journeys: Sequence[Journey]) -> dict[str, Fraction]:
    """By definition: over all coalitions, what a channel adds to the journeys they can make alone."""
    channels = sorted({channel for journey in journeys for channel in journey})

    def worth(coalition: frozenset[str]) -> int:
        return sum(set(journey) <= coalition for journey in journeys)

    def values() -> Iterator[tuple[str, Fraction]]:
        for channel in channels:
            others = [each for each in channels if each != channel]
            value = Fraction(0)
            for size in range(len(others) + 1):
                weight = Fraction(1, len(channels) * _choose(len(others), size))
                for coalition in combinations(others, size):
                    without = frozenset(coalition)
                    value += weight * (worth(without | {channel}) - worth(without))
            yield channel, value

    return dict(values())


def _choose(total: int, chosen: int) -> int:
    return len(list(combinations(range(total), chosen)))


@pytest.mark.parametrize("seed", range(20))
def test_shapley_is_each_orders_channels_alike(seed: int) -> None:
    """What the credits are computed by: every journey gives 1 / its channels to each of them."""
    chance = random.Random(seed)
    journeys = [
        [chance.choice("abcdef") for _ in range(chance.randint(1, 5))]
        for _ in range(chance.randint(1, 12))
    ]
    closed: Counter[str] = Counter()
    for journey in journeys:
        for channel in set(journey):
            closed[channel] += Fraction(1, len(set(journey)))  # type: ignore[assignment]
    assert shapley(journeys) == dict(closed)


def test_is_told_to_be_of_the_orders_own_month() -> None:
    """As fct_attributed_orders takes it: of the same month once that is closed, else of the one before."""
    assert "the order's own month, or, until that is over," in texts.MODELS["markov"]
