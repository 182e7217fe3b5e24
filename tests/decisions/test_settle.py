"""When something is asked, asked again, put off and taken back: the rule, and any sequence of what may happen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.decisions.recommendations.contract import Kind
from hotdash.decisions.recommendations.ranking import urgency
from hotdash.decisions.recommendations.settle import (
    MOST_ASKED_OF_A_KIND,
    Key,
    Proposed,
    Settled,
    settle,
)
from hotdash.storage.appdb.repositories.recommendations import ASKED, RecommendationRecord
from tests.decisions.recommendations_given import NOW, proposal, reading

JUDGED = frozenset(Kind)
Periods = set[tuple[str, str, str]]


@dataclass
class Kept:
    """What the database would hold."""

    rows: dict[object, RecommendationRecord] = field(
        default_factory=dict[object, RecommendationRecord]
    )
    events: list[tuple[object, str]] = field(default_factory=list[tuple[object, str]])

    def run(
        self, proposed: Sequence[Proposed], now: datetime = NOW, judged: frozenset[Kind] = JUDGED
    ) -> Settled:
        done = settle(reading(now), self.known(), self.periods(), proposed, judged, now)
        for record in (*done.opened, *done.kept, *done.expired):
            self.rows[record.recommendation_id] = record
        self.events += [(each.recommendation_id, each.event) for each in done.events]
        return done

    def known(self) -> dict[Key, RecommendationRecord]:
        found: dict[Key, RecommendationRecord] = {}
        for record in sorted(self.rows.values(), key=_newest_last):
            found[record.kind, record.subject] = record
        return found

    def periods(self) -> Periods:
        return {(each.kind, each.subject, each.period) for each in self.rows.values()}

    def answer(self, status: str, at: datetime = NOW, until: datetime | None = None) -> None:
        [asked] = [each for each in self.rows.values() if each.is_asked]
        self.answered(asked, status, at, until)

    def answered(
        self,
        asked: RecommendationRecord,
        status: str,
        at: datetime,
        until: datetime | None = None,
    ) -> None:
        is_over = status != "snoozed"
        self.rows[asked.recommendation_id] = replace(
            asked,
            status=status,
            closed_at=at if is_over else None,
            snoozed_until=until,
            snoozed_magnitude=None if is_over else asked.magnitude,
        )


def _newest_last(record: RecommendationRecord) -> tuple[bool, datetime, datetime, str]:
    closed = record.closed_at or record.opened_at
    return record.is_asked, record.opened_at, closed, record.period


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.mark.parametrize("answer", ["approved", "rejected"])
class TestWhatWasAnswered:
    def test_is_not_asked_again_within_its_period(self, kept: Kept, answer: str) -> None:
        kept.run([proposal()])
        kept.answer(answer)
        later = NOW + timedelta(days=14) - timedelta(seconds=1)
        assert not kept.run([proposal(magnitude=149)], later).opened

    def test_is_asked_anew_when_its_period_is_over(self, kept: Kept, answer: str) -> None:
        [first] = kept.run([proposal()]).opened
        kept.answer(answer)
        [second] = kept.run([proposal()], NOW + timedelta(days=14)).opened
        assert second.recommendation_id != first.recommendation_id
        assert (first.period, second.period) == ("2026-11-21", "2026-12-05")

    def test_is_asked_anew_at_once_where_it_grew_by_half(self, kept: Kept, answer: str) -> None:
        kept.run([proposal()])
        kept.answer(answer)
        [second] = kept.run([proposal(magnitude=150)], NOW + timedelta(hours=1)).opened
        assert second.period == "2026-11-21.2"


class TestWhatWasPutOff:
    def test_sleeps_until_its_moment_and_then_wakes(self, kept: Kept) -> None:
        kept.run([proposal()])
        kept.answer("snoozed", until=NOW + timedelta(days=1))
        [asleep] = kept.run([proposal()], NOW + timedelta(hours=23)).kept
        assert (asleep.status, asleep.rank) == ("snoozed", None)
        [awake] = kept.run([proposal()], NOW + timedelta(days=1)).kept
        assert (awake.status, awake.rank, awake.snoozed_until) == ("open", 1, None)

    def test_wakes_sooner_where_it_grew_by_half_however_slowly(self, kept: Kept) -> None:
        kept.run([proposal()])
        kept.answer("snoozed", until=NOW + timedelta(days=9))
        assert kept.run([proposal(magnitude=140)]).kept[0].status == "snoozed"
        assert kept.run([proposal(magnitude=151)]).kept[0].status == "open"

    def test_expires_unignored(self, kept: Kept) -> None:
        kept.run([proposal()])
        kept.answer("snoozed", until=NOW + timedelta(days=9))
        done = kept.run([])
        assert [each.status for each in done.expired] == ["expired"]
        assert done.events[-1].detail == {"ignored": False}


def test_what_expired_and_comes_back_is_a_new_question(kept: Kept) -> None:
    [first] = kept.run([proposal()]).opened
    kept.run([])
    [second] = kept.run([proposal()]).opened
    assert second.period == "2026-11-21.2"
    assert second.recommendation_id != first.recommendation_id


def test_a_kind_that_nobody_could_judge_is_left_as_it_is(kept: Kept) -> None:
    kept.run([proposal()])
    done = kept.run([], judged=frozenset({Kind.REPLY}))
    assert [each.status for each in done.kept] == ["open"]


def test_two_who_propose_the_same_are_asked_once_by_the_weightier(kept: Kept) -> None:
    [asked] = kept.run([proposal(), proposal(magnitude=300)]).opened
    assert asked.magnitude == 300


def test_what_was_put_off_and_was_gone_for_an_hour_is_still_put_off(kept: Kept) -> None:
    kept.run([proposal()])
    until = NOW + timedelta(days=9)
    kept.answer("snoozed", until=until)
    kept.run([], NOW + timedelta(hours=1))
    [back] = kept.run([proposal(magnitude=140)], NOW + timedelta(hours=2)).opened
    assert (back.status, back.rank, back.snoozed_until) == ("snoozed", None, until)
    # And gone and back once more: half more than the 100 at which it was put off.
    kept.run([], NOW + timedelta(hours=3))
    [worse] = kept.run([proposal(magnitude=150)], NOW + timedelta(hours=4)).opened
    assert (worse.status, worse.rank) == ("open", 1)


def test_what_was_put_off_and_comes_back_after_that_is_asked(kept: Kept) -> None:
    kept.run([proposal()])
    kept.answer("snoozed", until=NOW + timedelta(days=1))
    kept.run([], NOW + timedelta(hours=1))
    [back] = kept.run([proposal()], NOW + timedelta(days=1)).opened
    assert (back.status, back.snoozed_until) == ("open", None)


@pytest.mark.parametrize(
    ("kind", "deadline"),
    [
        (Kind.REPLY, NOW + timedelta(days=5)),
        (Kind.CHASE_CARRIER, NOW + timedelta(days=5)),
        (Kind.REORDER, NOW),
    ],
)
def test_a_standing_subject_is_due_by_what_it_is_about_now(
    kept: Kept, kind: Kind, deadline: datetime
) -> None:
    """100 due now are 400; in five days they are 100."""
    kept.run([proposal(kind=kind, deadline=NOW)])
    [later] = kept.run([proposal(kind=kind, deadline=NOW + timedelta(days=5))]).kept
    assert later.deadline == deadline
    assert later.score == (400 if deadline == NOW else 100)


def test_of_a_kind_no_more_are_asked_than_people_can_look_at(kept: Kept) -> None:
    many = [proposal(f"item:{number}", 1000 + number) for number in range(60)]
    done = kept.run(many)
    assert len(done.opened) == MOST_ASKED_OF_A_KIND
    assert min(each.magnitude for each in done.opened) == 1010
    # Those who wait keep waiting behind one that weighs more; one that weighs less is not asked.
    again = kept.run([*many, proposal("item:99", 5000), proposal("item:98", 900)])
    assert [(each.subject, each.rank) for each in again.opened] == [("item:99", 1)]
    assert [each.rank for each in again.kept] == list(range(2, MOST_ASKED_OF_A_KIND + 2))


def test_what_is_put_off_keeps_nobody_out(kept: Kept) -> None:
    many = [proposal(f"item:{number}", 1000 + number) for number in range(50)]
    for each in kept.run(many).opened:
        kept.answered(each, "snoozed", NOW, NOW + timedelta(days=9))
    done = kept.run([*many, proposal("item:99", 1)])
    assert [each.subject for each in done.opened] == ["item:99"]


@pytest.mark.parametrize(
    ("left", "factor"),
    [
        (timedelta(hours=-5), "4"),
        (timedelta(days=1), "4"),
        (timedelta(days=1, seconds=1), "2"),
        (timedelta(days=3), "2"),
        (timedelta(days=7), "1"),
        (timedelta(days=7, seconds=1), "0.5"),
    ],
)
def test_urgency_by_what_is_left(left: timedelta, factor: str) -> None:
    assert urgency(NOW + left, NOW) == Decimal(factor)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.dictionaries(st.integers(1, 3), st.integers(1, 400))),
        st.tuples(st.just("wait"), st.integers(1, 400)),
        st.tuples(st.just("approved"), st.integers(1, 3)),
        st.tuples(st.just("rejected"), st.integers(1, 3)),
        st.tuples(st.just("snoozed"), st.integers(1, 3)),
    ),
    max_size=30,
)


@settings(max_examples=300, derandomize=True)
@given(steps=STEPS)
def test_no_sequence_loses_or_doubles_a_question(steps: list[tuple[str, object]]) -> None:
    kept, now, answered = Kept(), NOW, dict[object, str]()
    for step, told in steps:
        if step == "wait":
            now += timedelta(hours=int(str(told)))
        elif step == "publish":
            assert isinstance(told, dict)
            before = dict(kept.rows)
            proposed = [proposal(f"item:{item}", size) for item, size in told.items()]
            kept.run(proposed, now)
            assert before.keys() <= kept.rows.keys()
            once = dict(kept.rows)
            kept.run(proposed, now)
            assert kept.rows.keys() == once.keys(), "running twice asks nothing more"
        else:
            asked = kept.known().get(("reorder", f"item:{told}"))
            if asked is not None and asked.is_asked:
                kept.answered(asked, step, now, now + timedelta(days=2))
                if step != "snoozed":
                    answered[asked.recommendation_id] = step
        waiting = [(each.kind, each.subject) for each in kept.rows.values() if each.is_asked]
        assert len(waiting) == len(set(waiting)), "asked twice at a time"
        ranks = sorted(
            each.rank for each in kept.rows.values() if each.rank and each.status == "open"
        )
        assert ranks == sorted(set(ranks))
    assert all(kept.rows[each].status == status for each, status in answered.items())
    proposed_once = [each for each, event in kept.events if event == "proposed"]
    assert len(proposed_once) == len(set(proposed_once)) == len(kept.rows)
    ended = [each for each, event in kept.events if event == "expired"]
    assert len(ended) == len(set(ended))
    assert {each.status for each in kept.rows.values()} <= {
        *ASKED,
        "approved",
        "rejected",
        "expired",
    }
