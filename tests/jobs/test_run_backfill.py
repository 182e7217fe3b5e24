"""What a run of a backfill shows, how one is given up and rolled back, and that every word of it is kept."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hotdash.base.environment import Environment
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.base.roles import Role
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import (
    roll_back_backfill,
)
from hotdash.jobs.backfill_gate import BackfillBlockedError
from hotdash.jobs.backfill_notices import Where
from hotdash.jobs.run_backfill import abort_backfill, run_backfill
from hotdash.pipeline.backfill.plan import (
    PlanChangedError,
)
from hotdash.storage.appdb.repositories.backfills import events_of, shops_backfilling
from hotdash.storage.appdb.repositories.decisions import list_decisions
from hotdash.storage.appdb.repositories.publications import pointer_of
from tests.fixtures.backfill_house import OTHER, SHOP, House, published_house
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop
from tests.fixtures.told_engine import Killed


@pytest.fixture
def house(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> House:
    return published_house(publisher, two_shops)


def under_way(house: House, person: Person) -> list[str]:
    """As pages tell it."""
    with house.database.as_user(person.user_id) as session:
        return list(session.scalars(text("select kind from app.work_under_way(:s)"), {"s": SHOP}))


class TestRunning:
    def test_shows_the_candidate_and_keeps_what_was_before(self, house: House) -> None:
        before = house.shown()
        engineer, planned = house.approved()
        report = run_backfill(house.work, engineer, planned.plan_id)
        assert house.told(planned.plan_id) == [
            *("requested", "approved", "running", "running", "completed")
        ]
        with house.database.jobs() as session:
            event = events_of(session, planned.plan_id)[-1]
            assert shops_backfilling(session) == set()
        assert (event.manifest_before, event.manifest_after) == (before, house.shown())
        assert event.manifest_after != before
        assert (event.rows_affected, report.rows) == (30, 30)
        assert house.engine.calls == [
            *("open", "build 1", "build 2", "build 3"),
            *("check", "stage", "commit", "merge", "close"),
        ]

    def test_of_few_days_needs_a_notice_only(self, house: House) -> None:
        engineer = house.person(Role.ENGINEER)
        planned = house.asked(engineer, 7)
        run_backfill(house.work, engineer, planned.plan_id)
        assert house.told(planned.plan_id)[-1] == "completed"
        assert Where.MAIL not in {notice.where for notice in house.notices}

    def test_of_many_days_is_mailed(self, house: House) -> None:
        engineer, planned = house.approved(8)
        run_backfill(house.work, engineer, planned.plan_id)
        mailed = [notice.title for notice in house.notices if notice.where is Where.MAIL]
        assert [title.rpartition(": ")[2] for title in mailed] == ["running", "completed"]

    def test_without_approval_is_refused(self, house: House) -> None:
        engineer = house.person(Role.ENGINEER)
        planned = house.asked(engineer, 8)
        with pytest.raises(ConflictError, match="is not approved"):
            run_backfill(house.work, engineer, planned.plan_id)
        assert house.engine.calls == []

    def test_of_another_plan_than_the_approved_is_refused(self, house: House) -> None:
        engineer, planned = house.approved()
        house.engine.project = "project-2"
        with pytest.raises(PlanChangedError, match="is not the plan that was agreed to"):
            run_backfill(house.work, engineer, planned.plan_id)
        assert house.told(planned.plan_id) == ["requested", "approved"]

    def test_in_another_environment_is_refused(self, house: House) -> None:
        house.environment = Environment.DEVELOPMENT
        engineer = house.person(Role.ENGINEER)
        planned = house.asked(engineer, 90)
        house.environment = Environment.PRODUCTION
        with pytest.raises(PlanChangedError):
            run_backfill(house.work, engineer, planned.plan_id)

    def test_of_two_for_one_shop_one_is_refused(self, house: House) -> None:
        engineer = house.person(Role.ENGINEER)
        first, second = house.asked(engineer, 7, SHOP), house.asked(engineer, 6, SHOP, OTHER)
        house.engine.dies_at = {"build 2"}
        with pytest.raises(Killed):
            run_backfill(house.work, engineer, first.plan_id)
        with pytest.raises(ConflictError, match="Another backfill of hot-rod-an") as refused:
            run_backfill(house.work, engineer, second.plan_id)
        assert str(first.plan_id) in refused.value.hint
        with house.database.jobs() as session:
            assert shops_backfilling(session) == {SHOP}

    @pytest.mark.parametrize(
        "moment", ["open", "build 2", "check", "stage", "commit", "merge", "close"]
    )
    def test_killed_goes_on_where_it_was(self, house: House, moment: str) -> None:
        engineer, planned = house.approved(8, SHOP, OTHER)
        house.engine.dies_at = {moment}
        with pytest.raises(Killed):
            run_backfill(house.work, engineer, planned.plan_id)
        with house.database.jobs() as session:
            assert shops_backfilling(session) == {SHOP, OTHER}
        report = run_backfill(house.work, engineer, planned.plan_id)
        assert report.resumed
        # Only what it died in is done a second time; two shops are shown one after the other.
        expected = dict.fromkeys(house.engine.calls, 1) | {"commit": 2}
        expected[moment] += 1
        assert {name: house.engine.calls.count(name) for name in expected} == expected
        assert {house.shown(), house.shown(OTHER)} == set(report.manifests.values())

    def test_failed_before_anything_is_shown_frees_the_shop(self, house: House) -> None:
        engineer, planned = house.approved()
        before = house.shown()
        house.engine.fails_at = {"build 3"}
        with pytest.raises(RuntimeError):
            run_backfill(house.work, engineer, planned.plan_id)
        assert (house.told(planned.plan_id)[-1], house.shown()) == ("failed", before)
        assert house.engine.calls[-1] == "abort"
        with house.database.jobs() as session:
            assert shops_backfilling(session) == set()
        run_backfill(house.work, engineer, planned.plan_id)
        # What the failed attempt built was dropped, so all of it is built anew.
        assert house.engine.calls.count("build 1") == 2
        assert house.told(planned.plan_id)[-1] == "completed"

    def test_failed_after_it_is_shown_keeps_the_shop_until_it_is_merged(self, house: House) -> None:
        engineer, planned = house.approved()
        house.engine.fails_at = {"merge"}
        with pytest.raises(RuntimeError):
            run_backfill(house.work, engineer, planned.plan_id)
        with house.database.jobs() as session:
            assert shops_backfilling(session) == {SHOP}
        run_backfill(house.work, engineer, planned.plan_id)
        assert house.engine.calls.count("build 1") == house.engine.calls.count("commit") == 1
        assert house.told(planned.plan_id)[-1] == "completed"

    def test_that_a_check_blocks_changes_nothing(self, house: House) -> None:
        engineer, planned = house.approved()
        before = house.shown()
        house.engine.blocked = {SHOP: {"fct_revenue": ("2 orders stand there twice.",)}}
        with pytest.raises(BackfillBlockedError, match="2 orders stand there twice"):
            run_backfill(house.work, engineer, planned.plan_id)
        assert house.shown() == before
        assert "stage" not in house.engine.calls

    def test_a_shop_is_not_told_what_is_wrong_with_another(self, house: House) -> None:
        engineer, planned = house.approved(8, SHOP, OTHER)
        house.engine.blocked = {OTHER: {"fct_revenue": ("Order 7 stands there twice.",)}}
        with pytest.raises(BackfillBlockedError, match="Order 7 stands there twice"):
            run_backfill(house.work, engineer, planned.plan_id)
        with house.database.jobs() as session:
            failed = {
                event.shop_id: event.detail["error"]
                for event in events_of(session, planned.plan_id)
                if event.status == "failed"
            }
        assert failed[OTHER] == "Order 7 stands there twice."
        assert "Another shop" in failed[SHOP]


class TestGivingUp:
    def test_frees_the_shop_after_a_death(self, house: House) -> None:
        engineer, planned = house.approved()
        house.engine.dies_at = {"build 1"}
        with pytest.raises(Killed):
            run_backfill(house.work, engineer, planned.plan_id)
        assert under_way(house, engineer) == ["backfill"]
        abort_backfill(house.work, engineer, planned.plan_id, "Another time.")
        with house.database.jobs() as session:
            assert shops_backfilling(session) == set()
        assert house.engine.calls[-1] == "abort"
        assert under_way(house, engineer) == []

    def test_of_what_is_shown_is_refused(self, house: House) -> None:
        engineer, planned = house.approved()
        house.engine.dies_at = {"merge"}
        with pytest.raises(Killed):
            run_backfill(house.work, engineer, planned.plan_id)
        with pytest.raises(ConflictError, match="is shown already"):
            abort_backfill(house.work, engineer, planned.plan_id, "Another time.")


class TestRollingBack:
    def test_after_a_death_leaves_nothing_under_way(self, house: House) -> None:
        engineer, planned = house.approved()
        house.engine.dies_at = {"merge"}
        with pytest.raises(Killed):
            run_backfill(house.work, engineer, planned.plan_id)
        roll_back_backfill(house.office, engineer, planned.plan_id, "The margin is wrong.")
        assert under_way(house, engineer) == []

    def test_leads_back_pins_and_is_kept(self, house: House) -> None:
        before = house.shown()
        engineer, planned = house.approved()
        run_backfill(house.work, engineer, planned.plan_id)
        roll_back_backfill(house.office, engineer, planned.plan_id, "The margin is wrong.")
        with house.database.jobs() as session:
            pointer = pointer_of(session, SHOP)
            actions = [each.action for each in list_decisions(session, SHOP)]
        assert pointer is not None
        assert pointer.pin is not None
        assert (pointer.manifest_id, pointer.pin.by) == (before, engineer.actor)
        assert "The margin is wrong." in pointer.pin.reason
        assert house.told(planned.plan_id)[-1] == "rolled_back"
        assert "backfills.roll_back" in actions

    def test_of_what_never_ran_is_refused(self, house: House) -> None:
        engineer, planned = house.approved()
        with pytest.raises(ConflictError, match="is approved; it cannot become rolled back"):
            roll_back_backfill(house.office, engineer, planned.plan_id, "Wrong.")

    def test_needs_a_role_for_it(self, house: House) -> None:
        engineer, planned = house.approved()
        run_backfill(house.work, engineer, planned.plan_id)
        after = house.shown()
        with pytest.raises(HotdashError, match="roll_back_publication"):
            roll_back_backfill(house.office, house.person(Role.ANALYST), planned.plan_id, "Wrong.")
        assert house.shown() == after


@pytest.mark.parametrize(
    "statement", ["update audit.backfills set reason = ''", "delete from audit.backfills"]
)
def test_nothing_said_is_ever_changed(house: House, statement: str) -> None:
    house.asked(house.person(Role.ENGINEER))
    with pytest.raises(DBAPIError, match="append-only"), house.database.jobs() as session:
        session.execute(text(statement))
