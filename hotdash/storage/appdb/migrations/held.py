"""What the tables that nothing else can make again hold, before and after a step down."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Connection, text

from hotdash.storage.appdb.migrations.ddl import SCHEMAS
from hotdash.storage.marts import published_marts

_COLUMNS = text("""
    select n.nspname || '.' || c.relname, a.attname
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any(:schemas) and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    order by 1, a.attnum
""")
_OF_ALEMBIC = "app.alembic_version"

Held = Mapping[str, Mapping[str, Decimal | None]]


def held(connection: Connection) -> Held:
    """A sum over the hashes of each column's values; None where no row has one."""
    return {
        table: _sums(connection, table, columns) for table, columns in _columns(connection).items()
    }


def losses(before: Held, after: Held) -> list[str]:
    """What is gone or is not what it was; a column in which no row had a value goes without a loss."""
    found: list[str] = []
    for table, columns in before.items():
        filled = {name: value for name, value in columns.items() if value is not None}
        if table not in after and filled:
            found.append(table)
        elif table in after:
            found += [
                f"{table}.{name}"
                for name, value in filled.items()
                if after[table].get(name) != value
            ]
    return found


def _columns(connection: Connection) -> Mapping[str, list[str]]:
    """Marts are left out: a publication makes their rows again."""
    marts = {f"serving.{name}" for name in published_marts()}
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS, {"schemas": list(SCHEMAS)}):
        if table not in marts and table != _OF_ALEMBIC:
            found.setdefault(table, []).append(column)
    return found


def _sums(connection: Connection, table: str, columns: list[str]) -> Mapping[str, Decimal | None]:
    asked = ", ".join(f'sum(hashtextextended("{name}"::text, 0)::numeric)' for name in columns)
    row = connection.execute(
        text(f"select {asked} from {table}").execution_options(no_parameters=True)
    ).one()
    return dict(zip(columns, row, strict=True))
