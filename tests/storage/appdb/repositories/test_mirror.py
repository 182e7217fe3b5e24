"""What is to be mirrored enters with what it is about, and leaves the house as it stands there."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError
from hotdash.base.ids import new_id
from hotdash.storage.appdb.repositories import mirror_outbox, mirrors
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, add_decision
from hotdash.storage.appdb.repositories.facts import FactRecord, add_facts
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED, tables_sql
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop, add_shop

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
URL = "https://project.supabase.co"
pytestmark = pytest.mark.usefixtures("shop")


def decision(**more: object) -> DecisionRecord:
    told = {
        "shop_id": "hot-rod-an",
        "decision_id": new_id(),
        "scope": "quality",
        "action": "quality.check.override",
        "actor": "user:1",
        "subject": "x",
        "rationale": "As ann@shop.example said.",
        "decided_at": NOW,
        "idempotency_key": "once",
    }
    return DecisionRecord(**{**told, **more})  # type: ignore[arg-type]


def fact(**more: object) -> FactRecord:
    told = {"fact_type": "ops.sync.summary", "version": 1, "occurred_at": NOW}
    return FactRecord("hot-rod-an", new_id(), **{**told, "value": Decimal("1.1000"), **more})  # type: ignore[arg-type]


def due(database: Database, now: datetime = NOW) -> list[mirror_outbox.OutboxRow]:
    with database.jobs() as session:
        return mirror_outbox.due_rows(session, now, 100)


def test_every_way_in_enters_and_none_twice(database: Database, shop: SeededShop) -> None:
    first, told = decision(), fact()
    with database.as_user(shop.owner_id) as session:
        add_decision(session, first)
    with database.jobs() as session:
        assert add_facts(session, [told, told]) == 1
        assert add_facts(session, [told, fact(corrects=told.fact_id)]) == 1
    assert [each.entity for each in due(database)] == ["decisions", *["dashboard_facts"] * 2]


def _add_twice(session: Session, same: DecisionRecord) -> None:
    add_decision(session, same)
    add_decision(session, replace(same, decision_id=new_id()))


def test_what_is_undone_never_enters(database: Database) -> None:
    same = decision()
    with pytest.raises(ConflictError), database.jobs() as session:
        _add_twice(session, same)
    assert due(database) == []


def test_a_row_is_told_to_the_last_digit_and_without_an_address(database: Database) -> None:
    with database.jobs() as session:
        add_decision(session, decision())
        add_facts(session, [fact()])
    decided, known = due(database)
    body = json.loads(decided.body)
    assert (decided.scope, known.scope) == ("quality", "ops")
    assert body["rationale"] == "As *** said."
    assert body.keys() == MIRRORED["decisions"].columns.keys()
    assert "idempotency_key" not in body
    assert '"value": 1.1000' in known.body


def test_two_shops_may_give_the_same_id(database: Database) -> None:
    same = fact()
    with database.jobs() as session:
        add_shop(session, "kustom-kyoto")
        session.flush()
        add_facts(session, [same, replace(same, shop_id="kustom-kyoto")])
    told = {each.shop_id: json.loads(each.body)["shop_id"] for each in due(database)}
    assert told == {"hot-rod-an": "hot-rod-an", "kustom-kyoto": "kustom-kyoto"}


def test_a_row_rests_is_sent_dies_and_comes_back(database: Database) -> None:
    with database.jobs() as session:
        add_facts(session, [fact(), fact(), fact()])
    one, two, three = (each.position for each in due(database))
    later = NOW + timedelta(minutes=5)
    with database.jobs() as session:
        assert mirror_outbox.note_attempt(session, [one, two], NOW) == {one: 1, two: 1}
        mirror_outbox.mark_sent(session, [one], NOW)
        mirror_outbox.mark_dead(session, [two], NOW, "22P02", "No.")
        mirror_outbox.postpone(session, [three], later, "HTTP_502", "Away.")
    assert due(database) == []
    assert [each.position for each in due(database, later)] == [three]
    with database.jobs() as session:
        [dead] = mirror_outbox.dead_rows(session, 10)
        assert (dead.attempts, dead.code) == (1, "22P02")
        assert mirror_outbox.send_again(session, []) == 1
    [back] = due(database)
    assert (back.position, back.attempts, back.refusals) == (two, 1, 0)


def test_the_key_opens_only_with_its_address(database: Database, tmp_path: Path) -> None:
    vault = Vault.in_home(tmp_path)
    with database.jobs() as session:
        mirrors.save_mirror(session, vault, URL, "sb_secret_x", "untried", NOW)
        found = mirrors.find_mirror(session, vault)
        assert found is not None
        assert found.fields == {"key": "sb_secret_x"}
        session.execute(text("update app.mirrors set url = 'https://elsewhere.example'"))
        moved = mirrors.find_mirror(session, vault)
    assert moved is not None
    assert moved.fields is None


def test_the_statements_make_the_tables_that_are_expected(
    empty_database_urls: DatabaseUrls,
) -> None:
    with psycopg.connect(empty_database_urls.owner) as connection:
        known = {row[0] for row in connection.execute("select rolname from pg_roles")}
        for role in {"anon", "authenticated", "service_role"} - known:
            connection.execute(f"create role {role}".encode())
        connection.execute(tables_sql().encode())
        for table in MIRRORED.values():
            made = connection.execute(
                "select column_name, data_type from information_schema.columns"
                " where table_schema = 'public' and table_name = %s",
                [table.name],
            ).fetchall()
            assert dict(made) == table.columns
        connection.rollback()
