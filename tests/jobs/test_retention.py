"""The plan says what would go, and exactly that goes."""

import multiprocessing
import os
import signal
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from docs.write_supabase import FOLDER
from hotdash.base.clock import FixedClock
from hotdash.governance.audit import archive
from hotdash.governance.audit.chain import note_heads, verify
from hotdash.governance.retention.policy import (
    POLICY_FILE,
    KeptDays,
    PolicyError,
    least_of,
    load_policy,
)
from hotdash.jobs import retention
from hotdash.jobs.retention import RetentionDesk, note_policy
from hotdash.storage.appdb.repositories import audit, audit_chain, inbox
from hotdash.storage.appdb.repositories.api_calls import CallRecord, roll_up_calls, save_calls
from hotdash.storage.appdb.repositories.inbox import IncomingWebhook
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/retention.md"
NOW = datetime.now(UTC)
RETENTION_FILE = FOLDER / "20260104000000_retention.sql"
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


def test_pg_cron_holds_to_the_policy_that_the_worker_noted(desk: RetentionDesk) -> None:
    """The schedule stands in for the extension; what it is told to do runs as it is."""
    (desk.home / POLICY_FILE).write_text("kept_days:\n  api_calls: 45\n")
    stood, planned = rows(desk.database), desk.plan()
    assert planned["api_calls"] == 1, "of the three that are older than the default"
    commands = scheduled(desk.database)
    carry_out(desk.database, commands)
    assert rows(desk.database) == stood, "nobody has said how long anything is kept"

    with desk.database.jobs() as session:
        note_policy(session, load_policy(desk.home), NOW)
    carry_out(desk.database, commands)

    gone = {table: stood[table] - count for table, count in rows(desk.database).items()}
    assert {table: count for table, count in gone.items() if count} == {
        "app.api_calls": planned["api_calls"],
        "app.webhook_deliveries": planned["webhooks"],
        "app.sign_in_attempts": planned["sign_in_attempts"],
    }
    assert desk.run() == dict.fromkeys(planned, 0) | {"audit": planned["audit"]}


def test_a_run_notes_the_policy_it_holds_to_and_a_plan_does_not(desk: RetentionDesk) -> None:
    desk.plan()
    assert noted(desk.database) == {}
    desk.run()
    assert noted(desk.database) == load_policy(desk.home).model_dump()
    (desk.home / POLICY_FILE).write_text("kept_days:\n  webhooks: 21\n")
    desk.run()
    assert noted(desk.database)["webhooks"] == 21


def noted(database: Database) -> dict[str, int]:
    with database.jobs() as session:
        found = session.execute(text("select name, days from app.kept_days"))
        return {row.name: row.days for row in found}


def scheduled(database: Database) -> list[str]:
    with database.jobs() as session:
        roll_up_calls(session)
        session.execute(text("create schema cron"))
        session.execute(
            text("create table cron.job (name text primary key, at text, command text)")
        )
        session.execute(
            text(
                "create function cron.schedule(text, text, text) returns bigint language sql as"
                " 'insert into cron.job values ($1, $2, $3) returning 1::bigint'"
            )
        )
        session.connection().exec_driver_sql(RETENTION_FILE.read_text())
        return list(session.scalars(text("select command from cron.job")))


def carry_out(database: Database, commands: Sequence[str]) -> None:
    with database.jobs() as session:
        for command in commands:
            session.connection().exec_driver_sql(command)


def test_what_the_installation_says_holds_over_the_defaults(desk: RetentionDesk) -> None:
    (desk.home / POLICY_FILE).write_text("kept_days:\n  api_calls: 45\n")
    assert desk.plan()["api_calls"] == 1
    assert load_policy(desk.home).webhooks == 7


KILLED_AT = {
    "while rows go": (retention, "_forget_calls"),
    "before the ends are noted": (retention, "note_heads"),
    "before the file is kept": (archive, "_write"),
    "before archived rows go": (audit_chain, "forget_archived"),
}


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_and_die(home: str, url: str, killed_at: str) -> None:
    """In a child, which does not survive it."""
    setattr(*KILLED_AT[killed_at], _die)
    RetentionDesk(Database(url), Path(home), FixedClock(NOW)).run()


@pytest.mark.parametrize("killed_at", KILLED_AT)
def test_a_killed_run_leaves_nothing_half_and_is_finished(
    desk: RetentionDesk, database_urls: DatabaseUrls, killed_at: str
) -> None:
    stood, planned = rows(desk.database), desk.plan()
    child = multiprocessing.get_context("spawn").Process(
        target=run_and_die, args=(str(desk.home), database_urls.owner, killed_at)
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert verify(desk.database, desk.home).misfit is None
    if killed_at == "while rows go":
        assert rows(desk.database) == stood

    desk.run()

    gone = {table: stood[table] - count for table, count in rows(desk.database).items()}
    assert sum(gone.values()) == sum(planned.values())
    assert set(desk.plan().values()) == {0}
    assert verify(desk.database, desk.home).misfit is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("kept_days:\n  api_cals: 30\n", "names api_cals, and nothing called so is kept by days."),
        ("kept_days:\n  audit: 90\n", "keeps audit 90 days; the least is 180."),
        ("kept_days:\n  jobs: 99999\n", "keeps jobs 99999 days; the most is 36,500."),
        ("kept_days:\n  jobs: soon\n", "says jobs: 'soon', which is no whole number of days."),
        ("kept_days:\n  jobs: 7.5\n", "says jobs: 7.5, which is no whole number of days."),
        ("kept_days:\n  jobs:\n", "says jobs: None, which is no whole number of days."),
        ("kept_days: 7\n", "says kept_days: 7, which is no list of names with days."),
        ("days: {}\n", "has to hold kept_days and nothing else."),
        ("kept_days: [\n", "cannot be read: line 2 is no YAML."),
    ],
)
def test_a_slip_in_the_policy_is_told(tmp_path: Path, said: str, told: str) -> None:
    (tmp_path / POLICY_FILE).write_text(said)
    with pytest.raises(PolicyError) as refused:
        load_policy(tmp_path)
    assert refused.value.message == f"{POLICY_FILE} {told}"


def test_a_slip_is_mended_by_what_its_hint_lists(tmp_path: Path) -> None:
    (tmp_path / POLICY_FILE).write_text("kept_days:\n  session: 3\n")
    with pytest.raises(PolicyError) as refused:
        load_policy(tmp_path)
    assert refused.value.hint is not None
    assert "clicks (1 or more)" in refused.value.hint
    assert "audit (180 or more)" in refused.value.hint


def test_the_guide_lists_every_name_with_its_default_and_its_least(tmp_path: Path) -> None:
    told = GUIDE.read_text(encoding="utf-8")
    defaults = load_policy(tmp_path)
    for name in KeptDays.model_fields:
        assert f"\n| `{name}` | {getattr(defaults, name)} | {least_of(name)} | " in told
