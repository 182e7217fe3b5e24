"""What a plan of a backfill says, and who may ask for it and approve it."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError, ForbiddenError, NotFoundError
from hotdash.base.roles import Role
from hotdash.jobs.backfill import (
    Answer,
    BackfillRefusedError,
    OwnRequestError,
    Request,
    approve_backfill,
    refuse_backfill,
    request_backfill,
    withdraw_backfill,
)
from hotdash.jobs.backfill_gate import BackfillBlockedError
from hotdash.jobs.backfill_notices import Where
from hotdash.jobs.compare_backfill import compare_backfill
from hotdash.jobs.plan_backfill import Ask, Planned, plan_backfill
from hotdash.jobs.run_backfill import run_backfill
from hotdash.jobs.show_backfills import show_diff
from hotdash.jobs.try_backfill import try_backfill
from hotdash.pipeline.backfill.authorisation import Demand
from hotdash.pipeline.backfill.engine import PublicationMovedError
from hotdash.pipeline.backfill.plan import (
    BackfillAskError,
    typed_confirmation,
)
from hotdash.storage.appdb.repositories.backfills import events_of
from hotdash.storage.appdb.repositories.decisions import list_decisions
from tests.fixtures.backfill_house import LAST, OTHER, SHOP, WHY, House, published_house
from tests.fixtures.marts import Publisher, revenue_day
from tests.fixtures.shops import SeededShop
from tests.fixtures.told_engine import Killed


@pytest.fixture
def house(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> House:
    return published_house(publisher, two_shops)


class TestPlan:
    def test_says_what_would_run_and_who_agrees(self, house: House) -> None:
        manager = house.person(Role.MANAGER)
        planned = house.plan(house.person(Role.ENGINEER), 8)
        told = planned.as_json()
        assert (told["days"], told["partitions"], told["rows"], told["chunks"]) == (8, 1, 7, 3)
        assert told["demand"] == Demand.MANAGER.value
        assert manager.email in planned.approvers[SHOP]
        # Nothing was ever built here, so nobody knows how long it takes.
        assert told["estimated_seconds"] is None

    def test_its_hash_stands_until_code_or_policies_change(self, house: House) -> None:
        engineer = house.person(Role.ENGINEER)
        before = house.plan(engineer)
        assert house.plan(engineer).plan.hash == before.plan.hash
        house.engine.project = "project-2"
        assert house.plan(engineer).plan.hash != before.plan.hash

    def test_of_days_to_come_is_refused(self, house: House) -> None:
        ask = Ask((SHOP,), LAST, date(2026, 11, 23))
        with pytest.raises(BackfillAskError, match="2026-11-23 has not come"):
            plan_backfill(
                *(house.database, house.engine, house.person(Role.ENGINEER), ask),
                *(house.environment, house.clock),
            )

    def test_shows_a_shop_nothing_of_another(self, house: House) -> None:
        planned = house.plan(house.person(Role.ENGINEER), 7, SHOP, OTHER)
        assert OTHER not in str(planned.plan.of_shop(SHOP))


class TestDryRun:
    def tried(self, house: House, *shops: str, refetch: bool = False) -> Planned:
        work = replace(house.work, compare=partial(compare_backfill, house.database, house.clock))
        ask = Ask(shops or (SHOP,), LAST - timedelta(days=2), LAST, refetch=refetch)
        return plan_backfill(
            *(house.database, house.engine, house.person(Role.ENGINEER), ask),
            *(house.environment, house.clock, partial(try_backfill, work)),
        )

    def plans(self, house: House) -> int:
        with house.database.jobs() as session:
            return session.execute(text("select count(*) from app.backfill_plans")).scalar_one()

    def test_shows_nothing_and_leaves_nothing_but_what_it_found(self, house: House) -> None:
        before = house.shown()
        planned = self.tried(house)
        assert house.engine.calls == ["open", "build 1", "check", "stage", "abort"]
        assert (house.shown(), house.told(planned.plan_id)) == (before, [])
        with house.database.jobs() as session:
            told = show_diff(session, planned.plan_id, SHOP)
            with pytest.raises(NotFoundError):
                show_diff(session, planned.plan_id, OTHER)
            untried = house.plan(house.person(Role.ENGINEER))
            assert show_diff(session, untried.plan_id, SHOP)["made_by"] is None
        assert (told["made_by"], told["rows"]) == ("dry_run", [])
        assert planned.plan.hash == house.plan(house.person(Role.ENGINEER), 3).plan.hash

    def test_that_a_check_blocks_is_refused_like_the_run_and_keeps_no_plan(
        self, house: House
    ) -> None:
        house.engine.blocked = {SHOP: {"fct_revenue": ("2 orders stand there twice.",)}}
        with pytest.raises(BackfillBlockedError, match="2 orders stand there twice"):
            self.tried(house)
        assert house.engine.calls[-1] == "abort"
        assert self.plans(house) == 0

    def test_beside_another_publication_says_nothing(
        self, house: House, publisher: Publisher
    ) -> None:
        """What that one changed would stand in the list as if it were of this plan."""
        house.engine.meanwhile = {
            "check": lambda: publisher.build({"fct_revenue": [revenue_day(SHOP, LAST, "11")]})
        }
        with pytest.raises(PublicationMovedError, match="published anew or is held"):
            self.tried(house)
        assert house.engine.calls[-1] == "abort"
        assert self.plans(house) == 0

    def test_beside_a_running_backfill_is_refused(self, house: House) -> None:
        engineer, planned = house.approved()
        house.engine.dies_at = {"build 2"}
        with pytest.raises(Killed):
            run_backfill(house.work, engineer, planned.plan_id)
        house.engine.calls.clear()
        with pytest.raises(ConflictError, match="Another backfill of hot-rod-an"):
            self.tried(house, SHOP, OTHER)
        assert house.engine.calls == []

    def test_of_a_refetch_is_refused(self, house: House) -> None:
        with pytest.raises(BackfillAskError, match="A refetch cannot be tried"):
            self.tried(house, refetch=True)
        assert house.engine.calls == []


class TestAsking:
    @pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ANALYST, Role.MANAGER])
    def test_is_not_for_everybody(self, house: House, role: Role) -> None:
        planned = house.plan(house.person(Role.ENGINEER))
        with pytest.raises(BackfillRefusedError):
            request_backfill(house.office, house.person(role), Request(planned.plan_id, WHY))
        assert house.told(planned.plan_id) == []

    def test_needs_a_reason(self, house: House) -> None:
        engineer = house.person(Role.ENGINEER)
        with pytest.raises(BackfillAskError, match="needs a reason"):
            request_backfill(house.office, engineer, Request(house.plan(engineer).plan_id, " "))

    def test_of_many_days_needs_an_incident(self, house: House) -> None:
        engineer = house.person(Role.ENGINEER)
        planned = house.plan(engineer, 31)
        with pytest.raises(BackfillAskError, match="incident review"):
            request_backfill(house.office, engineer, Request(planned.plan_id, WHY))

    def test_is_done_once_per_plan_and_in_its_time(self, house: House) -> None:
        engineer = house.person(Role.ENGINEER)
        planned = house.asked(engineer)
        with pytest.raises(ConflictError):
            request_backfill(house.office, engineer, Request(planned.plan_id, WHY))
        late = house.plan(engineer)
        house.clock.advance(timedelta(days=7))
        with pytest.raises(ConflictError, match="good until"):
            request_backfill(house.office, engineer, Request(late.plan_id, WHY))

    def test_of_a_shop_one_has_no_role_in(self, house: House) -> None:
        both = house.plan(house.person(Role.ENGINEER), 7, SHOP, OTHER)
        one = house.person(Role.ENGINEER, SHOP)
        with pytest.raises(ForbiddenError, match="more shops than yours"):
            request_backfill(house.office, one, Request(both.plan_id, WHY))
        foreign = house.plan(house.person(Role.ENGINEER), 7, OTHER)
        with pytest.raises(NotFoundError):
            request_backfill(house.office, one, Request(foreign.plan_id, WHY))

    def test_leaves_a_decision_and_a_copy_for_the_audit(self, house: House) -> None:
        planned = house.asked(house.person(Role.ENGINEER))
        with house.database.jobs() as session:
            [decision] = list_decisions(session, SHOP)
            [event] = events_of(session, planned.plan_id)
        assert (decision.action, decision.rationale) == ("backfills.request", WHY)
        assert (event.plan_hash, event.reason) == (planned.plan.hash, WHY)
        assert [notice.where for notice in house.notices] == [Where.AUDIT]


class TestApproving:
    def test_is_somebody_elses(self, house: House) -> None:
        _, planned = house.approved()
        assert house.told(planned.plan_id) == ["requested", "approved"]

    def test_of_ones_own_is_refused(self, house: House) -> None:
        owner = house.person(Role.OWNER, SHOP)
        manager = house.person(Role.MANAGER)
        planned = house.asked(owner, 8)
        with pytest.raises(OwnRequestError) as refused:
            approve_backfill(
                house.office, owner, planned.plan_id, Answer(planned.plan.hash, "Mine.")
            )
        assert manager.email in refused.value.hint
        assert house.told(planned.plan_id) == ["requested"]

    def test_needs_the_plan_that_was_asked_for(self, house: House) -> None:
        planned = house.asked(house.person(Role.ENGINEER), 8)
        for given in ("", planned.plan.hash[:5], "0" * 64):
            with pytest.raises(BackfillAskError, match="not the one"):
                approve_backfill(
                    house.office,
                    house.person(Role.MANAGER),
                    planned.plan_id,
                    Answer(given, "Agreed."),
                )

    def test_by_an_engineer_is_refused(self, house: House) -> None:
        planned = house.asked(house.person(Role.ENGINEER), 8)
        other = house.person(Role.ENGINEER, SHOP)
        with pytest.raises(ForbiddenError, match="approve_backfills"):
            approve_backfill(
                house.office, other, planned.plan_id, Answer(planned.plan.hash, "Agreed.")
            )

    def test_by_an_owner_alone_is_late_typed_and_a_deviation(self, house: House) -> None:
        with house.database.jobs() as session:
            session.execute(text("delete from app.memberships"))
        owner = house.person(Role.OWNER)
        planned = house.asked(owner, 8)
        typed = typed_confirmation([SHOP], planned.plan.hash)
        answer = Answer(planned.plan.hash, "Prices were wrong.", typed)
        with pytest.raises(OwnRequestError, match="waits until 2026-11-21T18:10:00"):
            approve_backfill(house.office, owner, planned.plan_id, answer)
        house.clock.advance(timedelta(minutes=10))
        with pytest.raises(OwnRequestError) as untyped:
            approve_backfill(
                house.office, owner, planned.plan_id, Answer(planned.plan.hash, "Yes.", "yes")
            )
        assert typed in untyped.value.hint
        approve_backfill(house.office, owner, planned.plan_id, answer)
        with house.database.jobs() as session:
            event = events_of(session, planned.plan_id)[-1]
        assert event.deviation is not None
        assert "10 minutes later" in event.deviation

    def test_by_an_owner_alone_of_two_shops_is_typed_once(self, house: House) -> None:
        with house.database.jobs() as session:
            session.execute(text("delete from app.memberships"))
        owner = house.person(Role.OWNER, SHOP, OTHER)
        planned = house.asked(owner, 8, SHOP, OTHER)
        house.clock.advance(timedelta(minutes=10))
        typed = typed_confirmation([SHOP, OTHER], planned.plan.hash)
        answer = Answer(planned.plan.hash, "Prices were wrong.", typed)
        approve_backfill(house.office, owner, planned.plan_id, answer)
        assert house.told(planned.plan_id)[-1] == "approved"

    def test_may_be_refused_or_withdrawn(self, house: House) -> None:
        engineer, manager = house.person(Role.ENGINEER), house.person(Role.MANAGER)
        first, second = house.asked(engineer, 8), house.asked(engineer, 9)
        refuse_backfill(house.office, manager, first.plan_id, "Not before the sale.")
        withdraw_backfill(house.office, engineer, second.plan_id, "Mistaken.")
        assert house.told(first.plan_id) == ["requested", "refused"]
        assert house.told(second.plan_id) == ["requested", "aborted"]
        with pytest.raises(ConflictError, match="is refused; it cannot become running"):
            run_backfill(house.work, engineer, first.plan_id)
