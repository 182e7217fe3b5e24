"""Pointer, pin, decision and audit change together, or none of them does."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.jobs.roll_back_publication import release_publication, roll_back_publication
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.decisions import list_decisions
from hotdash.storage.appdb.repositories.publications import pointer_of
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, revenue_day

pytestmark = [pytest.mark.law(7), pytest.mark.usefixtures("shop")]

SHOP = "hot-rod-an"


def publish(publisher: Publisher, amount: str) -> UUID:
    (outcome, *_) = publisher.build({"fct_revenue": [revenue_day(SHOP, date(2026, 11, 5), amount)]})
    assert outcome.manifest_id is not None
    return outcome.manifest_id


def shown(database: Database) -> Decimal:
    with database.jobs() as session:
        return session.execute(text("select gross_sales from api.fct_revenue")).scalar_one()


def test_rolls_back_with_decision_and_audit(publisher: Publisher, database: Database) -> None:
    first, second = publish(publisher, "1"), publish(publisher, "2")

    pointer = roll_back_publication(
        database, SHOP, first, actor="ana", reason="Doubled.", clock=publisher.clock, request_id="r"
    )

    assert (pointer.manifest_id, shown(database)) == (first, Decimal(1))
    with database.jobs() as session:
        (decision,) = list_decisions(session, SHOP)
        event = list_events(session, SHOP)[0]
    assert (decision.action, decision.rationale) == ("publication.roll_back", "Doubled.")
    assert decision.detail["shown"]["publication"] == str(second)
    assert (event.action, event.request_id) == ("publication.rolled_back", "r")


def test_releases_with_decision_and_audit(publisher: Publisher, database: Database) -> None:
    first = publish(publisher, "1")
    common = {"actor": "ana", "clock": publisher.clock}
    roll_back_publication(database, SHOP, first, reason="Doubled.", **common)

    pointer = release_publication(database, SHOP, reason="Mended.", **common)

    assert pointer.pin is None
    with database.jobs() as session:
        actions = [decision.action for decision in list_decisions(session, SHOP)]
    assert sorted(actions) == ["publication.release", "publication.roll_back"]


@pytest.mark.parametrize("target", ["unknown publication", "no reason"])
def test_what_is_refused_leaves_no_trace(
    publisher: Publisher, database: Database, target: str
) -> None:
    first = publish(publisher, "1")
    wanted, reason = (first, " ") if target == "no reason" else (new_id(), "Doubled.")

    with pytest.raises((NotFoundError, HotdashError)):
        roll_back_publication(
            database, SHOP, wanted, actor="ana", reason=reason, clock=publisher.clock
        )

    with database.jobs() as session:
        pointer = pointer_of(session, SHOP)
        assert pointer is not None
        assert pointer.pin is None
        assert list_decisions(session, SHOP) == []


def test_without_a_decision_there_is_no_release(publisher: Publisher, database: Database) -> None:
    first = publish(publisher, "1")
    common = {"actor": "ana", "clock": publisher.clock}
    roll_back_publication(database, SHOP, first, reason="Doubled.", **common)

    with pytest.raises(HotdashError, match="rationale"):
        release_publication(database, SHOP, reason="", **common)

    with database.jobs() as session:
        pointer = pointer_of(session, SHOP)
    assert pointer is not None
    assert pointer.pin is not None
