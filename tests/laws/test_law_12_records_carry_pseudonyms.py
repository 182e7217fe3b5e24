"""Law 12: what was done, decided and said is recorded by pseudonym; an address stands in the account alone."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.errors import UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.logging import configure_logging, get_logger, without_addresses
from hotdash.base.roles import Role
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import Answer, approve_backfill, roll_back_backfill
from hotdash.jobs.backfill_asked import enqueue_backfill
from hotdash.jobs.backfill_notices import keep_notices
from hotdash.jobs.decide_quality import Decider, override_check
from hotdash.jobs.handle_alert import Answer as AlertAnswer
from hotdash.jobs.handle_alert import Handling, handle_alert
from hotdash.jobs.run_backfill import run_backfill
from hotdash.jobs.show_backfills import show_backfill
from hotdash.jobs.tell_failure import tell_failure
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.alerts import list_alerts
from hotdash.storage.appdb.repositories.checks import CheckRecord, save_check_results
from hotdash.storage.appdb.repositories.identity import names_of_actors
from hotdash.storage.appdb.session import Database
from tests.fixtures.alerts import file_desk
from tests.fixtures.backfill_house import LAST, SHOP, House
from tests.fixtures.marts import Publisher, revenue_day
from tests.fixtures.shops import SeededShop

pytestmark = pytest.mark.law(12)

SAID = "Asked for by ann.lee+shop@mail.example.com, as <bo@shop.example> knows."
RECORDS = (
    *("app.alert_events", "app.alerts", "app.backfill_plans", "app.check_overrides"),
    *("app.decisions", "app.job_runs", "audit.backfills", "audit.events"),
)


@pytest.fixture
def house(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> House:
    publisher.shops = [shop.shop_id for shop in two_shops]
    publisher.build({"fct_revenue": [revenue_day(shop, LAST, "10") for shop in publisher.shops]})
    house = House(publisher)
    keep = keep_notices(house.database, house.clock)
    house.office = type(house.office)(house.database, house.clock, herald=keep)
    return house


def _backfilled(house: House) -> tuple[Person, Person]:
    """From the request to the rollback."""
    engineer, manager = house.person(Role.ENGINEER), house.person(Role.MANAGER)
    planned = house.asked(engineer, 8, reason=SAID)
    answer = Answer(planned.plan.hash, SAID)
    approve_backfill(house.office, manager, planned.plan_id, answer)
    enqueue_backfill(house.office, engineer, planned.plan_id)
    run_backfill(house.work, engineer, planned.plan_id)
    roll_back_backfill(house.office, engineer, planned.plan_id, SAID)
    with house.database.jobs() as session:
        told = json.dumps(show_backfill(session, planned.plan_id, names_of_actors(session)))
    for person in (engineer, manager):
        assert person.email in told, "whoever looks is told the name"
    return engineer, manager


def _answered(house: House, person: Person, folder: Path) -> None:
    desk = file_desk(house.database, house.clock, folder / "told.ndjson")
    tell_failure(desk, [SHOP], "tidy", UnavailableError(SAID, hint=SAID))
    with house.database.jobs() as session:
        [alert] = [each for each in list_alerts(session, [SHOP]) if each.check_name == "job tidy"]
        handling = Handling(AlertAnswer.RESOLVE, person.actor, SAID)
        handle_alert(session, alert, handling, house.clock.now())


def _decided(house: House, person: Person) -> None:
    now = house.clock.now()
    failed = CheckRecord(SHOP, "orders_have_an_email", "warning", "failed", (), 3, SAID, SAID, "me")
    with house.database.jobs() as session:
        save_check_results(session, new_id(), [failed], now)
        by = Decider(person.actor, SAID, now)
        override_check(session, SHOP, failed.check_name, timedelta(days=1), by)
        audit.add_event(
            session,
            shop_id=SHOP,
            actor=person.actor,
            action="look",
            subject="a page",
            at=now,
            detail={"why": [SAID, {"more": SAID}]},
        )


def _texts(database: Database) -> Iterator[tuple[str, str, int]]:
    """Every table of ours with how many of its rows hold an address, whatever the column's type."""
    with database.jobs() as session:
        tables = session.scalars(
            text(
                """select format('%I.%I', schemaname, tablename) from pg_catalog.pg_tables
                   where schemaname in ('app', 'audit', 'serving') order by 1"""
            )
        ).all()
        for table in tables:
            rows = session.execute(
                text(f"select count(*), count(*) filter (where r::text ~ '@') from {table} as r")
            ).one()
            yield table, str(rows[0]), int(rows[1])


def test_no_record_holds_an_address(house: House, tmp_path: Path) -> None:
    engineer, _ = _backfilled(house)
    _answered(house, engineer, tmp_path)
    _decided(house, engineer)

    found = {
        table: (int(rows), with_address) for table, rows, with_address in _texts(house.database)
    }

    assert {table for table in RECORDS if found[table][0] == 0} == set(), "each was written to"
    assert found["app.users"][1] >= 2, "there the addresses are, and would be found elsewhere"
    assert {table for table, (_, held) in found.items() if held} == {"app.users"}
    with house.database.jobs() as session:
        kept = session.scalars(text("select reason from audit.backfills limit 1")).one()
    assert kept == "Asked for by ***, as <***> knows."


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<mailto:ann@shop.example|ann@shop.example>", "<mailto:***|***>"),
        ("asked-by:ann@shop.example", "asked-by:***"),
        ("ann@shop.example/bo@shop.example", "***/***"),
        ("*bo@shop.example*", "*****"),
        ("https://admin/users/ann@shop.example", "https://admin/users/***"),
        ("https://ann@db.example.com/x, bo@shop.example", "https://ann@db.example.com/x, ***"),
        *(
            (same, same)
            for same in ("restocked 40@12.50 each", "revenue@2.1 changed", "dbt@1.11.16")
        ),
    ],
)
def test_only_addresses_are_left_out(said: str, kept: str) -> None:
    assert without_addresses(said) == kept


def test_no_log_holds_an_address(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = root.handlers, root.level
    file = tmp_path / "hotdash.log"
    try:
        configure_logging("info", file)
        get_logger("a").info("asked", by=SAID, more=[SAID], detail={"why": SAID})
        get_logger("a").info("opened", at="postgresql://web@db.example.com:5432/hotdash")
    finally:
        root.handlers, root.level = before
    told = file.read_text()
    assert "mail.example.com" not in told
    assert "bo@shop" not in told
    assert "postgresql://web@db.example.com" in told, "where a database lies is nobody's address"
