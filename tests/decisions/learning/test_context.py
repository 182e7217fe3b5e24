"""What learning is told of a proposal: words of fixed choice, known when it is shown."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hotdash.decisions.recommendations.learning.context import (
    columns_of,
    context_of,
    still_asked,
)
from hotdash.decisions.recommendations.learning.words import sentence
from hotdash.storage.appdb.repositories.signals.reading import INVENTORY, Reading, Sales
from tests.decisions.recommendations_given import NOW, proposal, reading

# A hundred a day.
SALES = Sales(Decimal(2800), 28, 28, date(2026, 11, 20))


def sold() -> Reading:
    return replace(reading(), sales=SALES, marts={INVENTORY: NOW - timedelta(hours=7)})


def test_it_says_everything_that_can_be_told() -> None:
    told = proposal(magnitude=150, features={"days_of_stock": 9, "supplier": "Kim & Sons"})
    assert context_of(
        told.proposal, sold(), NOW + timedelta(days=2), before="rejected", times=3
    ) == {
        "kind": "reorder",
        "money": "week",
        "urgency": "three_days",
        "sure": "high",
        "before": "rejected",
        "times": "often",
        "evidence": "day",
        "cover": "two_weeks",
        "weekday": "sat",
    }


@pytest.mark.parametrize(
    ("weight", "level"),
    [(0, "none"), (9, "tenth"), (10, "day"), (99, "day"), (100, "week"), (700, "more")],
)
def test_money_is_told_in_days_of_sales(weight: int, level: str) -> None:
    told = proposal(weight=Decimal(weight)).proposal
    assert context_of(told, sold(), None)["money"] == level


def test_what_is_not_known_is_left_out() -> None:
    bare = context_of(proposal().proposal, reading(), None)
    assert set(bare) == {"kind", "sure", "before", "times", "weekday"}


def test_while_it_waits_how_often_it_was_asked_stays() -> None:
    opened = context_of(proposal().proposal, reading(), None, before="approved", times=1)
    later = context_of(proposal().proposal, sold(), NOW)
    assert still_asked(later, opened)["before"] == "approved"
    assert still_asked(later, opened)["times"] == "second"
    assert still_asked(later, opened)["urgency"] == "day"
    # One that was asked before this was kept has never told it.
    assert "before" not in still_asked(later, {})


def test_each_level_counts_for_all_and_for_its_kind() -> None:
    assert columns_of({"kind": "reply", "money": "none", "weekday": "mon"}) == (
        *("all", "kind=reply", "money=none", "kind=reply&money=none", "weekday=mon"),
    )


@pytest.mark.parametrize(
    ("column", "mean", "words"),
    [
        ("kind=reply", 0.5, "Replies to waiting customers are approved more often."),
        (
            "kind=reorder&cover=out",
            -0.5,
            "Reorders for items out of stock are approved less often.",
        ),
        ("weekday=mon", 0.1, "Proposals shown on a Monday are approved more often."),
        ("all", 0.1, "All proposals are approved more often."),
    ],
)
def test_weights_are_said_in_words(column: str, mean: float, words: str) -> None:
    assert sentence(column, mean) == words
