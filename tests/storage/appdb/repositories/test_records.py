"""Decisions and the audit trail: added by people and programs, read by those of the shop."""

from datetime import UTC, datetime, timedelta

from hotdash.base.ids import new_id
from hotdash.storage.appdb.repositories import audit, decisions
from hotdash.storage.appdb.repositories.decisions import DecisionRecord
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def decision(shop: SeededShop, minute: int) -> DecisionRecord:
    return DecisionRecord(
        shop_id=shop.shop_id,
        decision_id=new_id(),
        scope="publication",
        action="roll_back",
        actor=str(shop.owner_id),
        subject="manifest 1",
        rationale="the numbers were wrong",
        decided_at=NOW + timedelta(minutes=minute),
        detail={"minute": minute},
        request_id="r-1",
    )


class TestDecisions:
    def test_are_read_newest_first_as_they_were_written(
        self, database: Database, shop: SeededShop
    ) -> None:
        made = [decision(shop, minute) for minute in range(3)]
        with database.as_user(shop.owner_id) as session:
            for one in made:
                decisions.add_decision(session, one)
        with database.as_user(shop.owner_id) as session:
            assert decisions.list_decisions(session, shop.shop_id) == made[::-1]

    def test_are_paged(self, database: Database, shop: SeededShop) -> None:
        made = [decision(shop, minute) for minute in range(3)]
        with database.jobs() as session:
            for one in made:
                decisions.add_decision(session, one)
            first = decisions.list_decisions(session, shop.shop_id, limit=2)
            rest = decisions.list_decisions(session, shop.shop_id, before=first[-1].decided_at)
        assert [*first, *rest] == made[::-1]


class TestAudit:
    def add(self, database: Database, shop: SeededShop, action: str) -> None:
        with database.as_user(shop.owner_id) as session:
            audit.add_event(
                session,
                shop_id=shop.shop_id,
                actor=str(shop.owner_id),
                action=action,
                subject="manifest 1",
                at=NOW,
                detail={"why": action},
                request_id="r-1",
            )

    def test_keeps_what_was_done_in_its_order(self, database: Database, shop: SeededShop) -> None:
        for action in ("pin", "release"):
            self.add(database, shop, action)
        with database.as_user(shop.owner_id) as session:
            events = audit.list_events(session, shop.shop_id)
        assert [event.action for event in events] == ["release", "pin"]
        assert events[0].at == NOW
        assert events[0].detail == {"why": "release"}

    def test_is_paged(self, database: Database, shop: SeededShop) -> None:
        for action in ("a", "b", "c"):
            self.add(database, shop, action)
        with database.jobs() as session:
            first = audit.list_events(session, shop.shop_id, limit=2)
            rest = audit.list_events(session, shop.shop_id, before_event=first[-1].event_id)
        assert [event.action for event in [*first, *rest]] == ["c", "b", "a"]

    def test_of_the_installation_is_shown_to_no_shop(
        self, database: Database, shop: SeededShop
    ) -> None:
        with database.jobs() as session:
            audit.add_event(
                session, shop_id=None, actor="cli", action="migrate", subject="0002", at=NOW
            )
        with database.as_user(shop.owner_id) as session:
            assert audit.list_events(session, shop.shop_id) == []
