"""hotdash validate, scorecard and backlog, as a person types them at an installation's home."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotdash.governance.audit.chain import verify
from hotdash.reports.backlog.items import backlog
from hotdash.storage.appdb.repositories.audit import events_of_action
from tests.fixtures.commands import Commands
from tests.fixtures.launch_world import MIDDLE, SHOP, LaunchHouse, launch_rows, with_line


@pytest.fixture
def at_home(commands: Commands, launch: LaunchHouse) -> Commands:
    """The gate spoke just now, by the clock of the machine that the command reads."""
    launch.run(at=datetime.now(UTC))
    launch.publisher.marts.warehouse.close()
    return commands


def status_of(commands: Commands, name: str) -> str:
    [board] = commands.told("backlog", "--shop", SHOP)["boards"]
    [item] = [each for each in board["items"] if each["name"] == name]
    return item["status"]


def test_what_is_signed_stands_in_the_audit_log_and_on_the_board(
    at_home: Commands, launch: LaunchHouse, tmp_path: Path
) -> None:
    [made] = at_home.told("validate", "--out", "reports")["validations"]
    assert made["signed"] is None
    assert status_of(at_home, "launch_validation") == "queued"
    [signed] = at_home.told("validate", "--out", "reports", "--sign-off")["validations"]
    assert signed["report"] == made["report"]
    assert signed["sha256"] == made["sha256"]
    documents = [json.loads((tmp_path / each).read_bytes()) for each in signed["files"][:1]]
    assert documents[0]["signed"]["by"] == signed["signed"]["by"]
    assert documents[0]["signed"]["by"].startswith("cli:")
    assert len(list((tmp_path / "reports").iterdir())) == 4, "the unsigned ones stay"
    with launch.publisher.database.jobs() as session:
        [event] = events_of_action(session, SHOP, "validation.signed")
    assert event.detail["sha256"] == signed["sha256"]
    assert verify(launch.publisher.database, tmp_path).misfit is None
    assert status_of(at_home, "launch_validation") == "complete"
    shown = at_home.shown("backlog")
    assert "complete evidence launch_validation" in shown


def test_what_blocks_ends_with_1_writes_the_report_and_is_not_signed(
    commands: Commands, launch: LaunchHouse, tmp_path: Path
) -> None:
    rows = with_line(launch_rows(), MIDDLE, "total_sales", "117.01")
    launch.run(rows, at=datetime.now(UTC))
    launch.publisher.marts.warehouse.close()
    shown = commands.shown("validate", "--shop", SHOP, code=1)
    assert (
        "✕ reconciliation: hot-rod-an, 2026-11-19: total_sales is 117.01 USD here and "
        "117.00 USD at Shopify. Not explained." in shown
    )
    written = list((tmp_path / ".hotdash/validation").iterdir())
    assert sorted(each.suffix for each in written) == [".html", ".json"]
    refused = commands.error("validate", "--sign-off")
    assert refused["field"] == "sign_off"
    assert "hot-rod-an, 2026-11-19: total_sales" in refused["message"]
    with launch.publisher.database.jobs() as session:
        assert events_of_action(session, SHOP, "validation.signed") == []


def test_the_scorecard_is_the_same_as_prose(at_home: Commands) -> None:
    [card] = at_home.told("scorecard")["scorecards"]
    figures = {each["name"]: each for each in card["promises"]}
    assert figures["ci_time"]["measured"] is None
    assert figures["ci_time"]["standing"] == "not measured yet"
    assert card["counts"]["not measured yet"] == 8 - card["counts"]["kept"]
    shown = at_home.shown("scorecard", "--shop", SHOP)
    for each in card["promises"]:
        assert f"{each['standing']} {each['title']}" in shown
        assert f"goal {each['goal']}" in shown


def test_every_item_of_the_file_is_told(at_home: Commands) -> None:
    [board] = at_home.told("backlog")["boards"]
    assert {each["name"] for each in board["items"]} == {each.name for each in backlog().items}
    assert sum(board["counts"].values()) == len(backlog().items)
    assert all(each["blocked_by"] for each in board["items"] if each["status"] == "blocked")
    assert all(each["artifact"] for each in board["items"] if each["status"] == "complete")


@pytest.mark.parametrize("command", ["validate", "scorecard", "backlog"])
def test_an_unknown_shop_is_told(commands: Commands, command: str) -> None:
    refused = commands.error(command, "--shop", "nobody")
    assert refused["message"] == "There is no shop 'nobody'."
