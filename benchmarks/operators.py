"""People who answer recommendations by a hidden taste: contexts as rules make them, answers with noise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hotdash.decisions.recommendations.learning.context import columns_of
from hotdash.decisions.recommendations.learning.posterior import sigmoid

Context = Mapping[str, str]
LEVELS: Mapping[str, Sequence[str]] = {
    "kind": (
        *("reorder", "reply", "chase_carrier", "assign_page"),
        *("cut_campaign", "raise_campaign", "fix_source"),
        *("look_into", "clear_stock"),
    ),
    "money": ("none", "tenth", "day", "week", "more"),
    "urgency": ("day", "three_days", "week", "later"),
    "sure": ("high", "medium", "low"),
    "before": ("never", "approved", "rejected", "expired"),
    "times": ("first", "second", "often"),
    "evidence": ("six_hours", "day", "three_days", "older"),
    "weekday": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}
OF_A_KIND: Mapping[str, Mapping[str, Sequence[str]]] = {
    "reorder": {
        "cover": ("out", "week", "two_weeks", "month", "more"),
        "chance": ("less", "likely", "sure"),
    },
    "look_into": {"off": ("four", "five", "eight")},
}
SLIPS = 0.05
"""So many answers are given without looking."""


def context(chance: Random) -> Context:
    told = {name: chance.choice(levels) for name, levels in LEVELS.items()}
    own = OF_A_KIND.get(told["kind"], {})
    return told | {name: chance.choice(levels) for name, levels in own.items()}


@dataclass(frozen=True, slots=True)
class Operator:
    """Approves what their weights say; a column they do not name is nothing to them."""

    name: str
    weights: Mapping[str, float]

    def probability(self, told: Context) -> float:
        """That they approve, slips included."""
        liking = sum(self.weights.get(column, 0.0) for column in columns_of(told))
        return SLIPS / 2 + (1 - SLIPS) * sigmoid(liking)

    def answer(self, told: Context, chance: Random) -> bool:
        return chance.random() < self.probability(told)


def _by_money(_: Random) -> Mapping[str, float]:
    return {
        "money=none": -2.5,
        "money=tenth": -1.5,
        "money=week": 1.5,
        "money=more": 2.5,
        "urgency=day": 0.8,
    }


def _careful(_: Random) -> Mapping[str, float]:
    return {
        "sure=high": 2.0,
        "sure=low": -2.5,
        "evidence=older": -1.5,
        "before=approved": 1.0,
        "before=rejected": -1.5,
    }


def _of_one_trade(chance: Random) -> Mapping[str, float]:
    kinds = list(LEVELS["kind"])
    chance.shuffle(kinds)
    liked = {f"kind={kind}": 2.2 for kind in kinds[:3]}
    return liked | {f"kind={kind}": -2.2 for kind in kinds[3:]}


def _of_many_minds(chance: Random) -> Mapping[str, float]:
    """For each kind something else counts: what only kind and level together tell."""
    weights: dict[str, float] = {}
    for kind in LEVELS["kind"]:
        weights[f"kind={kind}"] = chance.gauss(0, 0.8)
        for name in ("money", "sure", "before"):
            for level in LEVELS[name]:
                weights[f"kind={kind}&{name}={level}"] = chance.gauss(0, 1.0)
    return weights


def _of_anything(chance: Random) -> Mapping[str, float]:
    return {
        f"{name}={level}": chance.gauss(0, 1.2)
        for name, levels in LEVELS.items()
        if name != "weekday"
        for level in levels
    }


TASTES: Mapping[str, Callable[[Random], Mapping[str, float]]] = {
    "by money": _by_money,
    "careful": _careful,
    "of one trade": _of_one_trade,
    "of many minds": _of_many_minds,
    "of anything": _of_anything,
}


def operator(name: str, chance: Random) -> Operator:
    return Operator(name, TASTES[name](chance))
