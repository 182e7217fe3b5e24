"""The serving table and the two views of every published mart, brought to what the mart declares.

A mart's columns are declared once, beside its model. Its serving table follows that declaration
whenever the database is upgraded, so that a new mart or column needs no migration of its own.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, text

from hotdash.storage.appdb.migrations.ddl import OF_MY_SHOPS, WEB_ROLE, run
from hotdash.storage.marts import ColumnType, PublishedMart, published_marts

_SQL_TYPES = {
    ColumnType.TEXT: "text",
    ColumnType.INTEGER: "bigint",
    ColumnType.MONEY: "numeric(20,4)",
    ColumnType.DAY: "date",
    ColumnType.INSTANT: "timestamptz",
    ColumnType.FLAG: "boolean",
    ColumnType.RATE: "numeric(18,10)",
}

_PRESENT = text("""
    select relation.relname, attribute.attname
    from pg_catalog.pg_attribute as attribute
    join pg_catalog.pg_class as relation on relation.oid = attribute.attrelid
    join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
    where schema.nspname = 'serving' and attribute.attnum > 0 and not attribute.attisdropped
    order by relation.relname, attribute.attnum
""")

_CURRENT = """
    select {columns}
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.{mart} as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = '{mart}'
"""


def follow_declarations(connection: Connection) -> None:
    for statement in _missing(connection):
        run(connection, statement)


def is_behind(connection: Connection) -> bool:
    return next(_missing(connection), None) is not None


def leave_only(connection: Connection, marts: frozenset[str]) -> None:
    """Take away the tables of all other marts, before an older version of the database returns."""
    present = _present(connection)
    for mart in published_marts():
        if mart in present and mart not in marts:
            run(connection, f"drop table serving.{mart} cascade")


def _missing(connection: Connection) -> Iterator[str]:
    present = _present(connection)
    for mart in published_marts().values():
        table = present.get(mart.name)
        if table is None:
            yield _create(mart)
        else:
            # In their own order, so that every database has the same table.
            for column in mart.columns:
                if column not in table:
                    yield f"alter table serving.{mart.name} add {_column(mart, column)}"
        if present.get(f"current_{mart.name}") != tuple(mart.columns):
            yield _views(mart)


def _present(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for relation, column in connection.execute(_PRESENT):
        found[relation] = (*found.get(relation, ()), column)
    return found


def _create(mart: PublishedMart) -> str:
    """A bulk-loaded copy: a foreign key would be checked per row, and what may be null is for the checks."""
    key = ", ".join(("shop_id", "part", *mart.grain))
    columns = [_column(mart, name) for name in mart.columns]
    by_day = (
        f"create index {mart.name}_by_day on serving.{mart.name} (shop_id, part, day);"
        if "day" in mart.columns and mart.grain[0] != "day"
        else ""
    )
    return f"""
        create table serving.{mart.name} (
            {columns[0]}, part bigint not null, {", ".join(columns[1:])}, primary key ({key})
        );
        {by_day}
        alter table serving.{mart.name} enable row level security;
        revoke all on table serving.{mart.name} from public;
        create policy web on serving.{mart.name} to {WEB_ROLE}
            using ({OF_MY_SHOPS}) with check ({OF_MY_SHOPS});
        grant select on table serving.{mart.name} to {WEB_ROLE};
    """


def _column(mart: PublishedMart, name: str) -> str:
    is_key = name == "shop_id" or name in mart.grain
    return f"{name} {_SQL_TYPES[mart.columns[name]]}{' not null' if is_key else ''}"


def _views(mart: PublishedMart) -> str:
    facts = ", ".join(f"fact.{column}" for column in mart.columns)
    views = {
        f"serving.current_{mart.name}": _CURRENT.format(mart=mart.name, columns=facts),
        f"api.{mart.name}": f"select {', '.join(mart.columns)} from serving.current_{mart.name}",
    }
    made = [
        f"""create view {name} with (security_invoker = true) as {query};
            revoke all on table {name} from public;
            grant select on table {name} to {WEB_ROLE};"""
        for name, query in views.items()
    ]
    dropped = [f"drop view if exists {name};" for name in reversed(views)]
    return "\n".join((*dropped, *made))
