"""Whole tables of our schemas as text, in and out, with nothing but what their owner may do."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql

from hotdash.storage.appdb.connection import fetch_value

SCHEMAS = ("app", "serving", "audit", "api")
# Which process holds what, who is signed in just now, and what Alembic itself writes.
OF_THE_MOMENT = frozenset(
    {
        "app.alembic_version",
        "app.install_passes",
        "app.lease_holders",
        "app.sessions",
        "app.sign_in_links",
        "app.workers",
    }
)

# The text of a value must not depend on how a server or a login is set up.
_ONE_FORM = """
    set local datestyle = 'ISO, YMD';
    set local intervalstyle = 'postgres';
    set local timezone = 'UTC';
    set local extra_float_digits = 1;
    set local bytea_output = 'hex';
    set local client_encoding = 'UTF8';
    set local statement_timeout = 0;
"""
_TABLES = """
    select n.nspname || '.' || c.relname,
        array(
            select a.attname::text from pg_catalog.pg_attribute as a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                and a.attgenerated = ''
            order by a.attnum),
        coalesce((
            select array_agg(a.attname::text order by k.place)
            from pg_catalog.pg_index as i
            cross join unnest(i.indkey) with ordinality as k (number, place)
            join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = k.number
            where i.indrelid = c.oid and i.indisprimary), '{}'),
        array(
            select a.attname::text from pg_catalog.pg_attribute as a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                and a.attcollation <> 0)
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any(%s) and c.relkind = 'r'
    order by 1
"""
_PARENTS = """
    select cn.nspname || '.' || c.relname, pn.nspname || '.' || p.relname
    from pg_catalog.pg_constraint as k
    join pg_catalog.pg_class as c on c.oid = k.conrelid
    join pg_catalog.pg_namespace as cn on cn.oid = c.relnamespace
    join pg_catalog.pg_class as p on p.oid = k.confrelid
    join pg_catalog.pg_namespace as pn on pn.oid = p.relnamespace
    where k.contype = 'f' and cn.nspname = any(%s) and c.oid <> p.oid
"""
_SEQUENCES = """
    select schemaname || '.' || sequencename, coalesce(last_value, 0)
    from pg_catalog.pg_sequences where schemaname = any(%s) order by 1
"""
_TRIGGERS = """
    select n.nspname || '.' || c.relname, t.tgname, t.tgenabled::text
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any(%s) and not t.tgisinternal and t.tgenabled <> 'D'
    order by 1, 2
"""
_ENABLED = {"O": "enable", "A": "enable always", "R": "enable replica"}


@dataclass(frozen=True)
class Table:
    """By its key rows stand in one order everywhere; what is added at the end leaves the rest alike."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    texts: frozenset[str] = frozenset()


def read_in_one_form(connection: psycopg.Connection) -> None:
    """For the rest of the transaction."""
    connection.execute(_ONE_FORM)


def tables(connection: psycopg.Connection) -> list[Table]:
    """Parents before what refers to them."""
    found = {
        name: Table(name, tuple(columns), tuple(key), frozenset(texts))
        for name, columns, key, texts in connection.execute(_TABLES, [list(SCHEMAS)])
        if name not in OF_THE_MOMENT
    }
    order = TopologicalSorter[str]({name: set[str]() for name in found})
    for child, parent in connection.execute(_PARENTS, [list(SCHEMAS)]):
        if child in found and parent in found:
            order.add(child, parent)
    return [found[name] for name in order.static_order()]


def read_table(connection: psycopg.Connection, table: Table) -> Iterator[bytes]:
    query = sql.SQL("copy (select {} from {} order by {}) to stdout").format(
        _names(table.columns), _identifier(table.name), _order(table)
    )
    with connection.cursor() as cursor, cursor.copy(query) as rows:
        for piece in rows:
            yield bytes(piece)


def write_table(connection: psycopg.Connection, table: Table, pieces: Iterable[bytes]) -> None:
    query = sql.SQL("copy {} ({}) from stdin").format(
        _identifier(table.name), _names(table.columns)
    )
    with connection.cursor() as cursor, cursor.copy(query) as rows:
        for piece in pieces:
            rows.write(piece)


def sequences(connection: psycopg.Connection) -> Mapping[str, int]:
    """The number each gave last; 0 where it gave none."""
    return dict(connection.execute(_SEQUENCES, [list(SCHEMAS)]).fetchall())


def set_sequences(connection: psycopg.Connection, last: Mapping[str, int]) -> None:
    for name, value in last.items():
        if value:
            connection.execute("select pg_catalog.setval(%s::regclass, %s)", [name, value])


@contextmanager
def triggers_at_rest(connection: psycopg.Connection) -> Generator[None]:
    """What they would do to a row was done to it when it was new; afterwards each is as it was."""
    found = connection.execute(_TRIGGERS, [list(SCHEMAS)]).fetchall()
    for table, trigger, _ in found:
        _alter_trigger(connection, table, "disable", trigger)
    yield
    for table, trigger, state in found:
        _alter_trigger(connection, table, _ENABLED[state], trigger)


def _alter_trigger(connection: psycopg.Connection, table: str, how: str, trigger: str) -> None:
    connection.execute(
        sql.SQL("alter table {} {} trigger {}").format(
            _identifier(table),
            sql.SQL(how),  # pyright: ignore[reportArgumentType]
            sql.Identifier(trigger),
        )
    )


def _order(table: Table) -> sql.Composed:
    """By bytes: languages sort differently from one server to the next."""
    return sql.SQL(", ").join(
        sql.SQL('{} collate "C"' if column in table.texts else "{}").format(sql.Identifier(column))
        for column in table.key or table.columns
    )


def _identifier(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split(".", 1))


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def revision(connection: psycopg.Connection) -> str | None:
    """Which migration made these tables; None where there are none."""
    present = fetch_value(connection, "select to_regclass('app.alembic_version') is not null")
    if not present:
        return None
    found = fetch_value(connection, "select version_num from app.alembic_version")
    return None if found is None else str(found)


def is_shown_to_supabase(connection: psycopg.Connection) -> bool:
    query = "select exists (select from pg_catalog.pg_policies where policyname = 'data_api')"
    return fetch_value(connection, query) is True


def credentials_kept(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Of which shop, to which vendor."""
    query = "select shop_id, vendor from app.credentials order by 1, 2"
    return [(str(shop), str(vendor)) for shop, vendor in connection.execute(query)]


def holds_shops(connection: psycopg.Connection) -> bool:
    return revision(connection) is not None and (
        fetch_value(connection, "select exists (select from app.shops)") is True
    )


def has_workers(connection: psycopg.Connection) -> bool:
    return fetch_value(connection, "select to_regclass('app.workers') is not null") is True
