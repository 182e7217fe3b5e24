"""The log makes the model: replayed it is the same, frozen it stands still, begun anew it has forgotten."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from hotdash.decisions.recommendations.learning.card import Lessons, card_of, model_of
from hotdash.decisions.recommendations.learning.context import columns_of
from hotdash.decisions.recommendations.learning.posterior import Posterior
from hotdash.decisions.recommendations.learning.prior import BUILT_IN
from hotdash.decisions.recommendations.learning.replay import (
    ALWAYS,
    Answered,
    Learned,
    Said,
    Switches,
    Worked,
    replay,
)

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
REORDER, REPLY = {"kind": "reorder", "money": "more"}, {"kind": "reply", "money": "none"}


def answered(hour: int, said: Said, context: dict[str, str] = REORDER) -> Answered:
    return Answered(BEGAN + timedelta(hours=hour), f"{hour:04}", said, context)


def a_log(length: int = 60) -> list[Answered]:
    chance = Random(7)
    return [
        answered(hour, chance.choice(list(Said)), chance.choice([REORDER, REPLY]))
        for hour in range(length)
    ]


def documents(
    log: Sequence[Answered], learned: Learned, switches: Switches = ALWAYS
) -> tuple[object, object]:
    lessons = Lessons(log, [], BUILT_IN, switches)
    return card_of(learned, lessons), model_of(learned, lessons)


def test_replayed_it_is_the_model_that_heard_one_after_the_other() -> None:
    log = a_log()
    online = Learned(Posterior(), Posterior())
    for each in log:
        online.hear(each)
    shuffled = log.copy()
    Random(3).shuffle(shuffled)
    assert documents(log, replay(shuffled)) == documents(log, online)


def test_a_part_of_the_log_is_the_model_of_that_day() -> None:
    """Each answer is foretold by those before it: what comes later changes none of it."""
    log = a_log()
    assert replay(log[:40]).foretold == replay(log).foretold[: len(replay(log[:40]).foretold)]


def test_what_was_kept_when_it_was_shown_is_what_was_foretold() -> None:
    kept = Answered(BEGAN, "a", Said.APPROVED, REORDER, foretold=0.31)
    assert [each.probability for each in replay([kept]).foretold] == [0.31]


def test_frozen_it_does_not_move() -> None:
    log = a_log()
    frozen = Switches(frozen=[(log[30].at, None)])
    assert (
        documents(log, replay(log, switches=frozen), frozen)[1]
        == documents(log, replay(log[:30]))[1]
    )


def test_let_go_on_it_learns_what_comes_after_and_not_what_came_meanwhile() -> None:
    log = a_log()
    over = Switches(frozen=[(log[20].at, log[40].at)])
    assert model_of(replay(log, switches=over), Lessons(log, [], BUILT_IN, over)) == model_of(
        replay([*log[:20], *log[40:]]), Lessons(log, [], BUILT_IN, over)
    )


def test_begun_anew_it_has_forgotten() -> None:
    log = a_log()
    anew = Switches(since=log[30].at)
    assert replay(log, switches=anew).answers == replay(log[30:]).answers < replay(log).answers
    nothing = replay(log, switches=Switches(since=BEGAN + timedelta(days=9)))
    assert (nothing.answers, nothing.learned_to, nothing.liked.columns) == (0, None, ())


@pytest.mark.parametrize(("said", "less_than"), [(Said.EDITED, Said.APPROVED)])
def test_a_changed_approval_counts_less_than_a_whole_one(said: Said, less_than: Said) -> None:
    one, other = (
        replay([answered(0, each)]).liked.belief(columns_of(REORDER)).mean
        for each in (said, less_than)
    )
    assert 0 < one < other


def test_an_ignored_one_counts_less_than_a_rejected_one_and_is_not_foretold() -> None:
    ignored, rejected = (replay([answered(0, each)]) for each in (Said.IGNORED, Said.REJECTED))
    low, lower = (each.liked.belief(columns_of(REORDER)).mean for each in (ignored, rejected))
    assert lower < low < 0
    assert (ignored.answers, ignored.foretold) == (0, [])
    assert rejected.answers == 1


def test_what_people_like_and_what_works_are_two_numbers() -> None:
    """Reorders are approved always, and none of them did what it was for."""
    log = [answered(hour, Said.APPROVED) for hour in range(30)]
    outcomes = [Worked(each.at, each.key, each.context, worked=False) for each in log]
    learned = replay(log, outcomes)
    [kind] = card_of(learned, Lessons(log, outcomes, BUILT_IN, ALWAYS))["kinds"]
    assert (kind["answers"], kind["approved"], kind["outcomes"], kind["worked"]) == (30, 30, 30, 0)
    assert kind["liked"] > 0.9
    assert kind["works"] < 0.1
    assert replay(log).liked.weights() == learned.liked.weights()
