"""A series judged step by step as it was known then: which alerts ring."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from hotdash.insights.anomalies.judge import Level, Limits, Seen, level_of, see
from hotdash.insights.anomalies.series import Series

COOL_DOWN_DAYS = 7
"""So long an alert of the same series in the same direction is the same one."""


class Rang(NamedTuple):
    step: int
    is_up: bool


@dataclass(frozen=True, slots=True)
class Told:
    """is_new says that no cool-down held it back."""

    seen: Seen
    level: Level
    is_new: bool


def told_of(series: Series, steps: Iterable[int], limits: Limits) -> Iterator[Told]:
    yield from cooled(series, seen_of(series, steps), limits)


def seen_of(series: Series, steps: Iterable[int]) -> list[Seen]:
    return [seen for step in steps if (seen := see(series, step)) is not None]


def cooled(
    series: Series, found: Iterable[Seen], limits: Limits, rung: Iterable[Rang] = ()
) -> Iterator[Told]:
    """rung is what rang and is not among what was found."""
    known = list(rung)
    for seen in found:
        level = level_of(seen, limits)
        if level is None:
            continue
        now = Rang(seen.step, seen.z > 0)
        is_new = rings(now, known, series.grain.steps_a_day)
        if level is Level.ALERT and is_new:
            known.append(now)
        yield Told(seen, level, is_new)


def rings(now: Rang, rung: Iterable[Rang], steps_a_day: int = 1) -> bool:
    """The one rule of what is sent and of what the benchmark counts."""
    quiet = range(1, COOL_DOWN_DAYS * steps_a_day + 1)
    return not any(each.is_up == now.is_up and now.step - each.step in quiet for each in rung)
