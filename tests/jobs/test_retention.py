"""The plan says what would go, and exactly that goes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.governance.audit.chain import note_heads, verify
from hotdash.governance.retention.policy import POLICY_FILE, PolicyError, load_policy
from hotdash.jobs.retention import RetentionDesk
from hotdash.storage.appdb.repositories import audit, inbox
from hotdash.storage.appdb.repositories.api_calls import CallRecord, save_calls
from hotdash.storage.appdb.repositories.inbox import IncomingWebhook
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

NOW = datetime.now(UTC)
TABLES = (
    *("app.api_calls", "app.webhook_deliveries", "app.job_runs", "app.sign_in_attempts"),
    *("app.sessions", "app.decisions", "app.shops", "audit.events"),
)


def before(days: int) -> datetime:
    return NOW - timedelta(days=days)


def rows(database: Database) -> dict[str, int]:
    with database.jobs() as session:
        return {
            table: session.scalars(text(f"select count(*) from {table}")).one() for table in TABLES
        }


@pytest.fixture
def desk(database: Database, shop: SeededShop, tmp_path: Path) -> RetentionDesk:
    """Of each store some that are too old and some that are not."""
    calls = [
        CallRecord(shop.shop_id, before(days), None, "shopify", "orders", "ok", 1.0, 0)
        for days in (1, 29, 32, 40, 50)
    ]
    webhooks = [_webhook(shop.shop_id, days) for days in (1, 8, 9, 10)]
    with database.jobs() as session:
        save_calls(session, calls)
        for days in (200, 181, 179, 1):
            audit.add_event(
                session,
                shop_id=shop.shop_id,
                actor="program:test",
                action="try",
                subject="it",
                at=before(days),
            )
        for days in (0, 3, 4):
            session.execute(
                text(
                    "insert into app.sign_in_attempts (email_hash, address, at, succeeded)"
                    " values (sha256('them'), '192.0.2.1', :at, false)"
                ),
                {"at": before(days)},
            )
    with database.glance() as connection:
        inbox.receive(connection, webhooks)
    with database.jobs() as session:
        session.execute(
            text("update app.webhook_deliveries set applied_at = :now where vendor_id <> '10'"),
            {"now": NOW},
        )
    note_heads(database, tmp_path, NOW)
    return RetentionDesk(database, tmp_path, FixedClock(NOW))


def _webhook(shop_id: str, days: int) -> IncomingWebhook:
    return IncomingWebhook(
        shop_id=shop_id,
        vendor="shopify",
        delivery_id=str(days),
        topic="orders/updated",
        triggered_at=None,
        received_at=before(days),
        tables=["shopify_orders"],
        vendor_ids=[str(days)],
        compliance=None,
        rejection=None,
    )


def test_the_plan_takes_nothing_and_the_run_takes_exactly_it(desk: RetentionDesk) -> None:
    stood = rows(desk.database)
    planned = desk.plan()
    assert rows(desk.database) == stood
    assert {name: count for name, count in planned.items() if count} == {
        "api_calls": 3,
        "webhooks": 2,
        "sign_in_attempts": 2,
        "audit": 2,
    }

    assert desk.run() == planned

    gone = {table: stood[table] - count for table, count in rows(desk.database).items()}
    assert {table: count for table, count in gone.items() if count} == {
        "app.api_calls": 3,
        "app.webhook_deliveries": 2,
        "app.sign_in_attempts": 2,
        "audit.events": 2,
    }
    assert set(desk.plan().values()) == {0}
    assert verify(desk.database, desk.home).misfit is None


def test_what_the_installation_says_holds_over_the_defaults(desk: RetentionDesk) -> None:
    (desk.home / POLICY_FILE).write_text("kept_days:\n  api_calls: 45\n")
    assert desk.plan()["api_calls"] == 1
    assert load_policy(desk.home).webhooks == 7


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("kept_days:\n  api_cals: 30\n", "api_cals"),
        ("kept_days:\n  audit: 90\n", "audit: 90"),
        ("kept_days:\n  jobs: soon\n", "jobs: 'soon'"),
        ("kept_days: 7\n", "kept_days: 7"),
        ("days: {}\n", "kept_days and nothing else"),
        ("kept_days: [\n", "cannot be read"),
    ],
)
def test_a_slip_in_the_policy_is_told(tmp_path: Path, said: str, told: str) -> None:
    (tmp_path / POLICY_FILE).write_text(said)
    with pytest.raises(PolicyError, match=told):
        load_policy(tmp_path)
