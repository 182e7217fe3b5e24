"""Who is told what, when CI fails: the committer, after an hour the team, after two a way back."""

from datetime import UTC, datetime, timedelta

import pytest

from hotdash.governance.changes.change import Problem
from hotdash.governance.changes.messages import Failure, Stage, due, message, report, slack_text

FAILED_AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PROBLEM = Problem("overrides", "sales_are_unique", "A sale <twice>.", "Run a full rebuild.")
FAILURE = Failure(
    "https://code.example/runs/7", COMMIT, "Ann <ann@shop.example>", FAILED_AT, (PROBLEM,)
)


@pytest.mark.parametrize(
    ("minutes", "said", "expected"),
    [
        (0, "", Stage.COMMITTER),
        (59, Stage.COMMITTER.mark, None),
        (60, Stage.COMMITTER.mark, Stage.TEAM),
        (90, Stage.COMMITTER.mark + Stage.TEAM.mark, None),
        (120, Stage.COMMITTER.mark + Stage.TEAM.mark, Stage.REVERT),
        (300, Stage.REVERT.mark, None),
        # Nobody looked for two hours: the gravest makes up for the others.
        (125, "", Stage.REVERT),
    ],
)
def test_each_is_said_once_and_in_time(minutes: int, said: str, expected: Stage | None) -> None:
    assert due(FAILED_AT, FAILED_AT + timedelta(minutes=minutes), said) is expected


def test_it_names_the_link_the_failed_test_the_error_and_the_committer() -> None:
    text = message(FAILURE, Stage.COMMITTER)
    for told in (FAILURE.link, "sales_are_unique", "A sale <twice>.", "Ann <ann@shop.example>"):
        assert told in text
    assert "git revert" not in text
    assert "The team" not in text


def test_the_team_is_called_by_name() -> None:
    text = message(FAILURE, Stage.TEAM, "shop/data")
    assert "@shop/data: it has been failing for an hour" in text
    assert "git revert" not in text


def test_the_way_back_is_a_command() -> None:
    assert f"git revert --no-edit {COMMIT}" in message(FAILURE, Stage.REVERT)


def test_slack_gets_its_own_links_and_no_marks() -> None:
    text = slack_text(FAILURE, Stage.TEAM)
    assert "<https://code.example/runs/7|the run>" in text
    assert "A sale &lt;twice&gt;." in text
    assert "<!--" not in text


def test_a_message_holds_no_key() -> None:
    leaked = Problem("overrides", "x", "postgresql://a:" + "hunter22@db/x refused.", "Mend.")
    failure = Failure("l", COMMIT, "Ann", FAILED_AT, (leaked,))
    assert "hunter22" not in message(failure, Stage.TEAM)


def test_a_pull_request_is_told_what_blocks_and_what_was_let_through() -> None:
    told = Problem("overrides", "sales_jump", "Three times.", "Look.", blocks=False)
    text = report([PROBLEM, told], "https://code.example/runs/7")
    assert text.startswith("**Hotdash CI: one thing lacks**")
    assert text.index("sales_are_unique") < text.index("Let through") < text.index("sales_jump")
    assert report([told]).startswith("**Hotdash CI: passed**")


def test_many_problems_are_counted() -> None:
    text = report([PROBLEM] * 13)
    assert text.count("sales_are_unique") == 10
    assert "and 3 more" in text
