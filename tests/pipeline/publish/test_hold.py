"""Law 7: a rollback pins, and only a person lets go."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.pipeline.publish import staging
from hotdash.pipeline.publish.hold import (
    Publications,
    ReasonMissingError,
    list_publications,
    release,
    rollback,
)
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.publications import Outcome
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, Rows, revenue_day

pytestmark = [pytest.mark.law(7), pytest.mark.usefixtures("shop")]

SHOP = "hot-rod-an"


def build_of(amount: str) -> Rows:
    return {"fct_revenue": [revenue_day(SHOP, date(2026, 11, 5), amount)]}


def shown(database: Database) -> Decimal:
    with database.jobs() as session:
        return session.execute(text("select sum(gross_sales) from api.fct_revenue")).scalar_one()


def listed(database: Database) -> Publications:
    with database.jobs() as session:
        return list_publications(session, SHOP)


def roll_back(publisher: Publisher, to: UUID, reason: str = "The import doubled a day.") -> None:
    with publisher.database.jobs() as session:
        rollback(session, SHOP, to, actor="ana", reason=reason, at=publisher.clock.now())


@pytest.fixture
def older(publisher: Publisher) -> UUID:
    """The first of two publications."""
    (first, *_) = publisher.build(build_of("1"))
    publisher.clock.advance(timedelta(hours=1))
    publisher.build(build_of("2"))
    assert first.manifest_id is not None
    return first.manifest_id


class TestRollback:
    def test_shows_the_older_publication_at_once(
        self, publisher: Publisher, database: Database, older: UUID
    ) -> None:
        roll_back(publisher, older)

        assert shown(database) == Decimal(1)

    def test_pins_so_that_the_next_publication_does_not_undo_it(
        self, publisher: Publisher, database: Database, older: UUID
    ) -> None:
        roll_back(publisher, older)

        outcomes = publisher.build(build_of("3"))

        assert shown(database) == Decimal(1)
        assert {each.outcome for each in outcomes} == {Outcome.PINNED}
        assert outcomes[0].reasons == (
            "Held since 2026-11-21 19:00 UTC: The import doubled a day.",
        )

    def test_keeps_what_is_pinned_beyond_its_time(
        self, publisher: Publisher, database: Database, older: UUID
    ) -> None:
        roll_back(publisher, older)
        publisher.clock.advance(timedelta(days=30))

        publisher.build(build_of("3"))

        assert shown(database) == Decimal(1)
        assert [each.manifest_id for each in listed(database).manifests] == [older]

    def test_holds_against_a_publication_that_is_being_loaded(
        self,
        publisher: Publisher,
        database: Database,
        older: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        load_rows = staging.load_rows

        def load_while_somebody_rolls_back(*args: Any) -> None:
            load_rows(*args)
            roll_back(publisher, older)

        monkeypatch.setattr(staging, "load_rows", load_while_somebody_rolls_back)

        outcomes = publisher.build(build_of("3"))

        assert {each.outcome for each in outcomes} == {Outcome.PINNED}
        assert shown(database) == Decimal(1)

    def test_to_what_is_shown_only_pins(self, publisher: Publisher, database: Database) -> None:
        (only, *_) = publisher.build(build_of("1"))
        assert only.manifest_id is not None

        roll_back(publisher, only.manifest_id)

        pointer = listed(database).pointer
        assert pointer is not None
        assert pointer.pin is not None
        assert pointer.pin.by == "ana"

    def test_is_written_to_the_audit_trail(
        self, publisher: Publisher, database: Database, older: UUID
    ) -> None:
        roll_back(publisher, older)

        with database.jobs() as session:
            event = list_events(session, SHOP)[0]
        assert (event.actor, event.action, event.subject) == (
            "ana",
            "publication.rolled_back",
            str(older),
        )
        assert event.detail["reason"] == "The import doubled a day."

    def test_needs_a_reason(self, publisher: Publisher, older: UUID) -> None:
        with pytest.raises(ReasonMissingError):
            roll_back(publisher, older, reason="  ")

    def test_to_an_unknown_publication_says_so(self, publisher: Publisher, older: UUID) -> None:
        del older
        unknown = new_id()
        with pytest.raises(NotFoundError, match=str(unknown)):
            roll_back(publisher, unknown)

    def test_of_an_unpublished_shop_says_so(self, publisher: Publisher) -> None:
        with pytest.raises(NotFoundError, match="Nothing has been published"):
            roll_back(publisher, new_id())


class TestRelease:
    def test_lets_the_next_publication_through(
        self, publisher: Publisher, database: Database, older: UUID
    ) -> None:
        roll_back(publisher, older)
        with database.jobs() as session:
            release(session, SHOP, actor="ben", at=publisher.clock.now())
        assert shown(database) == Decimal(1)

        publisher.build(build_of("3"))

        assert shown(database) == Decimal(3)

    def test_lets_the_held_build_itself_be_published(
        self, publisher: Publisher, database: Database, older: UUID
    ) -> None:
        roll_back(publisher, older)
        build_id = new_id()
        publisher.build(build_of("3"), build_id=build_id)
        with database.jobs() as session:
            release(session, SHOP, actor="ben", at=publisher.clock.now())

        publisher.again(build_id)

        assert shown(database) == Decimal(3)

    def test_is_written_to_the_audit_trail(
        self, publisher: Publisher, database: Database, older: UUID
    ) -> None:
        roll_back(publisher, older)
        with database.jobs() as session:
            release(session, SHOP, actor="ben", at=publisher.clock.now())
            event = list_events(session, SHOP)[0]
        assert (event.actor, event.action) == ("ben", "publication.released")

    def test_of_what_is_not_held_says_so(
        self, publisher: Publisher, database: Database, older: UUID
    ) -> None:
        del older
        with database.jobs() as session, pytest.raises(ConflictError, match="not held"):
            release(session, SHOP, actor="ben", at=publisher.clock.now())


def test_publications_are_listed_newest_first_with_the_one_shown(
    database: Database, older: UUID
) -> None:
    found = listed(database)

    assert [each.is_published for each in found.manifests] == [True, False]
    assert found.manifests[1].manifest_id == older
    assert found.manifests[1].replaced_at is not None
