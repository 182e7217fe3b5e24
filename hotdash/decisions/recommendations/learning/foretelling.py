"""How well answers were foretold: whether the approved stood before the rejected, and whether 70% were 70%."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

BINS = 10
NEWEST = 200
"""The current figures are of so many answers."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """A probability that was said before the answer, and the answer."""

    probability: float
    wanted: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Of answers foretold alike: how many, what was foretold on average, and what share was approved."""

    first: float
    last: float
    answers: int
    foretold: float
    approved: float


@dataclass(frozen=True, slots=True)
class Quality:
    """AUC is None where all answers are the same; the error is what probabilities are off by on average."""

    answers: int
    auc: float | None
    calibration_error: float | None
    brier: float | None
    bins: Sequence[Bin] = ()


def quality_of(told: Sequence[Foretold]) -> Quality:
    if not told:
        return Quality(0, None, None, None)
    bins = reliability(told)
    error = sum(each.answers * abs(each.foretold - each.approved) for each in bins) / len(told)
    brier = sum((each.probability - each.wanted) ** 2 for each in told) / len(told)
    return Quality(len(told), auc_of(told), error, brier, bins)


def auc_of(told: Sequence[Foretold]) -> float | None:
    """How often an approved one was foretold above a rejected one; a tie is half."""
    approved = sum(each.wanted for each in told)
    rejected = len(told) - approved
    if not approved or not rejected:
        return None
    won, below = 0.0, 0
    ordered = sorted(told, key=_probability)
    for _, alike in groupby(ordered, key=_probability):
        group = list(alike)
        yes = sum(each.wanted for each in group)
        no = len(group) - yes
        won += yes * below + yes * no / 2
        below += no
    return won / (approved * rejected)


def reliability(told: Sequence[Foretold]) -> list[Bin]:
    """Tenths of the probability; those in which nothing was foretold are left out."""
    groups: dict[int, list[Foretold]] = {}
    for each in told:
        groups.setdefault(min(int(each.probability * BINS), BINS - 1), []).append(each)
    return [
        Bin(
            place / BINS,
            (place + 1) / BINS,
            len(group),
            sum(each.probability for each in group) / len(group),
            sum(each.wanted for each in group) / len(group),
        )
        for place, group in sorted(groups.items())
    ]


def _probability(each: Foretold) -> float:
    return each.probability
