"""The model of a shop: worked out of its log, its owner's switches, and what it takes from other shops."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError

from hotdash.base.clock import FixedClock
from hotdash.base.errors import ConflictError
from hotdash.jobs.learn import change_model, learn
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.recommender import (
    ADOPTED,
    FROZEN,
    RESET,
    UNFROZEN,
    ModelRecord,
    add_recommender_event,
    find_model,
    recommender_events,
    save_model,
    sums_of_others,
)
from hotdash.storage.appdb.session import Database
from tests.decisions.recommendations_given import NOW
from tests.fixtures.answered_log import BIG, SMALL, by_taste, log_answers
from tests.fixtures.shops import SeededShop, add_shop

SHOP, OTHERS = "hot-rod-an", ("kanto-garage", "nordkurve-teile")
BEGAN = NOW - timedelta(days=90)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def learned(database: Database, shop_id: str = SHOP, days: int = 0) -> ModelRecord:
    with database.jobs() as session:
        learn(session, shop_id, NOW + timedelta(days=days))
        found = find_model(session, shop_id)
    assert found is not None
    return found


def answer(database: Database, shop_id: str = SHOP, count: int = 30, **told: Any) -> None:
    with database.jobs() as session:
        log_answers(session, shop_id, by_taste(count), told.get("since", BEGAN))


class TestOfAShop:
    @pytest.fixture(autouse=True)
    def logged(self, database: Database, shop: SeededShop) -> None:
        del shop
        answer(database)

    def test_it_has_learnt_who_is_approved(self, database: Database) -> None:
        found = learned(database)
        assert (found.answers, found.card["said"]["approved"]) == (30, 15)
        assert found.card["quality"]["auc"] > 0.85
        assert found.card["is_ready"]
        assert "Proposals about a week's sales or more are approved more often." in str(
            found.card["weights"]
        )

    def test_thrown_away_it_comes_back_the_same(self, database: Database) -> None:
        before = learned(database)
        with database.jobs() as session:
            save_model(session, ModelRecord(SHOP, NOW, 0, {}, {}, {}))
        assert learned(database) == before

    def test_nothing_new_leaves_the_moment_it_changed(self, database: Database) -> None:
        assert learned(database).made_at == learned(database, days=3).made_at == NOW

    def test_who_ignored_it_is_heard_faintly(self, database: Database) -> None:
        before = learned(database)
        with database.jobs() as session:
            log_answers(session, SHOP, [(BIG, "ignored")] * 2, NOW - timedelta(days=1))
        after = learned(database, days=1)
        assert after.answers == before.answers
        assert after.card["said"]["ignored"] == 2
        assert after.card["kinds"][0]["liked"] < before.card["kinds"][0]["liked"]

    def test_what_a_program_proposed_and_nobody_answered_teaches_nothing(
        self, database: Database
    ) -> None:
        before = learned(database)
        with database.jobs() as session:
            log_answers(session, SHOP, [({}, "ignored")] * 20, NOW - timedelta(days=1))
        after = learned(database, days=1)
        assert (after.model, after.card["said"]) == (before.model, before.card["said"])

    def test_frozen_it_stays_and_unfrozen_it_goes_on(
        self, database: Database, clock: FixedClock
    ) -> None:
        before = learned(database)
        change_model(database, SHOP, FROZEN, "user:ada", clock)
        answer(database, since=NOW + timedelta(hours=1))
        frozen = learned(database, days=3)
        assert frozen.model == before.model
        assert frozen.card["frozen_since"] == "2026-11-21T18:00:00.000000Z"
        clock.advance(timedelta(days=3))
        change_model(database, SHOP, UNFROZEN, "user:ada", clock)
        assert learned(database, days=3).model == before.model
        answer(database, count=4, since=NOW + timedelta(days=4))
        assert learned(database, days=5).answers == before.answers + 4

    def test_begun_anew_it_has_forgotten_and_the_log_has_not(
        self, database: Database, clock: FixedClock
    ) -> None:
        learned(database)
        change_model(database, SHOP, RESET, "user:ada", clock)
        with database.jobs() as session:
            found = find_model(session, SHOP)
            assert found is not None
            assert (found.answers, found.card["weights"]) == (0, [])
            told = [
                (each.actor, each.action, dict(each.detail)) for each in list_events(session, SHOP)
            ]
        assert told == [("user:ada", "recommendations.model.reset", {"answers": 0})]

    def test_it_is_frozen_once(self, database: Database, clock: FixedClock) -> None:
        with pytest.raises(ConflictError, match="is not frozen"):
            change_model(database, SHOP, UNFROZEN, "user:ada", clock)
        change_model(database, SHOP, FROZEN, "user:ada", clock)
        with pytest.raises(ConflictError, match="is frozen already"):
            change_model(database, SHOP, FROZEN, "user:ada", clock)

    def test_only_whoever_belongs_to_the_shop_reads_it_and_no_page_writes_it(
        self, database: Database, shop: SeededShop
    ) -> None:
        learned(database)
        with database.jobs() as session:
            stranger = add_shop(session, "kustom-kyoto")
        with database.as_user(shop.owner_id) as session:
            assert find_model(session, SHOP) is not None
        with database.as_user(stranger.owner_id) as session:
            assert find_model(session, SHOP) is None
            assert sums_of_others(session, "kustom-kyoto", 0) == []
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            database.as_user(shop.owner_id) as session,
        ):
            save_model(session, ModelRecord(SHOP, NOW, 0, {}, {}, {}))


class TestOfSeveralShops:
    @pytest.fixture(autouse=True)
    def others(self, database: Database) -> None:
        """Three shops; the two others like what is big."""
        with database.jobs() as session:
            for shop_id in (SHOP, *OTHERS):
                add_shop(session, shop_id)
        for shop_id in OTHERS:
            answer(database, shop_id, 40)
            learned(database, shop_id)

    def test_it_begins_from_what_two_others_have_in_common(self, database: Database) -> None:
        found = learned(database)
        assert (found.answers, found.card["prior_shops"], found.card["is_ready"]) == (0, 2, False)
        with database.jobs() as session:
            [adopted] = recommender_events(session, SHOP)
        assert adopted.event == ADOPTED
        assert adopted.detail["mean"]["money=more"] > 0 > adopted.detail["mean"]["money=tenth"]

    def test_one_other_alone_is_not_told(self, database: Database) -> None:
        with database.jobs() as session:
            save_model(session, ModelRecord(OTHERS[0], NOW, 19, {}, {}, {}))
        assert learned(database).card["prior_shops"] == 0

    def test_answers_of_others_move_it_by_the_prior_alone_and_once_a_week(
        self, database: Database
    ) -> None:
        answer(database)
        before = learned(database)
        with database.jobs() as session:
            log_answers(session, OTHERS[0], [(BIG, "rejected")] * 60, NOW)
        learned(database, OTHERS[0], days=3)
        assert learned(database, days=6) == before
        after = learned(database, days=8)
        assert after.model != before.model
        assert after.answers == before.answers
        assert after.sums.keys() == before.sums.keys()

    def test_frozen_it_takes_nothing_from_others_either(
        self, database: Database, clock: FixedClock
    ) -> None:
        answer(database)
        before = learned(database)
        change_model(database, SHOP, FROZEN, "user:ada", clock)
        with database.jobs() as session:
            log_answers(session, OTHERS[0], [(SMALL, "approved")] * 60, NOW)
        learned(database, OTHERS[0], days=3)
        assert learned(database, days=30).model == before.model

    def test_what_was_done_to_it_can_only_grow(self, database: Database) -> None:
        learned(database)
        with database.jobs() as session:
            [adopted] = recommender_events(session, SHOP)
            add_recommender_event(session, adopted)
            assert len(recommender_events(session, SHOP)) == 2
