"""What a program proposes waits behind the rules' finds, is decided by people, and ends when its time is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError, ForbiddenError, HotdashError
from hotdash.base.roles import MATRIX, Permission, Role
from hotdash.decisions.recommendations.answering import Answer, Verdict, answer
from hotdash.decisions.recommendations.contract import KINDS, Kind
from hotdash.decisions.recommendations.proposing import (
    LONGEST_REASON,
    MOST_WAITING,
    ProposedInWords,
    Waiting,
    propose,
)
from hotdash.jobs.recommend import recommend
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.decisions import list_decisions, outcomes_of
from hotdash.storage.appdb.repositories.recommendations import (
    EXPIRED,
    OPEN,
    events_of_recommendation,
    find_recommendation,
    open_recommendations,
)
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop
from tests.fixtures.small_world import SHOP, world

Propose = Callable[..., Waiting]


@pytest.fixture
def published(publisher: Publisher, shop: SeededShop) -> Publisher:
    del shop
    publisher.build(world())
    recommend(publisher.database, SHOP, publisher.clock, {})
    return publisher


def somebody(published: Publisher, role: Role) -> UUID:
    with published.database.jobs() as session:
        user = identity.add_user(session, email=f"{role.value}@rod.example", name="Bea")
        identity.set_role(session, SHOP, user.user_id, role)
    return user.user_id


@pytest.fixture
def say(published: Publisher) -> Propose:
    user_id = somebody(published, Role.OPERATOR)

    def said(**more: Any) -> Waiting:
        told = {"subject": "hoses", "title": "Order hoses", "reason": "They sell.", "days": 14}
        asked = ProposedInWords(user_id, "mcp:x", **(told | more))
        with published.database.jobs() as session:
            return propose(session, SHOP, asked, published.clock.now())

    return said


def counts(published: Publisher) -> list[int]:
    """Of everything that a decision could change."""
    tables = ("app.decisions", "app.seo_assignments", "app.decision_outcomes", "app.job_runs")
    with published.database.jobs() as session:
        return [session.scalar(text(f"select count(*) from {each}")) or 0 for each in tables]


def test_it_waits_last_and_nothing_is_done(published: Publisher, say: Propose) -> None:
    before = counts(published)
    made = say()
    with published.database.jobs() as session:
        queue = open_recommendations(session, SHOP)
        events = events_of_recommendation(session, SHOP, made.record.recommendation_id)
    assert len(queue) > 2
    assert queue[-1].recommendation_id == made.record.recommendation_id
    assert (made.record.impact_amount, made.record.score) == (None, 0)
    assert [(each.event, each.detail["by"]) for each in events] == [("proposed", "mcp:x")]
    assert counts(published) == before


def test_the_next_run_leaves_it_where_it_is(published: Publisher, say: Propose) -> None:
    made = say()
    published.clock.advance(timedelta(hours=1))
    recommend(published.database, SHOP, published.clock, {})
    with published.database.jobs() as session:
        last = open_recommendations(session, SHOP)[-1]
    assert (last.recommendation_id, last.title) == (made.record.recommendation_id, "Order hoses")


def test_it_ends_with_its_time(published: Publisher, say: Propose) -> None:
    made = say(days=2)
    for hours, status in ((47, OPEN), (1, EXPIRED)):
        published.clock.advance(timedelta(hours=hours))
        recommend(published.database, SHOP, published.clock, {})
        with published.database.jobs() as session:
            found = find_recommendation(session, SHOP, made.record.recommendation_id)
        assert found is not None
        assert found.status == status


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REJECT, Verdict.SNOOZE])
def test_past_its_time_nobody_answers_it_although_no_run_ended_it(
    published: Publisher, say: Propose, verdict: Verdict
) -> None:
    made = say(days=2)
    boss = somebody(published, Role.MANAGER)
    before = counts(published)
    published.clock.advance(timedelta(days=2))
    until = published.clock.now() + timedelta(days=1) if verdict is Verdict.SNOOZE else None
    given = Answer(verdict, "Yes.", f"user:{boss}", until=until)
    with (
        pytest.raises(ConflictError, match="ended with its deadline, 20") as refused,
        published.database.as_user(boss) as session,
    ):
        answer(session, SHOP, made.record.recommendation_id, given, published.clock.now())
    assert refused.value.http_status == 409
    assert "may be proposed again" in (refused.value.hint or "")
    assert counts(published) == before


def test_until_its_last_moment_it_is_answered(published: Publisher, say: Propose) -> None:
    made = say(days=2)
    boss = somebody(published, Role.MANAGER)
    published.clock.advance(timedelta(days=2, seconds=-1))
    given = Answer(Verdict.APPROVE, "Yes.", f"user:{boss}")
    with published.database.as_user(boss) as session:
        answer(session, SHOP, made.record.recommendation_id, given, published.clock.now())


def test_what_waits_is_not_asked_twice(published: Publisher, say: Propose) -> None:
    first = say()
    again = say(subject="  HOSES ", title="Order many more hoses")
    assert again.is_repeated
    assert again.record.recommendation_id == first.record.recommendation_id
    assert again.record.title == "Order hoses"


@pytest.mark.parametrize(
    ("verdict", "action"),
    [
        (Verdict.APPROVE, "agents.proposal.approve"),
        (Verdict.REJECT, "agents.proposal.reject"),
    ],
)
def test_a_person_decides_and_is_not_asked_again_for_a_while(
    published: Publisher, say: Propose, verdict: Verdict, action: str
) -> None:
    made = say()
    given = Answer(verdict, "So.", "cli:ana", is_operator=True)
    with published.database.jobs() as session:
        answer(session, SHOP, made.record.recommendation_id, given, published.clock.now())
        [decided] = list_decisions(session, SHOP)
    assert (decided.action, decided.actor) == (action, "cli:ana")
    assert decided.detail["shown"]["proposed_by"] == "mcp:x"
    with pytest.raises(ConflictError, match="This was"):
        say()
    published.clock.advance(KINDS[Kind.PROPOSAL].quiet)
    assert not say().is_repeated


def test_what_came_of_it_is_that_nobody_measured_it(published: Publisher, say: Propose) -> None:
    made = say()
    given = Answer(Verdict.APPROVE, "So.", "cli:ana", is_operator=True)
    with published.database.jobs() as session:
        answer(session, SHOP, made.record.recommendation_id, given, published.clock.now())
        [decided] = list_decisions(session, SHOP)
    published.clock.advance(timedelta(days=22))
    recommend(published.database, SHOP, published.clock, {})
    with published.database.jobs() as session:
        outcome = outcomes_of(session, SHOP, [decided.decision_id])[decided.decision_id]
    assert outcome.verdict == "unknown"
    assert outcome.sentence == "What was proposed could not be measured 22 days later."


def test_a_flood_is_refused(say: Propose) -> None:
    for number in range(MOST_WAITING):
        say(subject=f"hose {number}")
    with pytest.raises(ConflictError, match="20 proposals wait"):
        say(subject="one more")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " \u200b\u202e "},
        {"reason": "x" * (LONGEST_REASON + 1)},
        {"subject": ""},
        {"days": 0},
        {"days": 31},
    ],
)
def test_what_says_nothing_or_too_much_is_refused(say: Propose, wrong: dict[str, Any]) -> None:
    with pytest.raises(HotdashError) as caught:
        say(**wrong)
    assert caught.value.field == next(iter(wrong))


def test_nothing_hidden_and_nobodys_address_is_kept(say: Propose) -> None:
    made = say(title="Call\nbea@rod.example\u202e now", reason="One.\nTwo \U000e0041.")
    assert made.record.title == "Call *** now"
    assert made.record.reason == "One.\nTwo ."


@pytest.mark.parametrize("role", Role)
def test_the_right_is_asked_for_where_it_is_written(published: Publisher, role: Role) -> None:
    asked = ProposedInWords(somebody(published, role), "mcp:x", "a", "b", "c", 1)
    with published.database.jobs() as session:
        if role in MATRIX[Permission.PROPOSE]:
            propose(session, SHOP, asked, published.clock.now())
        else:
            with pytest.raises(ForbiddenError):
                propose(session, SHOP, asked, published.clock.now())


def test_nobody_of_another_shop(published: Publisher) -> None:
    with published.database.jobs() as session:
        stranger = identity.add_user(session, email="kenji@kyoto.example", name="Kenji").user_id
        with pytest.raises(ForbiddenError):
            propose(
                *(session, SHOP, ProposedInWords(stranger, "mcp:x", "a", "b", "c", 1)),
                published.clock.now(),
            )
