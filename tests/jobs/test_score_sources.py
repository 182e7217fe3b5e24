"""Scores by hand: what is grave weighs three times as much, and information nothing."""

from datetime import date
from decimal import Decimal

from hotdash.jobs.score_sources import scores
from hotdash.storage.appdb.repositories.checks import FAILED, PASSED, CheckRecord

DAY = date(2026, 11, 1)


def answer(name: str, severity: str, status: str, *sources: str) -> CheckRecord:
    return CheckRecord("a", name, severity, status, dimension="validity", sources=sources)


def test_the_share_of_what_passed() -> None:
    """Of 3 + 3 + 1 three fail: 4 of 7 are left."""
    told = [
        answer("grave", "blocking", FAILED, "shopify"),
        answer("sound", "blocking", PASSED, "shopify"),
        answer("light", "warning", PASSED, "shopify"),
        answer("told", "info", FAILED, "shopify"),
    ]
    (score,) = scores(told, {"a": DAY})
    assert (score.source, score.dimension, score.day) == ("shopify", "validity", DAY)
    assert (score.score, score.asked, score.failed) == (Decimal("0.5714"), 3, 1)
    assert score.detail == {"failed": ["grave"]}


def test_a_check_of_two_sources_counts_for_both() -> None:
    told = [answer("roas", "warning", FAILED, "meta_ads", "shopify")]
    assert [(each.source, each.score) for each in scores(told, {"a": DAY})] == [
        ("meta_ads", 0),
        ("shopify", 0),
    ]


def test_a_shop_without_a_day_has_no_score() -> None:
    assert scores([answer("x", "warning", PASSED, "shopify")], {}) == []
