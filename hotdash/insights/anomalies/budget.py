"""Three false alerts a week for everything of a shop that can ring: who takes too much is asked for more."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hotdash.insights.anomalies.judge import Level, Limits, Seen
from hotdash.insights.anomalies.replay import cooled, seen_of
from hotdash.insights.anomalies.series import Series

FALSE_ALERTS_A_WEEK = 3.0
MOST_OF_ONE = FALSE_ALERTS_A_WEEK / 15
"""Nothing takes more than a fifteenth of it, even where nothing else rings."""
TUNED_ON_WEEKS = 26
Told = Container[tuple[int, bool]]
"""Step and whether it was more than expected."""


@dataclass(frozen=True, slots=True)
class Rung:
    """What rang of one series, or of a group under one limit, in so many weeks: how far off each was."""

    sizes: tuple[float, ...] = ()
    weeks: float = 0.0

    @property
    def a_week(self) -> float:
        return len(self.sizes) / self.weeks if self.weeks else 0.0


@dataclass(frozen=True, slots=True)
class Tuned:
    """Why the limit of alerts is another than asked for, where it is."""

    limits: Limits
    asked: Limits
    alerts: int
    allowed: int
    weeks: float

    @property
    def is_raised(self) -> bool:
        return self.limits.alert > self.asked.alert


def history_of(series: Series, before: int) -> list[Seen]:
    """The weeks before a step, as each of their steps was judged; incidents and holidays tune nothing."""
    first = before - TUNED_ON_WEEKS * series.grain.season
    steps = [each for each in series.steps() if first <= each < before]
    return seen_of(series, filter(series.tells_of_others, steps))


def rung_in(
    series: Series, history: Sequence[Seen], limits: Limits, told_already: Told = frozenset()
) -> Rung:
    """What its whole told is no alert of a part."""
    own = [each for each in history if (each.step, each.z > 0) not in told_already]
    sizes = [
        abs(told.seen.z)
        for told in cooled(series, own, limits)
        if told.level is Level.ALERT and told.is_new
    ]
    return Rung(tuple(sizes), len(history) / series.grain.season)


def together(rung: Iterable[Rung]) -> Rung:
    every = list(rung)
    sizes = (size for each in every for size in each.sizes)
    return Rung(tuple(sizes), max((each.weeks for each in every), default=0.0))


def tuned(rung: Mapping[str, Rung], asked: Mapping[str, Limits]) -> dict[str, Tuned]:
    share = share_of([each.a_week for each in rung.values()])
    return {name: _tuned(each, asked[name], share) for name, each in rung.items()}


def share_of(a_week: Iterable[float]) -> float:
    """The most that each may take of the budget; what some leave of theirs is the others'."""
    left, rates = FALSE_ALERTS_A_WEEK, sorted(a_week)
    for place, rate in enumerate(rates):
        even = left / (len(rates) - place)
        if rate > even:
            return min(even, MOST_OF_ONE)
        left -= rate
    return MOST_OF_ONE


def _tuned(rung: Rung, asked: Limits, share: float) -> Tuned:
    """The one largest of half a year is never too many: it may have been true."""
    allowed = max(int(rung.weeks * share), 1)
    limits = asked
    if len(rung.sizes) > allowed:
        beyond = sorted(rung.sizes, reverse=True)[allowed]
        limits = replace(asked, alert=max(asked.alert, beyond))
    return Tuned(limits, asked, len(rung.sizes), allowed, rung.weeks)
