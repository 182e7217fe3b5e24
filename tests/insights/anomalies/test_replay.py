"""Alerts rest after they rang."""

from dataclasses import replace
from random import Random

from hotdash.insights.anomalies.judge import Level, Limits
from hotdash.insights.anomalies.replay import COOL_DOWN_DAYS, Rang, cooled, seen_of, told_of
from hotdash.insights.anomalies.series import Series

FIRST = 739_000
DAYS = 300


def ordinary(seed: int = 1) -> Series:
    chance = Random(seed)
    known = {FIRST + day: 1_000 * (1 + chance.gauss(0, 0.08)) for day in range(DAYS)}
    return Series("revenue", known)


def test_a_drop_of_several_days_rings_once() -> None:
    series = ordinary()
    days = range(FIRST + 200, FIRST + 200 + 3)
    struck = replace(series, known={**series.known, **dict.fromkeys(days, 200.0)})

    told = list(told_of(struck, days, Limits()))

    assert [each.level for each in told] == [Level.ALERT] * 3
    assert [each.is_new for each in told] == [True, False, False]


def test_the_other_direction_rings_by_itself() -> None:
    series = ordinary()
    struck = replace(series, known={**series.known, FIRST + 200: 200.0, FIRST + 202: 4_000.0})

    told = list(told_of(struck, range(FIRST + 200, FIRST + 203), Limits()))

    assert [each.is_new for each in told if each.level is Level.ALERT] == [True, True]


def test_it_rings_again_when_the_cool_down_is_over() -> None:
    series = ordinary()
    again = FIRST + 200 + COOL_DOWN_DAYS + 1
    struck = replace(series, known={**series.known, FIRST + 200: 200.0, again: 200.0})

    told = list(told_of(struck, (FIRST + 200, again), Limits()))

    assert [each.is_new for each in told] == [True, True]


def test_looks_at_a_few_days_each_ring_as_the_whole_does() -> None:
    """An alert every five days: which of them ring follows from the first, long before the last look."""
    struck = range(FIRST + 120, FIRST + 150, 5)
    series = ordinary()
    series = replace(series, known={**series.known, **dict.fromkeys(struck, 100.0)})
    steps = range(struck.start, struck.stop)
    whole = [each.seen.step for each in told_of(series, steps, Limits()) if each.is_new]

    kept: dict[int, bool] = {}
    for last in steps:
        looked = range(last - COOL_DOWN_DAYS + 1, last + 1)
        rung = [Rang(step, False) for step, is_new in kept.items() if is_new and step < looked[0]]
        found = cooled(series, seen_of(series, looked), Limits(), rung)
        kept |= {each.seen.step: each.is_new for each in found if each.level is Level.ALERT}

    assert sorted(kept) == list(struck)
    assert [step for step, is_new in kept.items() if is_new] == whole == list(struck[::2])
