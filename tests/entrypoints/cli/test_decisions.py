"""hotdash decisions and hotdash facts, as a person types them."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from hotdash.storage.appdb.session import Database
from tests.fixtures.asked import ask
from tests.fixtures.commands import Commands

pytestmark = pytest.mark.usefixtures("shop")


def test_is_listed_shown_answered_corrected_and_exported(
    commands: Commands, database: Database
) -> None:
    assert "Nothing needs you" in commands.shown("decisions", "list")
    asked = str(ask(database, datetime.now(UTC)).recommendation_id)
    queue = commands.shown("decisions", "list")
    assert "Reorder item:1" in queue
    assert "UTC" in queue
    assert "proposed by recommendations" in commands.shown("decisions", "show", asked[-8:])
    put_off = commands.told(
        "decisions", "snooze", asked[-8:], "--until", "2d", "--reason", "Friday."
    )
    assert put_off["status"] == "snoozed"
    made = commands.told(
        *("decisions", "approve", asked, "--reason", "=It sells."), *("--external-ref", "PO-7")
    )
    assert (made["status"], made["action"]) == ("approved", "inventory.reorder.approve")
    commands.told(
        *("decisions", "correct", made["decision"], "--shop", "hot-rod-an"), *("--reason", "24.")
    )
    found = commands.told("decisions", "list", "--history")["decisions"]
    assert [each["action"] for each in found] == [
        "decision.correct",
        "inventory.reorder.approve",
        "recommendation.snooze",
    ]
    assert found[0]["corrects"] == made["decision"]
    table = list(csv.DictReader(io.StringIO(commands.shown("decisions", "export"))))
    assert [row["external_ref"] for row in table] == ["", "PO-7", ""]
    assert table[1]["rationale"] == "'=It sells."
    lines = commands.shown("decisions", "export", "--format", "ndjson").splitlines()
    assert [json.loads(line)["action"] for line in lines] == [each["action"] for each in found]


def test_facts_are_rolled_up_and_listed(commands: Commands) -> None:
    assert commands.told("facts", "rollup") == {"kept": {"hot-rod-an": 3}}
    listed = commands.told("facts", "list", "--type", "metrics.activation.rolling7d")
    assert [each["value"] for each in listed["facts"]] == [None]
    assert "0 facts corrected" in commands.shown("facts", "backfill-breaches")
    assert len(commands.told("facts", "types")) == 11
