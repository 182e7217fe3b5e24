"""What a study says in words: that two series move together, never that one causes the other."""

from collections.abc import Sequence

from hotdash.base.money import MINUS
from hotdash.connectors.registry import registry as connectors
from hotdash.insights.correlation.lead_lag import FALSE_SHARE, FEWEST_DAYS, MOST_LAG
from hotdash.insights.tiles import wording
from hotdash.reports.packet import words
from hotdash.reports.studies.contract import Effect, Link, State, StudyOfPair
from hotdash.reports.studies.series import ReadSide

METHOD = (
    "Each day is ranked among all days of its series, so that one extreme day counts as one.",
    "Of both series their weekdays and a straight line over time are taken out, then what each day "
    "follows from the days before it: an autoregression of up to 14 days, as long as the Bayesian "
    "information criterion says.",
    f"What is left is correlated at every shift of up to {MOST_LAG} days to either side; the "
    "one that chance explains least is told. How likely chance alone shows one as strong is corrected for the "
    f"{2 * MOST_LAG + 1} shifts (Šidák), for what both still remember of past days (Bartlett), "
    "and for a few restless days that both share.",
    f"Of all pairs of the shop that are told, at most {FALSE_SHARE:.0%} are chance "
    "(Benjamini-Hochberg), and a link must show in both halves of the days with at least half its "
    "strength.",
    "Moving together is no cause: a third thing may move both.",
)
_STRENGTHS = ((0.3, "weakly"), (0.5, "moderately"), (1.1, "strongly"))


def verdict(
    state: State, found: StudyOfPair, unread: Sequence[ReadSide], sides: Sequence[ReadSide]
) -> str:
    match state:
        case State.MISSING:
            return " ".join(map(_not_connected, unread))
        case State.TOO_FEW:
            return _not_enough(found, sides)
        case State.FLAT:
            return (
                f"{found.first.title} or {found.second.title} did not change on these days beyond "
                "its weekdays and its trend, so there is nothing to compare."
            )
        case _:
            assert found.link is not None
            return _of_link(state, found, found.link)


def _not_connected(each: ReadSide) -> str:
    titles = " or ".join(connectors()[vendor].title for vendor in each.side.source)
    return f"{each.series.title} is unknown: {titles} is not connected, or was never read."


def _not_enough(found: StudyOfPair, sides: Sequence[ReadSide]) -> str:
    empty = [each for each in sides if not each.values]
    if empty:
        reasons = " ".join(dict.fromkeys(each.why for each in empty if each.why))
        titles = " and ".join(each.series.title for each in empty)
        return f"Not enough days: {titles} has no day that can be judged yet. {reasons}".strip()
    days = wording.counted(found.common_days, "day")
    return f"Not enough days: {days} known in both, and {FEWEST_DAYS} are needed."


def _of_link(state: State, found: StudyOfPair, link: Link) -> str:
    if state is State.NO_LINK:
        return (
            f"No link found: within {MOST_LAG} days to either side, "
            f"{found.first.title} and {found.second.title} move together no more than chance does."
        )
    together = f"{found.first.title} and {found.second.title}"
    if state is State.UNSTABLE:
        return (
            f"No lasting link: {together} moved together, but not in both halves of the days alike."
        )
    way = "more with more" if link.correlation > 0 else "more with less"
    return f"{together} move together {strength(link)}, {way}: {leading(found, link)}."


def leading(found: StudyOfPair, link: Link) -> str:
    if not link.lag:
        return "on the same day"
    leader = found.first if link.lag > 0 else found.second
    return f"{leader.title} leads by {wording.counted(abs(link.lag), 'day')}"


def strength(link: Link) -> str:
    return next(word for limit, word in _STRENGTHS if abs(link.correlation) < limit)


def sample(found: StudyOfPair) -> str:
    if not found.days:
        return "No day is known in both"
    days = wording.counted(found.common_days, "day")
    return f"{days} known in both, {words.span(found.days[0].day, found.days[-1].day)}"


def weight(effect: Effect, link: Link) -> str:
    """In the follower's unit, so that it can be weighed."""
    least, most = (
        words.told(each, effect.unit) for each in (effect.after_least, effect.after_most)
    )
    on, later = "On", ""
    if link.lag:
        on, later = "After", f" {wording.counted(abs(link.lag), 'day')} later"
    return (
        f"{on} the quarter of days on which {effect.leader} was furthest above what was to be "
        f"expected, {effect.follower} was {most} on average{later}; {on.lower()} the quarter furthest "
        f"below, {least} ({effect.days} days each)."
    )


def numbers(link: Link) -> str:
    first, second = map(correlation, link.halves)
    return (
        f"Correlation {correlation(link.correlation)} {shift(link)}; {first} in the first half of "
        f"the days, {second} in the second. {likelihood(link)}"
    )


def correlation(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace("-", MINUS)


def shift(link: Link) -> str:
    if not link.lag:
        return "on the same day"
    return f"at a {'lead' if link.lag > 0 else 'lag'} of {wording.counted(abs(link.lag), 'day')}"


def likelihood(link: Link) -> str:
    pairs = wording.counted(link.pairs_tested, "pair")
    return (
        f"Chance alone shows one as strong in {share(link.chance)} of such studies; told with all "
        f"likelier ones of {pairs}, {share(link.false_share)} would be false."
    )


def share(value: float) -> str:
    return "less than 0.1%" if value < 0.001 else f"{value:.1%}"
