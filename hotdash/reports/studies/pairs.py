"""All pairs of a shop in one snapshot: judged together, because each one more is one more chance to be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.insights.contributions import rounded
from hotdash.insights.correlation.innovations import Innovations
from hotdash.insights.correlation.lead_lag import (
    FALSE_SHARE,
    FEWEST_DAYS,
    LeadLag,
    common_days,
    false_shares,
    lead_lag,
    needed_correlation,
)
from hotdash.insights.studies.catalog import PAIRS, Study
from hotdash.reports.packet import words
from hotdash.reports.studies import sentences
from hotdash.reports.studies.contract import (
    Effect,
    LagRow,
    Link,
    State,
    StudyAnswer,
    StudyDay,
    StudyOfPair,
)
from hotdash.reports.studies.series import ReadPair, ReadSide, read_pair

QUARTER = 4


def answer_pairs(session: Session, shop_id: str, now: datetime) -> tuple[StudyAnswer, ...]:
    read = {study.name: read_pair(session, study, shop_id, now) for study in PAIRS}
    compared = {name: _compared(each) for name, each in read.items()}
    tested = {name: each for name, each in compared.items() if isinstance(each, LeadLag)}
    shares = false_shares({name: each.chance for name, each in tested.items()})
    return tuple(_answer(study, read[study.name], compared[study.name], shares) for study in PAIRS)


def _compared(read: ReadPair) -> LeadLag | State:
    if not (read.first.values and read.second.values):
        return State.MISSING if _unread(read) else State.TOO_FEW
    first, second = _values(read.days)
    if common_days(first, second) < FEWEST_DAYS:
        return State.TOO_FEW
    return lead_lag(first, second) or State.FLAT


def _unread(read: ReadPair) -> Sequence[ReadSide]:
    """The sides that no source has ever been read for."""
    return [
        each
        for each in (read.first, read.second)
        if not each.values and not set(each.side.source) & read.standing.as_of.keys()
    ]


def _values(days: Sequence[StudyDay]) -> tuple[list[float | None], list[float | None]]:
    first = [None if each.first is None else float(each.first) for each in days]
    second = [None if each.second is None else float(each.second) for each in days]
    return first, second


def _answer(
    study: Study, read: ReadPair, compared: LeadLag | State, shares: Mapping[str, float]
) -> StudyAnswer:
    common = common_days(*_values(read.days))
    found = StudyOfPair(read.first.series, read.second.series, read.days, common, None)
    if isinstance(compared, LeadLag):
        link = _link(compared, shares[study.name], len(shares), read)
        state = _state(compared, link)
        # What chance made weighs nothing.
        link = link if state is State.LINKED else replace(link, effect=None)
        found = replace(found, link=link)
    else:
        state = compared
    return StudyAnswer(
        study,
        state,
        sentences.verdict(state, found, _unread(read), [read.first, read.second]),
        sentences.sample(found),
        found,
        read.query,
        read.standing,
    )


def _state(compared: LeadLag, link: Link) -> State:
    if link.false_share > FALSE_SHARE:
        return State.NO_LINK
    return State.LINKED if compared.is_stable else State.UNSTABLE


def _link(compared: LeadLag, false_share: float, tested: int, read: ReadPair) -> Link:
    return Link(
        lag=compared.best.lag,
        correlation=compared.best.correlation,
        chance=compared.chance,
        false_share=false_share,
        halves=compared.halves,
        past_days=(compared.first.order, compared.second.order),
        pairs_tested=tested,
        effect=_effect(compared, read),
        lags=tuple(
            LagRow(each.lag, each.correlation, each.pairs, needed_correlation(each.days))
            for each in compared.lags
        ),
    )


def _effect(compared: LeadLag, read: ReadPair) -> Effect | None:
    """In the follower's own unit: what it was when the leader had just surprised, either way."""
    lag = compared.best.lag
    if lag >= 0:
        surprises, followers = compared.first, [each.second for each in read.days]
        leader, follower = read.first.series, read.second.series
    else:
        surprises, followers = compared.second, [each.first for each in read.days]
        leader, follower = read.second.series, read.first.series
    ranked = _by_surprise(surprises, followers, abs(lag))
    quarter = len(ranked) // QUARTER
    if not quarter:
        return None
    least = words.least(follower.unit)
    return Effect(
        *(leader.title, follower.title, follower.unit),
        after_least=rounded(_mean(ranked[:quarter]), least),
        after_most=rounded(_mean(ranked[-quarter:]), least),
        days=quarter,
    )


def _by_surprise(
    surprises: Innovations, followers: Sequence[Decimal | None], later: int
) -> list[Decimal]:
    pairs = [
        (surprise, day, follower)
        for day, surprise in enumerate(surprises.values[: len(followers) - later])
        if surprise is not None and (follower := followers[day + later]) is not None
    ]
    return [follower for _, _, follower in sorted(pairs)]


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)
