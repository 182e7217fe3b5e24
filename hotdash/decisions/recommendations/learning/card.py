"""The model of a shop as documents: its card for people, the whole of it for an export, its sums for other shops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import NormalDist
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.decisions.recommendations.learning.context import EVERYTHING, KIND, columns_of
from hotdash.decisions.recommendations.learning.foretelling import NEWEST, Quality, quality_of
from hotdash.decisions.recommendations.learning.posterior import Posterior
from hotdash.decisions.recommendations.learning.prior import FEWEST_ANSWERS, Prior, Sums
from hotdash.decisions.recommendations.learning.replay import (
    Answered,
    Learned,
    Said,
    Switches,
    Worked,
)
from hotdash.decisions.recommendations.learning.words import sentence

VERSION = 1
MOST_WEIGHTS = 12
LEAST_WEIGHT = 0.1
Document = dict[str, Any]
_PLACES = 4
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Lessons:
    """Everything the model is made of."""

    answers: Sequence[Answered]
    outcomes: Sequence[Worked]
    prior: Prior
    switches: Switches


def card_of(learned: Learned, lessons: Lessons) -> Document:
    heard = [each for each in lessons.answers if lessons.switches.let(each.at)]
    seen = [each for each in lessons.outcomes if lessons.switches.let(each.at)]
    switches = lessons.switches
    return {
        "version": VERSION,
        "answers": learned.answers,
        "fewest_answers": FEWEST_ANSWERS,
        "is_ready": learned.is_ready,
        "said": {said.value: sum(each.said is said for each in heard) for said in Said},
        "outcomes": learned.outcomes,
        "learned_to": _moment(learned.learned_to),
        "since": _moment(switches.since),
        "frozen_since": _moment(switches.frozen_since),
        "prior_shops": lessons.prior.shops,
        "quality": _quality(quality_of(learned.foretold[-NEWEST:])),
        "kinds": _kinds(learned, heard, seen),
        "weights": _strongest(learned.liked),
    }


def model_of(learned: Learned, lessons: Lessons) -> Document:
    """Whole and exact, so that somebody else could go on with it."""
    prior = lessons.prior
    return {
        "version": VERSION,
        "answers": learned.answers,
        "outcomes": learned.outcomes,
        "learned_to": _moment(learned.learned_to),
        "prior": {"mean": dict(prior.mean), "variance": dict(prior.variance), "shops": prior.shops},
        "liked": _posterior(learned.liked),
        "works": _posterior(learned.works),
    }


def sums_document(sums: Mapping[str, Sums]) -> Document:
    return {column: [each.precision, each.pull] for column, each in sums.items()}


def sums_from(document: Mapping[str, Sequence[float]]) -> dict[str, Sums]:
    return {column: Sums(*told) for column, told in document.items()}


def prior_from(document: Mapping[str, Any]) -> Prior:
    return Prior(document["mean"], document["variance"], document["shops"])


def prior_document(prior: Prior) -> Document:
    return {"mean": dict(prior.mean), "variance": dict(prior.variance), "shops": prior.shops}


def _kinds(learned: Learned, heard: Sequence[Answered], seen: Sequence[Worked]) -> list[Document]:
    """What people like and what works stand beside each other and are never one number."""
    named = sorted({each.context.get(KIND, "") for each in (*heard, *seen)})
    return [
        _kind(
            *(kind, learned),
            [each for each in heard if each.context.get(KIND, "") == kind],
            [each for each in seen if each.context.get(KIND, "") == kind],
        )
        for kind in named
    ]


def _kind(
    kind: str, learned: Learned, heard: Sequence[Answered], seen: Sequence[Worked]
) -> Document:
    answered = [each for each in heard if each.said is not Said.IGNORED]
    return {
        "kind": kind,
        "answers": len(answered),
        "approved": sum(each.wanted for each in answered),
        "ignored": len(heard) - len(answered),
        "liked": _mean(learned.liked, answered),
        "outcomes": len(seen),
        "worked": sum(each.worked for each in seen),
        "works": _mean(learned.works, seen),
    }


def _mean(model: Posterior, told: Sequence[Answered] | Sequence[Worked]) -> float | None:
    """What it foretells of contexts like those that were."""
    chances = [model.belief(columns_of(each.context)).probability for each in told]
    return _rounded(sum(chances) / len(chances)) if chances else None


def _strongest(model: Posterior) -> list[Document]:
    """Those that matter, the surest first: of what comes together each has but a part."""
    told = [
        (_NORMAL.cdf(abs(belief.mean) / sqrt(belief.variance)), column, belief)
        for column, belief in model.weights().items()
        if column != EVERYTHING and abs(belief.mean) >= LEAST_WEIGHT
    ]
    told.sort(key=lambda each: (-each[0], each[1]))
    return [
        {
            "column": column,
            "mean": _rounded(belief.mean),
            "deviation": _rounded(sqrt(belief.variance)),
            "sure": _rounded(sure),
            "words": sentence(column, belief.mean),
        }
        for sure, column, belief in told[:MOST_WEIGHTS]
    ]


def _posterior(model: Posterior) -> Document:
    return {
        "columns": list(model.columns),
        "mean": [each.mean for each in model.weights().values()],
        "covariance_lower": model.covariance(),
    }


def _quality(found: Quality) -> Document:
    return {
        "answers": found.answers,
        "auc": _rounded(found.auc),
        "calibration_error": _rounded(found.calibration_error),
        "brier": _rounded(found.brier),
        "bins": [
            {
                "from": each.first,
                "to": each.last,
                "answers": each.answers,
                "foretold": _rounded(each.foretold),
                "approved": _rounded(each.approved),
            }
            for each in found.bins
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _PLACES)


def _moment(at: datetime | None) -> str | None:
    return iso_utc(at) if at else None
