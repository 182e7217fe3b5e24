"""By the catalog: row-level security on every table, in the fast form, and nothing that leaks."""

import re
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from hotdash.storage.appdb.migrations.ddl import SCHEMAS
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database

OURS = "n.nspname in ('app', 'serving', 'audit', 'api')"
BY_SHOP = re.compile(r"^\(shop_id = ANY \(ARRAY\( SELECT app\.my_shops\(\) AS my_shops\)\)\)$")
# Of the house, which is no shop's: whoever belongs to any shop reads it.
OF_THE_HOUSE = re.compile(
    r"^\(\(shop_id = ANY \(ARRAY\( SELECT app\.my_shops\(\) AS my_shops\)\)\) OR "
    r"\(\(shop_id IS NULL\) AND "
    r"\(cardinality\(ARRAY\( SELECT app\.my_shops\(\) AS my_shops\)\) > 0\)\)\)$"
)
READ_BY_EVERY_MEMBER = {f"app.knowledge_{name}" for name in ("documents", "passages", "builds")}
BY_RUN = re.compile(r"^\(shops && ARRAY\( SELECT app\.my_shops\(\) AS my_shops\)\)$")
BY_PARENT = re.compile(
    r"^\(EXISTS \( SELECT\s+FROM app\.(runs|builds) parent\s+"
    r"WHERE \(parent\.(run_id|build_id) = \w+\.(run_id|build_id)\)\)\)$"
)
MAY_BE_APPENDED_TO = {
    *("app.decisions", "audit.events", "app.alert_events", "app.check_overrides"),
    *("app.dashboard_facts", "app.seo_assignments"),
    *("app.annotations", "app.goals", "app.saved_views", "app.anomaly_events"),
}


def rows(session: Session, query: str) -> Sequence[Row[tuple[object, ...]]]:
    return session.execute(text(query)).all()


def names(session: Session, query: str) -> list[str]:
    return [str(row[0]) for row in rows(session, query)]


@pytest.fixture(scope="module")
def migrated(template_urls: DatabaseUrls) -> Iterator[Database]:
    with new_database(template_urls, TEMPLATE) as urls:
        database = Database(urls.owner)
        yield database
        database.dispose()


@pytest.fixture
def session(migrated: Database) -> Iterator[Session]:
    with migrated.jobs() as session:
        yield session


def test_all_four_schemas_are_there(session: Session) -> None:
    found = names(session, "select nspname from pg_namespace")
    assert set(SCHEMAS) <= set(found)


def test_every_table_has_row_level_security(session: Session) -> None:
    without = names(
        session,
        f"""select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {OURS} and c.relkind in ('r', 'p') and not c.relrowsecurity""",
    )
    assert not without


def test_no_table_forces_it_on_its_owner(session: Session) -> None:
    forced = names(
        session,
        f"""select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {OURS} and c.relforcerowsecurity""",
    )
    assert not forced, "the owner's functions and bulk loads would break"


def test_every_policy_has_one_of_four_forms(session: Session) -> None:
    policies = rows(
        session,
        """select schemaname || '.' || tablename, qual, with_check, roles::text, permissive, cmd
           from pg_policies
           where schemaname in ('app', 'serving', 'audit', 'api')""",
    )
    assert policies
    for table, qual, check, roles, permissive, command in policies:
        assert roles == "{hotdash_web}", table
        assert (permissive, command) == ("PERMISSIVE", "ALL"), table
        assert qual == check, table
        form = " ".join(str(qual).split())
        forms = (OF_THE_HOUSE,) if table in READ_BY_EVERY_MEMBER else (BY_SHOP, BY_RUN, BY_PARENT)
        assert any(known.match(form) for known in forms), (table, qual)


def test_what_carries_a_shop_is_kept_apart_by_it(session: Session) -> None:
    """A table with a shop has the policy by shop, or nothing of it is granted at all."""
    strays = [
        str(table)
        for table, qual, is_granted in rows(
            session,
            f"""select c.oid::regclass::text, p.qual,
                       has_any_column_privilege('hotdash_web', c.oid, 'select, insert, update')
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id'
                left join pg_policies p on p.schemaname = n.nspname and p.tablename = c.relname
                where {OURS} and c.relkind in ('r', 'p')""",
        )
        if (is_granted or qual) and not BY_SHOP.match(" ".join(str(qual).split()))
    ]
    assert set(strays) == READ_BY_EVERY_MEMBER, "and these by their own form, as above"
    assert len(strays) == len(READ_BY_EVERY_MEMBER)


def test_what_carries_no_shop_is_sealed_or_belongs_to_a_run(session: Session) -> None:
    open_tables = {
        str(table): str(qual)
        for table, qual in rows(
            session,
            f"""select c.oid::regclass::text, p.qual
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                left join pg_policies p on p.schemaname = n.nspname and p.tablename = c.relname
                where {OURS} and c.relkind in ('r', 'p')
                  and has_any_column_privilege('hotdash_web', c.oid, 'select, insert, update')
                  and not exists (select from pg_attribute a
                                  where a.attrelid = c.oid and a.attname = 'shop_id')""",
        )
    }
    assert set(open_tables) == {"app.runs", "app.run_steps", "app.builds", "app.build_models"}
    assert all(
        BY_RUN.match(" ".join(qual.split())) or BY_PARENT.match(" ".join(qual.split()))
        for qual in open_tables.values()
    )


def test_every_shop_table_has_an_index_that_leads_with_the_shop(session: Session) -> None:
    without = names(
        session,
        f"""select c.oid::regclass
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id'
            where {OURS} and c.relkind in ('r', 'p') and not exists (
              select from pg_index i
              where i.indrelid = c.oid and i.indkey[0] = a.attnum
                and i.indisvalid and i.indpred is null)""",
    )
    assert not without


def test_views_see_what_their_reader_may_see(session: Session) -> None:
    views = rows(
        session,
        f"""select c.oid::regclass::text, coalesce(c.reloptions::text, '')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {OURS} and c.relkind = 'v'""",
    )
    assert views
    assert not [view for view, options in views if "security_invoker=true" not in str(options)]


def test_no_materialized_view_and_no_foreign_table(session: Session) -> None:
    """Neither is under row-level security."""
    found = names(
        session,
        f"""select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {OURS} and c.relkind in ('m', 'f')""",
    )
    assert not found


def test_every_function_has_an_empty_search_path(session: Session) -> None:
    loose = names(
        session,
        f"""select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where {OURS} and not coalesce(p.proconfig @> array['search_path=""'], false)""",
    )
    assert not loose


def test_no_function_may_be_run_by_everybody(session: Session) -> None:
    """A null access list is the default, and the default is everybody."""
    public = names(
        session,
        f"""select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where {OURS} and (p.proacl is null or exists (
              select from aclexplode(p.proacl) acl where acl.grantee = 0))""",
    )
    assert not public


def test_nothing_is_granted_to_everybody(session: Session) -> None:
    public = names(
        session,
        f"""select c.oid::regclass::text from pg_class c
            join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) acl
            where {OURS} and acl.grantee = 0
            union all
            select n.nspname::text from pg_namespace n, aclexplode(n.nspacl) acl
            where {OURS} and acl.grantee = 0""",
    )
    assert not public


def test_the_function_of_all_policies_is_stable(session: Session) -> None:
    """A volatile one would be run for every row."""
    found = rows(
        session,
        "select provolatile::text, prosecdef from pg_proc"
        " where oid = 'app.my_shops()'::regprocedure",
    )
    assert [tuple(row) for row in found] == [("s", True)]


class TestTheWebRole:
    def test_has_no_power_of_its_own(self, session: Session) -> None:
        powers = rows(
            session,
            """select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
               from pg_roles where rolname = 'hotdash_web'""",
        )
        assert [tuple(row) for row in powers] == [(False,) * 5]

    def test_owns_nothing(self, session: Session) -> None:
        owned = names(
            session,
            """select classid::regclass || ' ' || objid from pg_shdepend
               where refobjid = 'hotdash_web'::regrole and deptype = 'o'""",
        )
        assert not owned

    def test_is_a_member_of_nothing(self, session: Session) -> None:
        assert not names(
            session,
            "select roleid::regrole from pg_auth_members where member = 'hotdash_web'::regrole",
        )

    def test_may_change_nothing_and_append_to_what_people_do(self, session: Session) -> None:
        changeable = names(
            session,
            f"""select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where {OURS} and c.relkind in ('r', 'p', 'v') and (
                  has_table_privilege('hotdash_web', c.oid, 'delete, truncate, trigger, references')
                  or has_any_column_privilege('hotdash_web', c.oid, 'update'))""",
        )
        appendable = names(
            session,
            f"""select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where {OURS} and c.relkind in ('r', 'p', 'v')
                  and has_any_column_privilege('hotdash_web', c.oid, 'insert')""",
        )
        assert not changeable
        assert set(appendable) == MAY_BE_APPENDED_TO

    def test_may_make_nothing_in_our_schemas(self, session: Session) -> None:
        assert not names(
            session,
            f"""select nspname from pg_namespace n
                where {OURS} and has_schema_privilege('hotdash_web', n.oid, 'create')""",
        )

    def test_reaches_no_table_outside_our_schemas(self, session: Session) -> None:
        """The warehouse on Postgres and the state of dlt and dbt lie beside ours."""
        session.execute(text("create schema raw"))
        session.execute(text("create table raw.shopify_customers (email text)"))
        reachable = names(
            session,
            f"""select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where not ({OURS}) and n.nspname not in ('pg_catalog', 'information_schema')
                  and n.nspname not like 'pg\\_toast%'
                  and c.relkind in ('r', 'p', 'v', 'm')
                  and has_schema_privilege('hotdash_web', n.oid, 'usage')
                  and has_any_column_privilege('hotdash_web', c.oid, 'select')""",
        )
        assert not reachable
