"""By data: whoever belongs to one shop sees not one byte of another, in any table or view."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from hotdash.storage.appdb.session import Database
from tests.fixtures import sample_rows
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database

OURS, THEIRS = "hot-rod-an", "kustom-kyoto"
RELATIONS = """
    select format('%I.%I', n.nspname, c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('app', 'serving', 'audit', 'api')
      and c.relkind in ('r', 'p', 'v', 'm', 'f')
    order by 1
"""
OF_A_SHOP_BY_ANOTHER_TABLE = {
    *("app.builds", "app.build_models", "app.run_steps"),
    *("app.sessions", "app.sign_in_links", "app.sign_in_attempts"),
    *("audit.pending", "audit.archives"),
}
READABLE_COLUMNS = """
    select string_agg(quote_ident(attname), ', ')
    from pg_attribute
    where attrelid = cast(:relation as regclass) and attnum > 0 and not attisdropped
      and has_column_privilege('hotdash_web', attrelid, attnum, 'select')
"""


@dataclass(frozen=True)
class House:
    """A database in which both shops have a row in every table."""

    database: Database
    urls: DatabaseUrls
    our_user: UUID


@pytest.fixture(scope="module", params=["one login", "a web login"])
def house(request: pytest.FixtureRequest, template_urls: DatabaseUrls) -> Iterator[House]:
    """No test here leaves anything behind that another one counts."""
    with new_database(template_urls, TEMPLATE) as urls:
        web = urls.web if request.param == "a web login" else None
        database = Database(urls.owner, web_url=web)
        with database.jobs() as session:
            our_user = sample_rows.fill(session.connection(), OURS, 1)
            sample_rows.fill(session.connection(), THEIRS, 2)
        yield House(database, urls, our_user)
        database.dispose()


def relations(session: Session) -> list[str]:
    return list(session.scalars(text(RELATIONS)))


def rows_that_name(session: Session, relation: str, columns: str, shop_id: str) -> int:
    query = f"select count(*) from (select {columns} from {relation}) r where r::text like :name"
    return session.scalars(text(query), {"name": f"%{shop_id}%"}).one()


def readable(session: Session, relation: str) -> str | None:
    return session.scalars(text(READABLE_COLUMNS), {"relation": relation}).one()


def test_the_samples_reach_every_table_and_view(house: House) -> None:
    with house.database.jobs() as session:
        empty = [
            f"{relation} of {shop_id}"
            for relation in relations(session)
            if relation != "app.alembic_version"
            for shop_id in (OURS, THEIRS)
            if not _names_shop(session, relation, shop_id)
        ]
    assert not empty


def _names_shop(session: Session, relation: str, shop_id: str) -> bool:
    if relation in OF_A_SHOP_BY_ANOTHER_TABLE:
        return session.scalars(text(f"select count(*) from {relation}")).one() >= 2
    return rows_that_name(session, relation, "*", shop_id) > 0


def test_we_see_our_rows_and_none_of_theirs(house: House) -> None:
    seen_of_theirs: list[str] = []
    empty: list[str] = []
    with house.database.as_user(house.our_user) as session:
        for relation in relations(session):
            columns = readable(session, relation)
            if columns is None:
                continue
            if rows_that_name(session, relation, columns, THEIRS):
                seen_of_theirs.append(relation)
            if not session.scalars(text(f"select count(*) from {relation}")).one():
                empty.append(relation)
    assert not seen_of_theirs
    assert not empty, "what we may read, we see"


def test_what_runs_say_is_ours_by_their_shops(house: House) -> None:
    with house.database.as_user(house.our_user) as session:
        for table in ("runs", "run_steps", "builds", "build_models"):
            assert session.scalars(text(f"select count(*) from app.{table}")).one() == 1


def test_nobody_sees_nothing(house: House) -> None:
    with house.database.as_user(None) as session:
        seen = [
            relation
            for relation in relations(session)
            if readable(session, relation) is not None
            and session.scalars(text(f"select count(*) from {relation}")).one()
        ]
    assert not seen


def test_what_is_not_granted_is_refused(house: House) -> None:
    with house.database.jobs() as session:
        closed = [name for name in relations(session) if readable(session, name) is None]
    assert {"app.users", "app.sessions", "app.credentials", "app.sign_in_links"} <= set(closed)
    for relation in closed:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            house.database.as_user(house.our_user) as session,
        ):
            session.execute(text(f"select * from {relation}"))


def test_words_of_a_run_that_several_shops_share_stay_with_the_operator(house: House) -> None:
    for query in ("select error from app.runs", "select detail from app.run_steps"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            house.database.as_user(house.our_user) as session,
        ):
            session.execute(text(query))


@pytest.mark.parametrize("shop", [THEIRS, None])
@pytest.mark.parametrize("table", ["app.decisions", "audit.events"])
def test_nothing_is_written_in_the_name_of_another_shop(
    house: House, table: str, shop: str | None
) -> None:
    columns = "shop_id, actor, action, subject, detail"
    values = ":shop, 'me', 'approve', 'x', '{}'"
    if table == "app.decisions":
        columns += ", decision_id, scope, rationale"
        values += ", gen_random_uuid(), 'shop', 'x'"
    statement = text(f"insert into {table} ({columns}) values ({values})")
    with house.database.as_user(house.our_user) as session:
        session.execute(statement, {"shop": OURS})
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        house.database.as_user(house.our_user) as session,
    ):
        session.execute(statement, {"shop": shop})


def test_the_web_login_cannot_step_out_by_naming_the_owner(house: House) -> None:
    database = Database(house.urls.owner, web_url=house.urls.web)
    with (
        pytest.raises(ProgrammingError, match="permission denied to set role"),
        database.as_user(house.our_user) as session,
    ):
        session.execute(text("set role hotdash"))
    database.dispose()


APPEND_ONLY = [
    *("audit.events", "audit.backfills", "app.decisions", "app.dashboard_facts"),
    *("app.recommendation_events", "app.decision_outcomes", "app.seo_assignments"),
    "app.recommender_events",
]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["update", "delete", "truncate"])
def test_the_record_can_only_grow(house: House, statement: str, table: str) -> None:
    change = {
        "update": f"update {table} set shop_id = shop_id",
        "delete": f"delete from {table}",
        "truncate": f"truncate {table}",
    }[statement]
    with (
        pytest.raises(ProgrammingError, match=f"{table} is append-only"),
        house.database.jobs() as session,
    ):
        session.execute(text(change))
