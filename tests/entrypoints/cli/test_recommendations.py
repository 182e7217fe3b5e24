"""hotdash recommendations, as a person types it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.jobs.learn import learn
from hotdash.storage.appdb.session import Database
from tests.decisions.recommendations_given import NOW
from tests.fixtures.answered_log import by_taste, log_answers
from tests.fixtures.commands import Commands

pytestmark = pytest.mark.usefixtures("shop")
OF_SHOP = ("--shop", "hot-rod-an")


def test_is_shown_frozen_begun_anew_and_handed_out(
    commands: Commands, database: Database, tmp_path: Path
) -> None:
    assert "Nothing is learnt yet" in commands.shown("recommendations", "model", *OF_SHOP)
    with database.jobs() as session:
        log_answers(session, "hot-rod-an", by_taste(30), NOW - timedelta(days=40))
        learn(session, "hot-rod-an", NOW)
    shown = commands.shown("recommendations", "model", *OF_SHOP)
    assert "30 answers, ranked by." in shown
    assert "are approved more often." in shown
    card = commands.told("recommendations", "model", *OF_SHOP)["card"]
    assert card["said"]["rejected"] == 15
    exported = json.loads(commands.shown("recommendations", "export", *OF_SHOP))
    assert exported["model"]["answers"] == 30
    folder = tmp_path / "set"
    told = commands.told("recommendations", "training-set", *OF_SHOP, "--to", str(folder))
    assert told["lines"] == len((folder / "training.jsonl").read_text().splitlines()) == 30
    assert (folder / "datasheet.md").read_text().startswith("# Datasheet")
    assert "Frozen as it is" in commands.shown("recommendations", "freeze", *OF_SHOP)
    assert commands.told("recommendations", "unfreeze", *OF_SHOP)["change"] == "unfreeze"
    commands.told("recommendations", "reset", *OF_SHOP)
    assert commands.told("recommendations", "model", *OF_SHOP)["card"]["answers"] == 0
