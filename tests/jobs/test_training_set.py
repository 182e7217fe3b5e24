"""The training set: every answer, what was known then and what came of it, and nobody in it."""

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from sqlalchemy import update

from hotdash.base.clock import FixedClock
from hotdash.jobs.training_set import TrainingSet, export_training_set
from hotdash.storage.appdb.models import Recommendation, User
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.decisions import OutcomeRecord, add_outcomes
from hotdash.storage.appdb.repositories.recommender import logged_answers
from hotdash.storage.appdb.session import Database
from tests.decisions.recommendations_given import NOW
from tests.fixtures.answered_log import BIG, SMALL, log_answers
from tests.fixtures.asked import ask
from tests.fixtures.shops import SeededShop

SHOP = "hot-rod-an"
BEGAN = NOW - timedelta(days=9)
SECRETS = (
    *("jo.doe@mail.example", "+49 171 2345678", "0171/234 5678", "Ada Lovelace", "Lovelace"),
    *("user:0198", "hot-rod-an", "item:0"),
)
RATIONALE = (
    "jo.doe@mail.example rang from 0171/234 5678, or +49 171 2345678; ADA LOVELACE agrees, 24 do."
)


@pytest.fixture
def logged(database: Database, shop: SeededShop) -> Database:
    said = [(BIG, "approved"), (SMALL, "rejected"), (BIG, "ignored")]
    with database.jobs() as session:
        session.get_one(User, shop.owner_id).name = "Ada Lovelace"
        log_answers(
            *(session, SHOP, said, BEGAN, RATIONALE),
            edits={"units": 24, "assignee": "Ada Lovelace", "note": "for jo.doe@mail.example"},
            options=[{"option": "order", "units": 48, "cost": "480.00"}],
            foretold="0.7312",
            trial=True,
            shown_order=["one", "two"],
            seconds_to_decide=40,
        )
    return database


def made(database: Database, key: bytes = b"of this test") -> TrainingSet:
    return export_training_set(database, SHOP, "user:ada", FixedClock(NOW), key)


def test_it_holds_everything_that_was_known_and_said(logged: Database) -> None:
    [edited, rejected, ignored] = [orjson.loads(line) for line in made(logged).text.splitlines()]
    assert [each["choice"] for each in (edited, rejected, ignored)] == [
        *("edited", "rejected", "ignored")
    ]
    assert edited["context"] == BIG
    assert (edited["foretold"], edited["trial"], edited["place"]) == (0.7312, True, 1)
    assert edited["edits"] == {"units": 24, "assignee": "***", "note": "***"}
    assert edited["options"] == [{"option": "order", "units": 48, "cost": "480.00"}]
    assert (edited["day"], edited["seconds"], len(edited["shown_order"])) == ("2026-11-12", 40, 2)
    assert edited["by"] == rejected["by"] != ignored["by"] is None
    assert (edited["outcome"], ignored["rationale"]) == (None, None)


def test_nobody_is_in_it(logged: Database) -> None:
    told = made(logged)
    assert told.lines[0]["rationale"] == "*** rang from ***, or ***; *** agrees, 24 do."
    for secret in SECRETS:
        assert secret.lower() not in (told.text + told.sheet).lower(), secret


def test_two_exports_cannot_be_put_together(logged: Database) -> None:
    one, other = made(logged), made(logged, b"another")
    assert one.lines == made(logged).lines
    for name in ("example", "shop", "about", "asked", "by"):
        assert one.lines[0][name] != other.lines[0][name]


def test_what_came_of_it_stands_beside_it(logged: Database) -> None:
    asked = ask(logged, NOW).recommendation_id
    with logged.jobs() as session:
        [first, *_] = logged_answers(session, SHOP)
        session.execute(
            update(Recommendation)
            .where(Recommendation.recommendation_id == asked)
            .values(status="approved", decision_id=first.key)
        )
        outcome = OutcomeRecord(
            *(first.key, NOW, "units_short", Decimal(90), Decimal(0), "better", "So."),
            *(Decimal(80), 3, True),
        )
        add_outcomes(session, SHOP, [outcome])
    told = made(logged).lines[0]["outcome"]
    assert told == {
        "metric": "units_short",
        "before": "90.0000",
        "after": "0.0000",
        "baseline": "80.0000",
        "verdict": "better",
        "worked": True,
        "days": 9,
    }


def test_its_sheet_counts_it_and_the_audit_log_knows(logged: Database) -> None:
    told = made(logged)
    assert "3 lines, 2026-11-12 to 2026-11-12; 0 with an outcome, 2 shown to learn." in told.sheet
    assert "Choices: edited 1, ignored 1, rejected 1." in told.sheet
    with logged.jobs() as session:
        [event] = list_events(session, SHOP)
    assert (event.actor, event.action) == ("user:ada", "recommendations.training_set.export")
    assert event.detail == {"lines": 3}


def test_of_a_shop_without_answers_it_is_empty(database: Database, shop: SeededShop) -> None:
    del shop
    told = made(database)
    assert (told.text, told.lines) == ("", [])
    assert "0 lines, no day" in told.sheet
