"""hotdash checks, as a person types it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hotdash.base.ids import new_id
from hotdash.storage.appdb.repositories import checks
from hotdash.storage.appdb.repositories.scorecard import ScoreRecord, save_scores
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
AT = ("--shop", "hot-rod-an")
BECAUSE = ("--reason", "The sale was announced")


@pytest.fixture(autouse=True)
def found(shop: SeededShop, database: Database) -> None:
    sample = ({"day": "2026-11-01", "note": "write to ***"},)
    answers = [
        checks.CheckRecord(shop.shop_id, "passes", "blocking", checks.PASSED),
        checks.CheckRecord(
            *(shop.shop_id, "odd_day", "warning", checks.FAILED),
            sentence="Twice as many.",
            mend="Look.",
            sample=sample,
        ),
        checks.CheckRecord(shop.shop_id, "doubled", "blocking", checks.FAILED, mend="Read anew."),
    ]
    score = ScoreRecord(
        *(shop.shop_id, "shopify", "uniqueness", datetime.now(UTC).date(), Decimal("0.75"), 4, 1),
        {"failed": ["doubled"]},
    )
    with database.jobs() as session:
        checks.save_check_results(session, new_id(), answers, NOW)
        save_scores(session, [score])


def test_the_gravest_stands_first_and_what_passed_is_left_out(commands: Commands) -> None:
    told = commands.told("checks", "list", *AT)
    assert [each["check"] for each in told["checks"]] == ["doubled", "odd_day"]
    assert told["asked"] == 3
    everything = commands.told("checks", "list", *AT, "--all")["checks"]
    assert [each["check"] for each in everything] == ["doubled", "odd_day", "passes"]
    assert "Twice as many." in commands.shown("checks", "list", *AT)


def test_one_is_shown_with_its_failing_rows(commands: Commands) -> None:
    told = commands.told("checks", "show", "odd_day", *AT)
    assert told["sample"] == [{"day": "2026-11-01", "note": "write to ***"}]
    assert [each["status"] for each in told["answers"]] == ["failed"]
    assert "Twice as many." in commands.shown("checks", "show", "odd_day", *AT)


def test_a_warning_is_set_aside_and_taken_back(commands: Commands) -> None:
    made = commands.told("checks", "override", "odd_day", *AT, *BECAUSE, "--days", "3")
    assert made["check"] == "odd_day"
    (standing,) = commands.told("checks", "list", *AT)["overrides"]
    assert standing["reason"] == "The sale was announced"
    commands.told("checks", "override", "odd_day", *AT, *BECAUSE, "--end")
    assert commands.told("checks", "list", *AT)["overrides"] == []


def test_what_blocks_is_refused_with_its_mend(commands: Commands) -> None:
    error = commands.error("checks", "override", "doubled", *AT, *BECAUSE)
    assert error["message"] == "doubled blocks, and what blocks cannot be set aside."
    assert error["hint"] == "Mend it: Read anew."


def test_limits_are_those_of_the_connector_until_decided(commands: Commands) -> None:
    def shopify() -> tuple[int, int]:
        limits = commands.told("checks", "limits", *AT)["limits"]
        (told,) = [each for each in limits if each["source"] == "shopify"]
        return told["soft_minutes"], told["hard_minutes"]

    assert shopify() == (60, 1440)
    commands.told("checks", "limits", "shopify", "--soft", "120", "--hard", "300", *AT, *BECAUSE)
    assert shopify() == (120, 300)
    error = commands.error("checks", "limits", "lunches", "--soft", "1", "--hard", "2", *AT)
    assert error["message"] == "There is no source 'lunches'."
    assert "--reason" in commands.error("checks", "limits", "shopify", *AT)["hint"]


def test_days_are_labelled_and_listed(commands: Commands) -> None:
    commands.told("checks", "incident", "orders", "--from", "2026-11-27", *AT, *BECAUSE)
    (incident,) = commands.told("checks", "incident", *AT)["incidents"]
    assert (incident["from"], incident["to"]) == ("2026-11-27", "2026-11-27")
    assert "--from" in commands.error("checks", "incident", "orders", *AT)["hint"]


def test_the_scorecard(commands: Commands) -> None:
    (source,) = commands.told("checks", "scorecard", *AT)["sources"]
    assert source["dimensions"]["uniqueness"]["score"] == "0.7500"
    assert "doubled" in commands.shown("checks", "scorecard", *AT)


def test_a_shop_that_is_not_there(commands: Commands) -> None:
    assert "nowhere" in commands.error("checks", "list", "--shop", "nowhere")["message"]
