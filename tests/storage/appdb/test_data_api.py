"""Supabase's Data API on a real Postgres: its three roles, claims set as PostgREST sets them, every relation."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from docs.write_supabase import FOLDER, written
from hotdash.base.errors import ConflictError
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.migrations.data_api import ROLES
from hotdash.storage.appdb.session import Database
from hotdash.storage.embedded_binaries import wheel_binaries
from tests.fixtures import sample_rows
from tests.fixtures.other_postgres import DEBIAN_15, TENANT, WHEEL_16, OtherPostgres
from tests.fixtures.postgres import DatabaseUrls

OURS, THEIRS = "hot-rod-an", "kustom-kyoto"
ROOT = Path(__file__).resolve().parents[3]
PGTAP = ROOT / "supabase/tests/isolation.sql"
CALLERS = ("anon", "authenticated", "service_role")
RELATIONS = """
    select n.nspname || '.' || c.relname
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('app', 'serving', 'audit', 'api') and c.relkind in ('r', 'p', 'v', 'm', 'f')
    order by 1
"""
FUNCTIONS = """
    select p.oid::regprocedure::text
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('app', 'serving', 'audit', 'api')
      and has_function_privilege(%s, p.oid, 'execute')
"""


@dataclass(frozen=True)
class Project:
    """A database as a Supabase project has it, with a row of both shops in every table."""

    database: Database
    url: str
    our_subject: str
    their_user: uuid.UUID

    def ask(self, role: str, query: str, claims: dict[str, Any] | None, **settings: str) -> Any:
        """One request as PostgREST makes it: its own login, which may only become one of three."""
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "select set_config('search_path', 'api', true), set_config('role', %s, true),"
                " set_config('request.jwt.claims', %s, true)",
                [role, json.dumps(claims) if claims is not None else ""],
            )
            for name, value in settings.items():
                connection.execute(
                    "select set_config(%s, %s, true)", [name.replace("__", "."), value]
                )
            return connection.execute(sql.SQL(query)).fetchall()  # pyright: ignore

    @property
    def ours(self) -> dict[str, Any]:
        return {"sub": self.our_subject, "role": "authenticated"}


def roles_of_supabase(server: OtherPostgres) -> None:
    """Of the server, not of a database: made once."""
    with psycopg.connect(server.url("admin", "postgres"), autocommit=True) as connection:
        for role in ROLES:
            bypass = " bypassrls" if role == "service_role" else ""
            connection.execute(
                f"do $$ begin create role {role} nologin{bypass};"  # pyright: ignore
                " exception when duplicate_object then null; end $$"
            )
        connection.execute(
            "do $$ begin create role authenticator login noinherit;"
            " exception when duplicate_object then null; end $$"
        )
        connection.execute("grant anon, authenticated, service_role to authenticator")
        connection.execute(
            sql.SQL("alter role authenticator password {}").format(sql.Literal(server.password))
        )


@pytest.fixture(scope="module")
def project(other_postgres: OtherPostgres) -> Iterator[Project]:
    roles_of_supabase(other_postgres)
    url = other_postgres.new_tenant_url()
    database = Database(url)
    migrate.upgrade(database)
    migrate.open_data_api(database)
    subject = str(uuid.uuid4())
    with database.jobs() as session:
        our_user = sample_rows.fill(session.connection(), OURS, 1)
        their_user = sample_rows.fill(session.connection(), THEIRS, 2)
        for user, name in ((our_user, subject), (their_user, str(uuid.uuid4()))):
            session.execute(
                text(
                    "insert into app.external_identities (issuer, subject, user_id, bound_at)"
                    " values ('supabase', :subject, :user, now())"
                ),
                {"subject": name, "user": user},
            )
    yield Project(database, url.replace(TENANT, "authenticator"), subject, their_user)
    database.dispose()


@pytest.fixture(scope="module")
def relations(project: Project) -> list[str]:
    with project.database.jobs() as session:
        return list(session.scalars(text(RELATIONS)))


def shops_in(rows: Any) -> set[str]:
    told = str(rows)
    return {shop for shop in (OURS, THEIRS) if shop in told}


def seen(project: Project, role: str, relation: str, claims: dict[str, Any] | None) -> set[str]:
    """Refused counts as nothing seen, and must be told so."""
    try:
        return shops_in(project.ask(role, f"select * from {relation}", claims))
    except psycopg.errors.InsufficientPrivilege:
        return {"refused"}


def test_every_relation_by_every_role(project: Project, relations: list[str]) -> None:
    views = [name for name in relations if name.startswith("api.")]
    assert len(views) > 10
    for relation in relations:
        is_open = relation in views
        assert seen(project, "anon", relation, project.ours) == {"refused"}, relation
        ours = seen(project, "authenticated", relation, project.ours)
        assert ours == ({OURS} if is_open else {"refused"}), relation
        all_of_them = seen(project, "service_role", relation, {"role": "service_role"})
        assert all_of_them == ({OURS, THEIRS} if is_open else {"refused"}), relation


@pytest.mark.parametrize(
    "claims", [None, {}, {"sub": ""}, {"sub": "nobody"}, {"role": "service_role"}]
)
def test_whoever_is_bound_to_nobody_sees_nothing(
    project: Project, relations: list[str], claims: dict[str, Any] | None
) -> None:
    for relation in relations:
        if relation.startswith("api."):
            assert seen(project, "authenticated", relation, claims) == set(), relation


def test_the_settings_of_our_own_web_server_mean_nothing_here(project: Project) -> None:
    query = "select * from api.published_marts"
    pretended = {"hotdash__user_id": str(project.their_user)}
    rows = project.ask("authenticated", query, project.ours, **pretended)
    assert shops_in(rows) == {OURS}
    assert project.ask("authenticated", query, None, **pretended) == []


def test_the_claims_mean_nothing_to_our_own_web_server(project: Project) -> None:
    with project.database.as_user(None) as session:
        session.execute(
            text("select set_config('request.jwt.claims', :claims, true)"),
            {"claims": json.dumps(project.ours)},
        )
        assert list(session.scalars(text("select shop_id from app.shops"))) == []


def test_who_is_disabled_sees_nothing(project: Project) -> None:
    query = "select * from api.published_marts"
    disable = text("update app.users set disabled_at = :at where user_id <> :other")
    with project.database.jobs() as session:
        session.execute(disable, {"at": "2026-01-01", "other": project.their_user})
    try:
        assert project.ask("authenticated", query, project.ours) == []
    finally:
        with project.database.jobs() as session:
            session.execute(disable, {"at": None, "other": project.their_user})


@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize(
    "statement",
    [
        "insert into {} (shop_id) values ('hot-rod-an') returning 1",
        "update {} set shop_id = shop_id returning 1",
        "delete from {} returning 1",
    ],
)
def test_nobody_writes(project: Project, role: str, statement: str) -> None:
    for relation in ("api.fct_revenue", "serving.fct_revenue", "app.memberships", "audit.events"):
        with pytest.raises(
            (
                psycopg.errors.InsufficientPrivilege,
                psycopg.errors.FeatureNotSupported,
                psycopg.errors.ObjectNotInPrerequisiteState,
            )
        ):
            project.ask(role, statement.format(relation), project.ours)


@pytest.mark.parametrize(
    ("role", "functions"),
    [("anon", []), ("authenticated", ["app.my_shops()"]), ("service_role", [])],
)
def test_functions(project: Project, role: str, functions: list[str]) -> None:
    with project.database.direct() as connection:
        found = connection.execute(FUNCTIONS, [role]).fetchall()
    assert [name for (name,) in found] == functions


def test_a_later_migration_keeps_it_in_step(other_postgres: OtherPostgres) -> None:
    roles_of_supabase(other_postgres)
    database = Database(other_postgres.new_tenant_url())
    migrate.upgrade(database)
    migrate.open_data_api(database)
    with database.jobs() as session:
        session.execute(text("drop table serving.fct_order_lines cascade"))
    migrate.upgrade(database)
    with database.jobs() as session:
        may = text("select has_table_privilege('authenticated', 'api.fct_order_lines', 'select')")
        assert session.scalars(may).one()
    database.dispose()


class TestOneSource:
    def test_the_files_are_what_our_migrations_say(self, empty_database_urls: DatabaseUrls) -> None:
        database = Database(empty_database_urls.owner)
        files = written(database)
        database.dispose()
        stored = {path.name: path.read_text() for path in FOLDER.glob("*.sql")}
        assert stored == dict(files), "run `python -m docs.write_supabase`"

    def test_they_make_the_same_database(self, other_postgres: OtherPostgres) -> None:
        """By the dump of the schema, line by line."""
        roles_of_supabase(other_postgres)
        ours, theirs = (other_postgres.new_tenant_url() for _ in range(2))
        database = Database(ours)
        migrate.upgrade(database)
        migrate.open_data_api(database)
        database.dispose()
        with psycopg.connect(theirs, autocommit=True) as connection:
            for file in sorted(FOLDER.glob("*.sql")):
                connection.execute(file.read_text())  # pyright: ignore
        assert dump(theirs, other_postgres.major) == dump(ours, other_postgres.major)
        again = Database(theirs)
        assert not migrate.needs_upgrade(again)
        again.dispose()


def dump(url: str, major: int) -> list[str]:
    programs = DEBIAN_15 if major == 15 else wheel_binaries().root / WHEEL_16
    done = subprocess.run(
        [programs / "pg_dump", "--schema-only", url], capture_output=True, text=True, check=True
    )
    # Newer ones guard their own script with a word made up each time.
    return [line for line in done.stdout.splitlines() if not line.startswith(("\\", "--"))]


def test_another_postgres_is_refused(database: Database) -> None:
    with pytest.raises(ConflictError, match="not Supabase's"):
        migrate.open_data_api(database)


STAND_IN = """
    create schema tap;
    create function tap.no_plan() returns setof text language sql as $$ select 'ok' where false $$;
    create function tap.finish() returns setof text language sql as $$ select 'ok' where false $$;
    create function tap.is_empty(query text, told text) returns text language plpgsql as $$
    declare found bigint;
    begin
      execute 'select count(*) from (' || query || ') as rows' into found;
      return case when found = 0 then 'ok - ' else 'not ok - ' end || told;
    end $$;
    create function tap.results_eq(query text, expected text, told text) returns text
    language plpgsql as $$
    declare is_same boolean;
    begin
      execute 'select array(' || query || ')::text = array(' || expected || ')::text' into is_same;
      return case when is_same then 'ok - ' else 'not ok - ' end || told;
    end $$;
    grant usage on schema tap to public;
"""


def test_the_pgtap_tests_hold(other_postgres: OtherPostgres) -> None:
    """With pgTAP where the server has it; else with the four functions of it that they use."""
    roles_of_supabase(other_postgres)
    url = other_postgres.new_tenant_url()
    database = Database(url)
    migrate.upgrade(database)
    migrate.open_data_api(database)
    database.dispose()
    admin = url.replace(TENANT, "admin", 1)
    with psycopg.connect(admin, autocommit=True) as connection:
        found = connection.execute(
            "select count(*) from pg_available_extensions where name = 'pgtap'"
        ).fetchone()
        if found == (1,):
            connection.execute("create schema tap; create extension pgtap schema tap")
            connection.execute("grant usage on schema tap to public")
        else:
            connection.execute(STAND_IN)
    script = f"set search_path = tap, public; {PGTAP.read_text()}"
    told: list[str] = []
    with psycopg.connect(admin, autocommit=True) as connection:
        cursor = connection.execute(script)  # pyright: ignore
        while True:
            if cursor.description:
                told += [str(row[0]) for row in cursor.fetchall()]
            if not cursor.nextset():
                break
    results = [line for line in told if line.startswith(("ok", "not ok"))]
    assert len(results) == 9
    assert all(line.startswith("ok") for line in results), results
