"""How often links are shown that are none, and which planted ones are found: `python -m benchmarks.links [--data DIR]`."""

import argparse
import random
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.outside_series import read_series
from hotdash.insights.correlation.lead_lag import FALSE_SHARE, LeadLag, false_shares, lead_lag
from tests.fixtures import chance as drawn
from tests.fixtures.chance import Series

DAYS, RUNS, PAIRS, PLANTED_RUNS, LEAD = 180, 100, 4, 60, 3
STRENGTHS = (0.3, 0.5, 0.8)
_WARM = 60
KINDS: Mapping[str, Callable[[random.Random, int], Series]] = {
    "short memory": lambda chance, days: drawn.remembering(chance, days, [0.6]),
    "long memory": lambda chance, days: drawn.remembering(chance, days, [0.9]),
    "swinging": lambda chance, days: drawn.remembering(chance, days, [1.2, -0.4]),
    "wandering": drawn.wandering,
    "extreme": drawn.monstrous,
    "mostly nought": drawn.rare,
    "week over week": drawn.week_over_week,
}
Pairs = dict[str, LeadLag | None]


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    """The size is the goal's whatever the size asked for, so that figures stay comparable."""
    del folder, orders
    yield of_independent()
    yield of_planted()


def shown(pairs: Pairs) -> dict[str, LeadLag]:
    """As a shop's page shows them: judged together, and the same in both halves."""
    tested = {name: each for name, each in pairs.items() if each is not None}
    shares = false_shares({name: each.chance for name, each in tested.items()})
    return {
        name: each
        for name, each in tested.items()
        if shares[name] <= FALSE_SHARE and each.is_stable
    }


def of_independent() -> Figure:
    chance = random.Random("nothing in common")
    linked = {
        name: sum(
            bool(
                shown(
                    {
                        str(pair): lead_lag(draw(chance, DAYS), draw(chance, DAYS))
                        for pair in range(PAIRS)
                    }
                )
            )
            for _ in range(RUNS)
        )
        for name, draw in KINDS.items()
    }
    worst = max(linked, key=lambda name: linked[name])
    return Figure(
        "runs that show a link where there is none",
        f"{len(KINDS)} kinds x {RUNS} runs of {PAIRS} independent pairs, {DAYS} days",
        f"{sum(linked.values()) / (RUNS * len(KINDS)):.1%}",
        f"at most {FALSE_SHARE:.0%}",
        f"most: {worst}, {linked[worst] / RUNS:.0%}",
    )


def of_planted() -> Figure:
    chance = random.Random("three days apart")
    told: list[str] = []
    for strength in STRENGTHS:
        exact = found = 0
        for _ in range(PLANTED_RUNS):
            pairs: Pairs = {"planted": lead_lag(*planted(chance, strength))} | {
                str(each): lead_lag(*(drawn.remembering(chance, DAYS, [0.6]) for _ in range(2)))
                for each in range(PAIRS - 1)
            }
            link = shown(pairs).get("planted")
            found += link is not None
            exact += link is not None and link.best.lag == LEAD
        told.append(
            f"{strength} of the noise: {found / PLANTED_RUNS:.0%}, right by the day {exact / PLANTED_RUNS:.0%}"
        )
    return Figure(
        f"a planted lead of {LEAD} days is found",
        f"{PLANTED_RUNS} runs of each strength among {PAIRS} pairs, {DAYS} days",
        told[-1].partition(": ")[2],
        "found",
        "; ".join(told),
    )


def planted(chance: random.Random, strength: float) -> tuple[Series, Series]:
    """The second is moved by the surprises of the first, so many days later."""
    surprises = [chance.gauss(0, 1) for _ in range(DAYS + _WARM)]
    told = iter(surprises)
    first = drawn.remembering(chance, DAYS, [0.5], lambda: next(told))
    second = [
        value + (strength * surprises[_WARM + day - LEAD] if day >= LEAD else 0.0)
        for day, value in enumerate(drawn.remembering(chance, DAYS, [0.6]))
    ]
    return first, second


def of_outside(folder: Path) -> Iterator[Figure]:
    """Every two series of the folder over the days from the first to the last of either."""
    series = {
        name: [None if value != value else value for value in values.tolist()]
        for name, values in read_series(folder).items()
    }
    length = min(len(each) for each in series.values())
    pairs = {
        f"{one} and {other}": lead_lag(series[one][-length:], series[other][-length:])
        for one, other in combinations(series, 2)
    }
    links = shown(pairs)
    named = "; ".join(
        f"{name} by {each.best.lag} days ({each.best.correlation:+.2f})"
        for name, each in links.items()
    )
    yield Figure(
        "links shown",
        f"{len(pairs)} pairs of {folder}, {length} days",
        str(len(links)),
        "–",
        named or "none",
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.links", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="a folder of .csv files: series, time, value, label"
    )
    asked = parser.parse_args()
    for each in of_outside(asked.data) if asked.data else measure(Path(), 0):
        print(f"{each.what} ({each.size}): {each.seen}; goal {each.goal}; {each.remark}")


if __name__ == "__main__":
    main()
