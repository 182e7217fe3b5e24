"""What people decide about checks is kept with its reason, ends by itself, and never opens a gate."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.jobs.decide_quality import (
    Decider,
    decide_freshness,
    label_days,
    override_check,
    revoke_override,
)
from hotdash.jobs.gate_results import check_results
from hotdash.pipeline.quality.findings import Check, Severity, finding_of
from hotdash.storage.appdb.repositories import audit, checks
from hotdash.storage.appdb.repositories.freshness import decided_limits
from hotdash.storage.appdb.repositories.incidents import labelled_incidents, withdraw_incident
from hotdash.storage.appdb.repositories.overrides import standing_overrides
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
BY = Decider("cli:ada", "The sale was announced.", NOW)


@pytest.fixture
def seeded(shop: SeededShop, database: Database) -> SeededShop:
    answers = [
        checks.CheckRecord(shop.shop_id, "odd_day", "warning", checks.FAILED),
        checks.CheckRecord(shop.shop_id, "doubled", "blocking", checks.FAILED, mend="Read anew."),
    ]
    with database.jobs() as session:
        checks.save_check_results(session, new_id(), answers, NOW)
    return shop


@pytest.fixture
def shop_id(seeded: SeededShop) -> str:
    return seeded.shop_id


def standing(session: Session, shop_id: str, at: datetime) -> list[str]:
    return [each.check_name for each in standing_overrides(session, [shop_id], at)]


def test_a_warning_is_set_aside_for_a_time(database: Database, shop_id: str) -> None:
    with database.jobs() as session:
        override_check(session, shop_id, "odd_day", WEEK, BY)
        assert standing(session, shop_id, NOW + timedelta(days=6)) == ["odd_day"]
        assert standing(session, shop_id, NOW + WEEK) == []
        (event,) = audit.list_events(session, shop_id)
    assert (event.actor, event.action, event.subject) == (
        *("cli:ada", "quality.check.override", "odd_day"),
    )


def test_what_blocks_cannot_be(database: Database, shop_id: str) -> None:
    with database.jobs() as session, pytest.raises(ConflictError, match="cannot be set aside"):
        override_check(session, shop_id, "doubled", WEEK, BY)


@pytest.mark.parametrize("days", [0, -1, 31])
def test_not_for_ever(database: Database, shop_id: str, days: int) -> None:
    with database.jobs() as session, pytest.raises(HotdashError, match="cannot be set aside for"):
        override_check(session, shop_id, "odd_day", timedelta(days=days), BY)


def test_not_without_a_reason(database: Database, shop_id: str) -> None:
    with database.jobs() as session, pytest.raises(HotdashError, match="rationale"):
        override_check(session, shop_id, "odd_day", WEEK, Decider("cli:ada", "  ", NOW))


def test_an_unknown_check_is_named(database: Database, shop_id: str) -> None:
    with database.jobs() as session, pytest.raises(NotFoundError, match="'nonsense'"):
        override_check(session, shop_id, "nonsense", WEEK, BY)


def test_it_can_be_taken_back(database: Database, shop_id: str) -> None:
    with database.jobs() as session:
        override_check(session, shop_id, "odd_day", WEEK, BY)
        revoke_override(session, shop_id, "odd_day", BY)
        assert standing(session, shop_id, NOW) == []
        with pytest.raises(NotFoundError, match="not set aside"):
            revoke_override(session, shop_id, "odd_day", BY)


def test_findings_that_block_are_never_marked() -> None:
    """Even where somebody had set the check aside while it only warned."""
    override = new_id()

    def answer(severity: Severity) -> checks.CheckRecord:
        check = Check("odd_day", severity, frozenset(), "data", "why", "mend")
        aside = {("a", "odd_day"): override}
        (found,) = check_results([check], [finding_of(check, "a")], ["a"], aside)
        return found

    assert answer(Severity.WARNING).override_id == override
    assert answer(Severity.BLOCKING).override_id is None


def test_a_check_has_no_answer_of_a_shop_it_was_not_asked_of() -> None:
    check = Check(
        "odd_day", Severity.WARNING, frozenset(), "data", "w", "m", shops=frozenset({"a"})
    )
    assert [each.shop_id for each in check_results([check], [], ["a", "b"])] == ["a"]


def test_the_newest_limits_hold(database: Database, shop_id: str) -> None:
    later = Decider("cli:ada", "Too strict.", NOW + WEEK)
    with database.jobs() as session:
        decide_freshness(session, shop_id, "shopify", timedelta(hours=1), timedelta(hours=2), BY)
        decide_freshness(
            session, shop_id, "shopify", timedelta(hours=3), timedelta(hours=30), later
        )
        held = decided_limits(session, [shop_id])[shop_id, "shopify"]
    assert (held.soft_minutes, held.hard_minutes, held.reason) == (180, 1800, "Too strict.")


@pytest.mark.parametrize(("soft", "hard"), [(0, 60), (120, 60)])
def test_limits_that_are_none(database: Database, shop_id: str, soft: int, hard: int) -> None:
    spans = timedelta(minutes=soft), timedelta(minutes=hard)
    with database.jobs() as session, pytest.raises(HotdashError, match="cannot be told after"):
        decide_freshness(session, shop_id, "shopify", *spans, BY)


def test_days_are_labelled_until_that_is_withdrawn(database: Database, shop_id: str) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 3)
    with database.jobs() as session:
        incident = label_days(session, shop_id, "orders", first, last, BY)
        assert labelled_incidents(session, [shop_id]) == [incident]
        withdraw_incident(session, incident, NOW)
        assert labelled_incidents(session, [shop_id]) == []
        with pytest.raises(NotFoundError, match="no series 'lunches'"):
            label_days(session, shop_id, "lunches", first, last, BY)
        with pytest.raises(HotdashError, match="lies before"):
            label_days(session, shop_id, "all", last, first, BY)
