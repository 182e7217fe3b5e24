"""The log answered anew, from the first to the last: the model is whatever comes of it, and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hotdash.decisions.recommendations.learning.context import Context, columns_of
from hotdash.decisions.recommendations.learning.foretelling import Foretold
from hotdash.decisions.recommendations.learning.posterior import Posterior
from hotdash.decisions.recommendations.learning.prior import BUILT_IN, FEWEST_ANSWERS, Prior


class Said(StrEnum):
    """How a proposal ended; ignored is what nobody answered while it stood among the first on Today."""

    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    IGNORED = "ignored"


# Whoever changes it first wanted something of the kind; whoever says nothing may not have looked.
_COUNTS = {Said.APPROVED: 1.0, Said.EDITED: 0.5, Said.REJECTED: 1.0, Said.IGNORED: 0.25}
_WANTED = frozenset({Said.APPROVED, Said.EDITED})


@dataclass(frozen=True, slots=True)
class Answered:
    """Foretold is the probability that was kept when it was shown; key tells apart what came at once."""

    at: datetime
    key: str
    said: Said
    context: Context
    foretold: float | None = None
    was_trial: bool = False

    @property
    def wanted(self) -> bool:
        return self.said in _WANTED


@dataclass(frozen=True, slots=True)
class Worked:
    """Whether an approved one did what it was for, by what was measured."""

    at: datetime
    key: str
    context: Context
    worked: bool


@dataclass(frozen=True, slots=True)
class Switches:
    """From when on answers count, and the spans in which none does; an open end is None."""

    since: datetime | None = None
    frozen: Sequence[tuple[datetime, datetime | None]] = ()

    @property
    def frozen_since(self) -> datetime | None:
        return next((since for since, until in self.frozen if until is None), None)

    def let(self, at: datetime) -> bool:
        if self.since is not None and at < self.since:
            return False
        return not any(
            since <= at and (until is None or at < until) for since, until in self.frozen
        )


ALWAYS = Switches()


@dataclass(slots=True)
class Learned:
    """What people like and what works: two models of the same contexts that never touch."""

    liked: Posterior
    works: Posterior
    answers: int = 0
    outcomes: int = 0
    learned_to: datetime | None = None
    foretold: list[Foretold] = field(default_factory=list[Foretold])

    @property
    def is_ready(self) -> bool:
        return self.answers >= FEWEST_ANSWERS

    def hear(self, answer: Answered) -> None:
        columns = columns_of(answer.context)
        if answer.said is not Said.IGNORED:
            self.answers += 1
            kept = answer.foretold
            told = self.liked.belief(columns).probability if kept is None else kept
            self.foretold.append(Foretold(told, answer.wanted))
        self.liked.learn(columns, wanted=answer.wanted, weight=_COUNTS[answer.said])
        self.learned_to = answer.at

    def see(self, outcome: Worked) -> None:
        self.outcomes += 1
        self.works.learn(columns_of(outcome.context), wanted=outcome.worked)


def replay(
    answers: Iterable[Answered],
    outcomes: Iterable[Worked] = (),
    prior: Prior = BUILT_IN,
    switches: Switches = ALWAYS,
) -> Learned:
    """In the order in which they were given, so that whoever replays them ends where they are."""
    learned = Learned(Posterior(prior), Posterior())
    for answer in sorted(answers, key=lambda each: (each.at, each.key)):
        if switches.let(answer.at):
            learned.hear(answer)
    for outcome in sorted(outcomes, key=lambda each: (each.at, each.key)):
        if switches.let(outcome.at):
            learned.see(outcome)
    return learned
