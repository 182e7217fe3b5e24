"""Answers on a real database: once, by whom, with what was shown, and what came of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.actors import actor_of
from hotdash.base.clock import FixedClock
from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.roles import MATRIX, Permission, Role
from hotdash.decisions.assignments import Assign, State, assign, move
from hotdash.decisions.corrections import correct
from hotdash.decisions.log import DecisionError
from hotdash.decisions.recommendations.answering import Answer, Answered, Verdict, answer
from hotdash.decisions.recommendations.contract import Kind
from hotdash.jobs.recommend import recommend
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.assignments import list_assignments
from hotdash.storage.appdb.repositories.decisions import (
    Wanted,
    find_decision,
    list_decisions,
    outcomes_of,
)
from hotdash.storage.appdb.repositories.recommendations import (
    RecommendationRecord,
    events_of_recommendation,
    find_recommendation,
    open_recommendations,
)
from hotdash.storage.appdb.session import Database
from tests.decisions.recommendations_given import proposal
from tests.fixtures.asked import ask_all
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop
from tests.fixtures.small_world import NOW, SHOP, Rows, hose, replaced, world


@pytest.fixture
def published(publisher: Publisher, shop: SeededShop) -> Publisher:
    del shop
    publisher.build(world())
    recommend(publisher.database, SHOP, publisher.clock, {})
    return publisher


def waiting(database: Database, kind: str) -> RecommendationRecord:
    with database.jobs() as session:
        [found] = [each for each in open_recommendations(session, SHOP) if each.kind == kind]
    return found


def given(verdict: Verdict = Verdict.APPROVE, **told: Any) -> Answer:
    own: dict[str, Any] = {"rationale": "It sells.", "actor": "cli:ana", "is_operator": True}
    return Answer(verdict, **(own | told))


def say(published: Publisher, kind: str, told: Answer) -> Answered:
    asked = waiting(published.database, kind)
    with published.database.jobs() as session:
        return answer(session, SHOP, asked.recommendation_id, told, published.clock.now())


class TestAnApproval:
    def test_is_kept_with_what_was_shown_and_what_led_to_it(self, published: Publisher) -> None:
        asked = waiting(published.database, "reorder")
        order = (str(new_id()), str(asked.recommendation_id))
        published.clock.advance(timedelta(minutes=10))
        told = given(
            shown_at=NOW + timedelta(minutes=7),
            shown_order=order,
            option="order",
            edits={"units": 48},
            feedback="The supplier packs 24.",
            external_ref="PO-7",
        )
        made = say(published, "reorder", told)

        with published.database.jobs() as session:
            kept = find_decision(session, SHOP, made.decision)
            after = find_recommendation(session, SHOP, asked.recommendation_id)
            events = events_of_recommendation(session, SHOP, asked.recommendation_id)
        assert kept is not None
        assert (kept.scope, kept.action, kept.subject) == (
            "ops",
            "inventory.reorder.approve",
            "item:801",
        )
        assert (kept.external_ref, kept.recommendation_id) == ("PO-7", asked.recommendation_id)
        detail = kept.detail
        assert detail["shown"]["impact_amount"] == "880.0000"
        assert detail["shown"]["rank"] == asked.rank
        assert (detail["seconds_to_decide"], detail["shown_order"]) == (180, list(order))
        assert (detail["edits"], detail["option"]) == ({"units": 48}, "order")
        assert detail["features"]["units_short"] == 22
        assert [each["option"] for each in detail["options"]] == ["order", "let it run out"]
        assert after is not None
        assert (after.status, after.decision_id) == ("approved", made.decision)
        assert [each.event for each in events] == ["proposed", "approved"]

    def test_of_replies_names_each_conversation(self, published: Publisher) -> None:
        made = say(published, "reply", given())
        with published.database.jobs() as session:
            kept = find_decision(session, SHOP, made.decision)
        assert kept is not None
        assert kept.detail["subjects"] == ["conversation:7", "conversation:9"]

    def test_of_a_page_assigns_it(self, published: Publisher) -> None:
        with pytest.raises(HotdashError, match="assigned to nobody"):
            say(published, "assign_page", given())
        made = say(published, "assign_page", given(assignee="Bea"))
        assert made.action == "seo.assignment.create"
        with published.database.jobs() as session:
            [assigned] = list_assignments(session, SHOP)
            kept = find_decision(session, SHOP, made.decision)
        assert (assigned.landing_page, assigned.assignee) == ("/collections/hoses", "Bea")
        assert (assigned.state, assigned.assignment_id) == ("open", made.assignment)
        assert kept is not None
        assert kept.detail["edits"]["landing_page"] == "/collections/hoses"
        assert kept.subject == "page:/collections/hoses"

    def test_of_a_page_that_is_not_named_is_refused_and_leaves_nothing(
        self, published: Publisher
    ) -> None:
        of_page = {"kind": Kind.ASSIGN_PAGE, "features": {"day": "2026-11-20"}}
        [asked] = ask_all(published.database, NOW, [proposal("page:/p", **of_page)])
        with (
            published.database.jobs() as session,
            pytest.raises(HotdashError, match="cannot be approved") as refused,
        ):
            answer(session, SHOP, asked.recommendation_id, given(assignee="Bea"), NOW)
        assert "landing_page" in (refused.value.hint or "")
        with published.database.jobs() as session:
            assert list_decisions(session, SHOP) == []

    def test_a_moment_that_cannot_be_is_not_believed(self, published: Publisher) -> None:
        published.clock.advance(timedelta(minutes=2))
        told = given(shown_at=NOW + timedelta(days=3))
        made = say(published, "reorder", told)
        with published.database.jobs() as session:
            kept = find_decision(session, SHOP, made.decision)
        assert kept is not None
        assert kept.detail["seconds_to_decide"] == 120


class TestTwice:
    def test_with_the_same_key_it_is_one_decision(self, published: Publisher) -> None:
        asked = waiting(published.database, "reorder")
        told = given(idempotency_key="k1")
        first = say(published, "reorder", told)
        with published.database.jobs() as session:
            again = answer(session, SHOP, asked.recommendation_id, told, NOW)
            assert len(list_decisions(session, SHOP)) == 1
        assert again == replace(first, is_repeated=True)

    def test_a_key_stands_for_one_answer(self, published: Publisher) -> None:
        asked = waiting(published.database, "reorder")
        say(published, "reorder", given(idempotency_key="k1"))
        other = given(Verdict.REJECT, idempotency_key="k1")
        with published.database.jobs() as session, pytest.raises(ConflictError, match="another"):
            answer(session, SHOP, asked.recommendation_id, other, NOW)

    def test_what_is_answered_is_not_answered_again(self, published: Publisher) -> None:
        asked = waiting(published.database, "reorder")
        say(published, "reorder", given())
        with published.database.jobs() as session, pytest.raises(ConflictError, match="already"):
            answer(session, SHOP, asked.recommendation_id, given(Verdict.REJECT), NOW)

    def test_of_two_at_the_same_moment_one_is_refused_and_leaves_nothing(
        self, published: Publisher, shop: SeededShop
    ) -> None:
        asked, database = waiting(published.database, "reorder"), published.database
        mine = given(actor=actor_of(shop.owner_id), is_operator=False)

        def answer_late() -> None:
            with database.as_user(shop.owner_id) as late:
                assert find_recommendation(late, SHOP, asked.recommendation_id)
                say(published, "reorder", given(Verdict.REJECT))
                answer(late, SHOP, asked.recommendation_id, mine, NOW)

        with pytest.raises(ConflictError):
            answer_late()
        with database.jobs() as session:
            [only] = list_decisions(session, SHOP)
        assert only.action == "inventory.reorder.reject"


@pytest.mark.parametrize("role", list(Role))
def test_the_database_asks_for_the_role_once_more(published: Publisher, role: Role) -> None:
    database, asked = published.database, waiting(published.database, "reorder")
    with database.jobs() as session:
        user = identity.add_user(session, email=f"{role}@shop.example", name="Some Body")
        identity.set_role(session, SHOP, user.user_id, role)
    mine = given(actor=actor_of(user.user_id), is_operator=False)

    def try_it() -> None:
        with database.as_user(user.user_id) as session:
            answer(session, SHOP, asked.recommendation_id, mine, NOW)

    if role in MATRIX[Permission.DECIDE]:
        try_it()
    else:
        with pytest.raises(ConflictError, match="role"):
            try_it()
    with database.jobs() as session:
        expected = 1 if role in MATRIX[Permission.DECIDE] else 0
        assert len(list_decisions(session, SHOP)) == expected


@pytest.mark.parametrize("told", [given(rationale=" "), given(Verdict.REJECT, rationale="")])
def test_an_answer_needs_its_reason(published: Publisher, told: Answer) -> None:
    with pytest.raises(DecisionError, match="rationale"):
        say(published, "reorder", told)


@pytest.mark.parametrize("days", [None, 0, 15])
def test_nothing_is_put_off_for_ever(published: Publisher, days: int | None) -> None:
    until = None if days is None else NOW + timedelta(days=days)
    with pytest.raises(HotdashError, match="put off"):
        say(published, "reorder", given(Verdict.SNOOZE, until=until))


def test_what_was_put_off_comes_back_as_the_same(published: Publisher) -> None:
    asked = waiting(published.database, "reorder")
    say(published, "reorder", given(Verdict.SNOOZE, until=NOW + timedelta(days=1)))
    recommend(published.database, SHOP, published.clock, {})
    with published.database.jobs() as session:
        assert "reorder" not in {each.kind for each in open_recommendations(session, SHOP)}
    published.clock.advance(timedelta(days=1))
    recommend(published.database, SHOP, published.clock, {})
    assert waiting(published.database, "reorder").recommendation_id == asked.recommendation_id


def test_a_correction_is_another_decision_that_names_the_first(published: Publisher) -> None:
    made = say(published, "reorder", given())
    with published.database.jobs() as session:
        corrected = correct(
            session, SHOP, made.decision, NOW, actor="cli:ana", rationale="24, not 48."
        )
        kept = find_decision(session, SHOP, corrected)
        assert len(list_decisions(session, SHOP)) == 2
    assert kept is not None
    assert (kept.action, kept.corrects, kept.subject) == (
        "decision.correct",
        made.decision,
        "item:801",
    )
    with published.database.jobs() as session, pytest.raises(NotFoundError):
        correct(session, SHOP, UUID(int=7), NOW, actor="cli:ana", rationale="So.")


class TestOutcomes:
    def after(self, published: Publisher, rows: Rows, days: int) -> str | None:
        made = say(published, "reorder", given())
        published.clock.advance(timedelta(days=days))
        published.build(rows)
        recommend(published.database, SHOP, published.clock, {})
        recommend(published.database, SHOP, published.clock, {})
        with published.database.jobs() as session:
            found = outcomes_of(session, SHOP, [made.decision])
        return found[made.decision].sentence if found else None

    def test_not_before_its_time(self, published: Publisher) -> None:
        assert self.after(published, world(), 20) is None

    def test_the_same_figure_again(self, published: Publisher) -> None:
        """21 days after the order the item is short of nothing; once, however often it is looked at."""
        rows = replaced(world(), "fct_inventory", [hose(is_running_out=False)])
        told = self.after(published, rows, 21)
        assert told == "units_short was 22 and is 0 21 days later."

    def test_which_way_it_went(self, published: Publisher) -> None:
        rows = replaced(world(), "fct_inventory", [hose(units_short=30)])
        self.after(published, rows, 21)
        with published.database.jobs() as session:
            [verdict] = session.scalars(text("select verdict from app.decision_outcomes"))
        assert verdict == "worse"

    def test_of_a_page_that_nobody_comes_to_any_more(self, published: Publisher) -> None:
        """Another page is judged on the day; this one has no row of its own any more."""
        made = say(published, "assign_page", given(assignee="Bea"))
        published.clock.advance(timedelta(days=28))
        row = world()["fct_landing_pages"][0]
        other = row | {"page": "/other", "day": date(2026, 12, 18), "is_anomaly": False}
        published.build(replaced(world(), "fct_landing_pages", [row, other]))
        recommend(published.database, SHOP, published.clock, {})
        with published.database.jobs() as session:
            found = outcomes_of(session, SHOP, [made.decision])
        assert found[made.decision].sentence == "sessions_7d was 60 and is 0 28 days later."

    def test_nothing_of_a_mart_that_is_blocked(self, published: Publisher) -> None:
        made = say(published, "reorder", given())
        published.clock.advance(timedelta(days=21))
        rows = replaced(world(), "fct_inventory", [hose(units_short=30)])
        published.build(rows, blocked={SHOP: {"fct_inventory": ["It is wrong."]}})
        recommend(published.database, SHOP, published.clock, {})
        with published.database.jobs() as session:
            assert outcomes_of(session, SHOP, [made.decision]) == {}


class TestAssignments:
    def test_a_page_is_given_without_a_recommendation_once_per_key(
        self, database: Database, shop: SeededShop
    ) -> None:
        asked = Assign("/p", "Bea", "It fell.", actor_of(shop.owner_id), idempotency_key="k")
        with database.as_user(shop.owner_id) as session:
            first = assign(session, SHOP, asked, NOW)
        with database.as_user(shop.owner_id) as session:
            again = assign(session, SHOP, asked, NOW)
            [decision] = list_decisions(session, SHOP)
        assert again.assignment_id == first.assignment_id
        assert (decision.action, decision.subject) == ("seo.assignment.create", "page:/p")

    def test_what_is_recommended_for_the_page_is_answered_with_it(
        self, published: Publisher, shop: SeededShop
    ) -> None:
        asked = waiting(published.database, "assign_page")
        mine = Assign("/collections/hoses", "Bea", "It fell.", actor_of(shop.owner_id))
        with published.database.as_user(shop.owner_id) as session:
            made = assign(session, SHOP, mine, NOW)
        with published.database.jobs() as session:
            after = find_recommendation(session, SHOP, asked.recommendation_id)
            [decision] = list_decisions(session, SHOP)
            events = events_of_recommendation(session, SHOP, asked.recommendation_id)
            with pytest.raises(ConflictError, match="approved already"):
                answer(session, SHOP, asked.recommendation_id, given(assignee="Cy"), NOW)
            assert len(list_assignments(session, SHOP)) == 1
        assert after is not None
        assert (after.status, after.decision_id) == ("approved", made.decision_id)
        assert decision.recommendation_id == asked.recommendation_id
        assert decision.detail["features"]["sessions_7d"] == 60
        assert [each.event for each in events] == ["proposed", "approved"]

    def test_it_is_moved_on_and_ends(self, database: Database, shop: SeededShop) -> None:
        actor = actor_of(shop.owner_id)
        with database.as_user(shop.owner_id) as session:
            made = assign(session, SHOP, Assign("/p", "Bea", "It fell.", actor), NOW)
            move(session, SHOP, made.assignment_id, State.DONE, NOW, actor=actor, assignee="Cy")
        with database.as_user(shop.owner_id) as session:
            [now] = list_assignments(session, SHOP)
            assert (now.state, now.assignee, now.landing_page) == ("done", "Cy", "/p")
            with pytest.raises(ConflictError, match="done"):
                move(session, SHOP, made.assignment_id, State.OPEN, NOW, actor=actor)


def test_decisions_are_found_by_who_what_and_about(published: Publisher) -> None:
    say(published, "reorder", given())
    say(published, "chase_carrier", given(Verdict.REJECT, actor="cli:bob"))
    with published.database.jobs() as session:

        def found(**wanted: Any) -> list[str]:
            return [each.action for each in list_decisions(session, SHOP, wanted=Wanted(**wanted))]

        assert found(actor="cli:bob") == ["fulfillment.chase.reject"]
        assert found(action="inventory.") == ["inventory.reorder.approve"]
        assert found(subject="ups") == ["fulfillment.chase.reject"]
        assert found(subject="%") == []
        assert found(until=NOW) == []


def test_measured_sums_are_exact(published: Publisher) -> None:
    """A page's impact of thirds is rounded when it is shown, not before."""
    rows = world()
    rows["fct_landing_pages"][0]["purchases"] = 1
    rows["fct_landing_pages"][1]["purchases"] = 0
    published.build(rows)
    recommend(published.database, SHOP, FixedClock(datetime(2026, 11, 21, 19, tzinfo=UTC)), {})
    page = waiting(published.database, "assign_page")
    assert page.impact_amount == Decimal("20.00")
