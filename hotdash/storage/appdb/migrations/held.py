"""What the tables that nothing else can make again hold, before and after a step down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, Row, text

from hotdash.storage.appdb.migrations.ddl import SCHEMAS
from hotdash.storage.marts import published_marts

_COLUMNS = text("""
    select n.nspname || '.' || c.relname as table_name, a.attname as name,
        case when a.attidentity = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as preset
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where n.nspname = any(:schemas) and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    order by 1, a.attnum
""")
_OF_ALEMBIC = "app.alembic_version"
# Anything else may be another value for every row, or count on when it is asked.
_CONSTANT = re.compile(r"true|false|-?\d+(\.\d+)?|'[^']*'::[\w ]+(\[\])?")


@dataclass(frozen=True)
class HeldValues:
    """A sum over the hashes of a column's values, and whether one of them was ever chosen."""

    total: Decimal | None
    is_chosen: bool


Held = Mapping[str, Mapping[str, HeldValues]]


def held(connection: Connection) -> Held:
    found: dict[str, list[Row[tuple[str, str, str | None]]]] = {}
    marts = {f"serving.{name}" for name in published_marts()}
    for column in connection.execute(_COLUMNS, {"schemas": list(SCHEMAS)}):
        if column.table_name not in marts and column.table_name != _OF_ALEMBIC:
            found.setdefault(column.table_name, []).append(column)
    return {table: _values(connection, table, columns) for table, columns in found.items()}


def losses(before: Held, after: Held) -> list[str]:
    """What is gone or is not what it was; what every row has by itself goes without a loss."""
    found: list[str] = []
    for table, columns in before.items():
        if table not in after and any(each.is_chosen for each in columns.values()):
            found.append(table)
        elif table in after:
            found += [
                f"{table}.{name}"
                for name, values in columns.items()
                if _is_lost(values, after[table].get(name))
            ]
    return found


def _is_lost(values: HeldValues, now: HeldValues | None) -> bool:
    return values.is_chosen if now is None else values.total != now.total


def _values(
    connection: Connection, table: str, columns: list[Row[tuple[str, str, str | None]]]
) -> Mapping[str, HeldValues]:
    asked = ", ".join(
        f'sum(hashtextextended("{column.name}"::text, 0)::numeric), '
        f'count(*) filter (where "{column.name}" is distinct from {_preset(column.preset)})'
        for column in columns
    )
    query = f"select {asked} from {table}"
    row = connection.exec_driver_sql(query, execution_options={"no_parameters": True}).one()
    return {
        column.name: HeldValues(row[2 * place], row[2 * place + 1] > 0)
        for place, column in enumerate(columns)
    }


def _preset(told: str | None) -> str:
    return told if told is not None and _CONSTANT.fullmatch(told) else "null"
