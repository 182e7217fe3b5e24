"""Up and down on databases with data in them, on every Postgres there is, and what may be in the way."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, UnavailableError
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.migrations.ddl import SCHEMAS, run
from hotdash.storage.appdb.migrations.held import held, losses
from hotdash.storage.appdb.models import Base
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import PublishedMart, published_marts
from tests.fixtures import sample_rows
from tests.fixtures.other_postgres import OtherPostgres
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop

REVISIONS = [
    script.revision
    for script in ScriptDirectory(
        str(Path(migrate.__file__).parent / "migrations")
    ).walk_revisions()
]
# What came after it are functions alone, and nobody's rows.
FUNCTIONS_ALONE = {"0031"}
Content = Mapping[str, list[Mapping[str, Any]]]


@pytest.fixture
def empty(empty_database_urls: DatabaseUrls) -> Iterator[Database]:
    database = Database(empty_database_urls.owner)
    yield database
    database.dispose()


@pytest.fixture
def others(other_postgres: OtherPostgres) -> Iterator[Database]:
    database = Database(other_postgres.new_tenant_url())
    yield database
    database.dispose()


def fill(database: Database) -> None:
    with database.jobs() as session:
        sample_rows.fill(session.connection(), "hot-rod-an", 1)
        sample_rows.fill(session.connection(), "kustom-kyoto", 2)


def content(database: Database) -> Content:
    with database.jobs() as session:
        connection = session.connection()
        return {
            table.fullname: sorted(_rows(connection, table.fullname), key=str)
            for table in sample_rows.tables(connection)
        }


def _rows(connection: Connection, table: str) -> list[Mapping[str, Any]]:
    return list(connection.scalars(text(f"select to_jsonb(row) from {table} as row")))


def narrowed(wide: Content, narrow: Content) -> Content:
    """What the wide one says of the tables and columns that the narrow one has."""
    return {
        table: sorted(
            ({name: row[name] for name in rows[0]} if rows else row for row in wide[table]),
            key=str,
        )
        for table, rows in narrow.items()
    }


def objects(database: Database) -> list[str]:
    """Everything in our schemas that has a name, but what Alembic itself keeps."""
    query = """
        select c.oid::regclass::text from pg_class c where c.relnamespace in (
          select oid from pg_namespace where nspname = any(:schemas))
        union all
        select p.oid::regprocedure::text from pg_proc p where p.pronamespace in (
          select oid from pg_namespace where nspname = any(:schemas))
        order by 1
    """
    with database.jobs() as session:
        found = session.scalars(text(query), {"schemas": list(SCHEMAS)})
        return [name for name in found if "alembic_version" not in name]


def down_and_up(database: Database) -> None:
    """Step by step; at each step all that the older tables hold is still there."""
    migrate.upgrade(database)
    fill(database)
    full, whole = content(database), objects(database)
    for revision in [*REVISIONS[1:], "base"]:
        migrate.downgrade(database, revision, losing=True)
        kept = content(database)
        assert all(kept.values())
        assert kept == narrowed(full, kept)
        if revision == REVISIONS[1]:
            assert {f"serving.{mart}" for mart in published_marts()} <= kept.keys()
    assert objects(database) == []
    migrate.upgrade(database)
    assert objects(database) == whole


class TestUpAndDown:
    def test_on_the_newest_postgres(self, empty: Database) -> None:
        down_and_up(empty)

    def test_on_older_ones(self, others: Database) -> None:
        down_and_up(others)
        others.check()

    def test_each_step_up_keeps_what_was_there(self, empty: Database) -> None:
        migrate.upgrade(empty, REVISIONS[-1])
        fill(empty)
        before = content(empty)
        for revision in reversed(REVISIONS[:-1]):
            migrate.upgrade(empty, revision)
            after = content(empty)
            assert before == narrowed(after, before)

    def test_going_up_twice_changes_nothing(self, database: Database) -> None:
        whole = objects(database)
        migrate.upgrade(database)
        assert objects(database) == whole

    def test_two_processes_that_go_up_at_once_go_up_once(
        self, empty: Database, empty_database_urls: DatabaseUrls
    ) -> None:
        program = (
            "import sys; from hotdash.storage.appdb import migrate, session;"
            "migrate.upgrade(session.Database(sys.argv[1]))"
        )
        command = [sys.executable, "-c", program, empty_database_urls.owner]
        processes = [subprocess.Popen(command) for _ in range(2)]
        assert [process.wait(timeout=60) for process in processes] == [0, 0]
        assert migrate.current(empty) == migrate.head()

    def test_two_threads_that_go_up_at_once_go_up_once(self, empty: Database) -> None:
        failures: list[Exception] = []

        def upgrade() -> None:
            try:
                migrate.upgrade(empty)
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=upgrade) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert migrate.current(empty) == migrate.head()

    def test_it_needs_no_working_directory(
        self, empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        migrate.upgrade(empty)
        assert list(tmp_path.iterdir()) == []

    def test_one_migration_follows_the_other(self) -> None:
        assert sorted(REVISIONS, reverse=True) == REVISIONS
        assert REVISIONS[0] == migrate.head()


class TestNoLoss:
    """Down on a populated database: what would be lost or changed is named, and nothing is done."""

    def test_a_step_that_would_lose_rows(self, database: Database) -> None:
        fill(database)
        with database.jobs() as session:
            answered(session, "hot-rod-an", "look_into")
        before = content(database)
        for revision in (each for each in REVISIONS[1:] if each not in FUNCTIONS_ALONE):
            with pytest.raises(ConflictError, match=f"Going down to {revision} would lose"):
                migrate.downgrade(database, revision)
        assert content(database) == before
        assert migrate.current(database) == migrate.head()

    def test_a_step_that_loses_nothing(self, database: Database, shop: SeededShop) -> None:
        """Shops and their owners were there from the first migration on."""
        before = content(database)
        for revision in REVISIONS[1:]:
            migrate.downgrade(database, revision)
            kept = content(database)
            assert kept == narrowed(before, kept)
        migrate.upgrade(database)
        assert content(database) == before

    def test_a_value_that_would_become_another(self, database: Database) -> None:
        """As before 0012, when an alert could not just inform."""
        fill(database)
        with database.schema_change() as connection:
            run(connection, "update app.alerts set severity = 'info'")
            before = held(connection)
            run(connection, "update app.alerts set severity = 'warning'")
            assert losses(before, held(connection)) == ["app.alerts.severity"]

    @pytest.mark.parametrize(("kind", "before"), [("proposal", "0029"), ("look_into", "0030")])
    def test_a_kind_that_older_code_does_not_know(
        self, database: Database, shop: SeededShop, kind: str, before: str
    ) -> None:
        """Named and refused; where losing is meant it is gone, also after going up again, and nothing else is."""
        for asked in (kind, "reorder"):
            with database.jobs() as session:
                answered(session, shop.shop_id, asked)
        with pytest.raises(ConflictError, match=r"would lose what is in .*app\.recommendations\."):
            migrate.downgrade(database, before)
        migrate.downgrade(database, before, losing=True)
        assert kinds(database) == ["reorder"]
        migrate.upgrade(database)
        assert kinds(database) == ["reorder"]
        with database.jobs() as session:
            assert session.scalar(text("select count(*) from app.decisions")) == 2

    def test_marts_are_made_again_by_a_publication(
        self, database: Database, shop: SeededShop
    ) -> None:
        with database.jobs() as session:
            session.execute(
                text("insert into serving.fct_margins (shop_id, part, day) values (:s, 1, :d)"),
                {"s": shop.shop_id, "d": date(2026, 11, 1)},
            )
        migrate.downgrade(database, REVISIONS[1])


def answered(session: Session, shop_id: str, kind: str) -> None:
    session.execute(
        text("""
            with answer as (
              insert into app.decisions
                (shop_id, decision_id, scope, action, actor, subject, rationale, decided_at)
              values (:shop, gen_random_uuid(), 'ops', 'approve', 'somebody', 'a', 'b', now())
              returning decision_id)
            insert into app.recommendations
              (shop_id, recommendation_id, kind, subject, period, proposed_by, title, reason,
               confidence, verb, status, score, magnitude, metric, opened_at, updated_at,
               closed_at, decision_id)
            select :shop, gen_random_uuid(), :kind, 'a', '2026-11-20', 'test', 'a', 'b',
              'low', 'c', 'approved', 0, 0, 'd', now(), now(), now(), decision_id
            from answer
        """),
        {"shop": shop_id, "kind": kind},
    )


def kinds(database: Database) -> list[str]:
    with database.jobs() as session:
        return list(session.scalars(text("select kind from app.recommendations")))


class TestRebuild:
    def test_a_failure_leaves_everything_as_it_was(
        self, database: Database, shop: SeededShop
    ) -> None:
        before = content(database), objects(database)

        def fail(connection: Connection) -> None:
            raise RuntimeError("out of luck")

        with pytest.raises(RuntimeError, match="out of luck"):
            migrate.rebuild(database, "0010", fail, lambda _: None)
        assert (content(database), objects(database)) == before

    def test_it_ends_at_the_newest_with_the_same_objects(self, database: Database) -> None:
        before = objects(database)
        for revision in ("0001", "0016", migrate.head()):
            migrate.rebuild(database, revision, lambda _: None, lambda _: None)
            assert objects(database) == before

    def test_a_revision_nobody_knows(self, database: Database) -> None:
        with pytest.raises(ConflictError, match="revision 9999, which this version does not"):
            migrate.rebuild(database, "9999", lambda _: None, lambda _: None)


class TestWhereItStands:
    def test_an_empty_database_needs_everything(self, empty: Database) -> None:
        assert migrate.current(empty) is None
        assert migrate.needs_upgrade(empty)

    def test_a_migrated_one_needs_nothing(self, database: Database) -> None:
        assert migrate.current(database) == migrate.head()
        assert not migrate.needs_upgrade(database)

    def test_the_models_are_the_tables(self, database: Database) -> None:
        marts = published_marts()
        with database.schema_change() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "include_schemas": True,
                    "compare_type": True,
                    "compare_server_default": True,
                    "include_name": lambda name, kind, _: kind != "schema" or name in SCHEMAS,
                    "include_object": lambda _, name, kind, *__: (
                        name != "alembic_version" and (kind != "table" or name not in marts)
                    ),
                },
            )
            differences = compare_metadata(context, Base.metadata)
        assert not differences


class TestMartTables:
    """They follow what the models declare, without a migration."""

    @pytest.fixture
    def older(self, database: Database) -> Database:
        """As a version left it whose mart had neither its newest column nor its neighbour."""
        with database.schema_change() as connection:
            run(connection, "drop table serving.fct_revenue cascade")
            run(connection, "alter table serving.fct_orders drop units cascade")
        return database

    def columns(self, database: Database, relation: str) -> list[str]:
        with database.jobs() as session:
            return list(session.execute(text(f"select * from {relation} limit 0")).keys())

    def test_a_missing_table_and_a_missing_column_come_with_an_upgrade(
        self, older: Database
    ) -> None:
        assert migrate.needs_upgrade(older)
        migrate.upgrade(older)
        assert not migrate.needs_upgrade(older)
        for mart in published_marts().values():
            for view in (f"serving.current_{mart.name}", f"api.{mart.name}"):
                assert self.columns(older, view) == list(mart.columns)

    @pytest.mark.parametrize("mart", published_marts().values(), ids=lambda mart: mart.name)
    def test_the_key_is_the_grain_within_a_part(
        self, database: Database, mart: PublishedMart
    ) -> None:
        with database.schema_change() as connection:
            key = inspect(connection).get_pk_constraint(mart.name, schema="serving")
        assert key["constrained_columns"] == ["shop_id", "part", *mart.grain]

    def test_rows_outlive_a_new_column(self, older: Database, shop: SeededShop) -> None:
        with older.jobs() as session:
            session.execute(
                text(
                    "insert into serving.fct_orders (shop_id, part, order_id, day) values (:s, 1, 7, :d)"
                ),
                {"s": shop.shop_id, "d": date(2026, 11, 1)},
            )
        migrate.upgrade(older)
        with older.jobs() as session:
            row = session.execute(text("select order_id, units from serving.fct_orders")).one()
        assert tuple(row) == (7, None)


class TestRefusals:
    def test_a_database_of_a_newer_version(self, database: Database) -> None:
        with database.jobs() as session:
            session.execute(text("update app.alembic_version set version_num = '9999'"))
        with pytest.raises(ConflictError, match="at revision 9999, which this version does not"):
            migrate.upgrade(database)
        with database.jobs() as session:
            assert session.scalar(text("select version_num from app.alembic_version")) == "9999"

    def test_a_login_that_may_not_make_a_schema(self, other_postgres: OtherPostgres) -> None:
        guest = other_postgres.new_login("guest")
        database = Database(other_postgres.url(guest, "postgres"))
        with pytest.raises(UnavailableError, match=f"as {guest} may not migrate") as refused:
            migrate.upgrade(database)
        assert other_postgres.password not in str(refused.value)
        assert migrate.current(database) is None

    def test_a_failing_migration_leaves_nothing_behind(self, empty: Database) -> None:
        with empty.jobs() as session:
            session.execute(text("create schema app"))
            session.execute(text("create table app.decisions (occupied boolean)"))
        before = objects(empty)
        with pytest.raises(Exception, match="already exists"):
            migrate.upgrade(empty)
        assert objects(empty) == before
