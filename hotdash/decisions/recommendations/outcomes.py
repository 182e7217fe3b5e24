"""What came of a decision: the same figure again when its time is over, beside what it would be by itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import KINDS, Better, Kind, Recommender
from hotdash.storage.appdb.repositories.decisions import Measurable, OutcomeRecord
from hotdash.storage.appdb.repositories.signals.reading import Reading, Watched

GIVEN_UP_AFTER = timedelta(days=7)
FEWEST_ALIKE = 3
"""Fewer that were left alone tell nothing: the figure as it was is the baseline then."""
MOST_ALIKE = 20


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """By kind, what became of a figure where it was decided to do nothing: after as a part of before."""

    ratios: Mapping[str, Sequence[Decimal]] = field(default_factory=dict[str, Sequence[Decimal]])

    @classmethod
    def of(cls, found: Iterable[tuple[str, Decimal, Decimal]]) -> "LeftAlone":
        """The newest stand last. Of single occasions none is left alone: whoever rejects one says what it was."""
        ratios: dict[str, list[Decimal]] = {}
        for kind, before, after in found:
            if before > 0 and KINDS[Kind(kind)].occasions is None:
                ratios.setdefault(kind, []).append(after / before)
        return cls({kind: told[-MOST_ALIKE:] for kind, told in ratios.items()})

    def baseline(self, kind: str, before: Decimal) -> tuple[Decimal, int]:
        """And by how many."""
        told = self.ratios.get(kind, ())
        if len(told) < FEWEST_ALIKE or before <= 0:
            return before, 0
        return (before * median(told)).quantize(_CENT), len(told)


NOBODY_LEFT_ALONE = LeftAlone()
_CENT = Decimal("0.0001")


def due(found: Sequence[Measurable], now: datetime) -> list[Measurable]:
    """By the clock: whether its figure is known that far is told by the reading."""
    return [each for each in found if now >= _due_at(each)]


def watched(found: Sequence[Measurable]) -> Watched:
    """What their figures are of."""

    def named(kind: Kind) -> set[str]:
        return {_measured_of(each).partition(":")[2] for each in found if each.kind == kind.value}

    return Watched(named(Kind.ASSIGN_PAGE), named(Kind.REORDER), named(Kind.LOOK_INTO))


def outcome_of(
    each: Measurable,
    reading: Reading,
    recommenders: Sequence[Recommender],
    now: datetime,
    alone: LeftAlone = NOBODY_LEFT_ALONE,
) -> OutcomeRecord | None:
    """None while its marts end before it is due: a figure of other days would be no outcome.

    Where they tell nothing of it for a week more, that it cannot be told is the outcome.
    """
    kind = Kind(each.kind)
    known_to = _known_to(kind, reading)
    if known_to is None or known_to < _due_at(each):
        return None
    told = (
        recommender.measure(reading, kind, _measured_of(each))
        for recommender in recommenders
        if kind in recommender.judges(reading)
    )
    after = next((value for value in told if value is not None), None)
    if after is None and known_to < _due_at(each) + GIVEN_UP_AFTER:
        return None
    verdict = _verdict(kind, each.measured, after)
    baseline, alike = None, None
    if each.is_done and each.measured is not None:
        baseline, alike = alone.baseline(each.kind, each.measured)
    sentence = _sentence(each, after, wording.span(known_to - each.decided_at))
    if alike and baseline is not None and after is not None:
        others = wording.counted(alike, "that was left alone", "that were left alone")
        sentence += f" By {others} it would be {_plain(baseline)}."
    return OutcomeRecord(
        *(each.decision_id, now, each.metric, each.measured, after, verdict, sentence),
        *(baseline, alike, _worked(kind, each.measured, baseline, after)),
    )


def _measured_of(each: Measurable) -> str:
    """Its subject, or of one that asks of single occasions the one that led."""
    named = KINDS[Kind(each.kind)].occasions
    occasions: Sequence[object] = each.features.get(named) or () if named else ()
    return f"{each.subject.partition(':')[0]}:{occasions[0]}" if occasions else each.subject


def _due_at(each: Measurable) -> datetime:
    return each.decided_at + KINDS[Kind(each.kind)].measured_after


def _known_to(kind: Kind, reading: Reading) -> datetime | None:
    """As the slowest mart its figure stands in; a mart that is held back stays as old as it is."""
    marts = KINDS[kind].measured_in
    if any(mart not in reading.marts for mart in marts):
        return None
    return min([reading.now, *(reading.marts[mart] for mart in marts)])


def _verdict(kind: Kind, before: Decimal | None, after: Decimal | None) -> str:
    if before is None or after is None:
        return "unknown"
    if before == after:
        return "same"
    is_lower = after < before
    return "better" if is_lower == (KINDS[kind].better is Better.LOWER) else "worse"


def _worked(
    kind: Kind, before: Decimal | None, baseline: Decimal | None, after: Decimal | None
) -> bool | None:
    """Whether the matter is over where it can be, else whether it ended better than by itself.

    What was over when it was decided and still is proves nothing.
    """
    if before is None or baseline is None or after is None:
        return None
    rules = KINDS[kind]
    if rules.over_at is not None:
        is_over = after <= rules.over_at
        return None if is_over and before <= rules.over_at else is_over
    return after < baseline if rules.better is Better.LOWER else after > baseline


def _sentence(each: Measurable, after: Decimal | None, later: str) -> str:
    if after is None or each.measured is None:
        return f"{each.metric} could not be measured {later} later."
    return f"{each.metric} was {_plain(each.measured)} and is {_plain(after)} {later} later."


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
