"""The removal effect: how much of a month's orders would be lost if a channel were not there."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

Steps = Mapping[tuple[str | None, str | None], int]

BILLION = 10**9


def removal_weights(steps: Steps) -> dict[str, int]:
    """Of every channel the removal effect in billionths, rounded down; the same on every machine."""
    return {
        channel: effect.numerator * BILLION // effect.denominator
        for channel, effect in removal_effects(steps).items()
    }


def removal_effects(steps: Steps) -> dict[str, Fraction]:
    """1 - P(order | channel removed), in the chain whose steps were counted.

    A journey begins at None and ends at None; whoever would step to the removed channel is lost.
    """
    channels = sorted({place for step in steps for place in step if place is not None})
    return {channel: 1 - _still_ordering(steps, channels, channel) for channel in channels}


def _still_ordering(steps: Steps, channels: list[str], removed: str) -> Fraction:
    """Unknown is the chance to order from each channel; the last unknown is that of the beginning."""
    kept = [channel for channel in channels if channel != removed]
    leaving: dict[str | None, int] = defaultdict(int)
    for (from_channel, _), journeys in steps.items():
        leaving[from_channel] += journeys
    begin = len(kept)
    system: list[list[int]] = []
    for row, state in enumerate([*kept, None]):
        line = [-steps.get((state, channel), 0) for channel in kept]
        line += [0, steps.get((state, None), 0)]
        line[row] += leaving[state]
        system.append(line)
    _eliminate(system)
    return Fraction(system[begin][-1], system[begin][begin])


def _eliminate(system: list[list[int]]) -> None:
    """Without fractions (Bareiss): every division leaves no rest. Each state can still be left for the
    order or is lost, so no pivot is zero."""
    before = 1
    for pivot in range(len(system) - 1):
        head = system[pivot]
        for line in system[pivot + 1 :]:
            factor = line[pivot]
            for column in range(pivot + 1, len(line)):
                product = head[pivot] * line[column] - factor * head[column]
                line[column] = product // before
            line[pivot] = 0
        before = head[pivot]
