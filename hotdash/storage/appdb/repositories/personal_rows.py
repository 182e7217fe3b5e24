"""Every table of the app database, found by its catalog: where a person stands in it, and their words taken out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hotdash.base.needles import ERASED_INSIDE, Needles
from hotdash.storage.appdb.repositories.mirror_outbox import send_again
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED

# What the owner of the account decides over; a customer who works here is two things.
ACCOUNTS = frozenset({"app.users"})

_TABLES = """
    select n.nspname as schema, c.relname as name,
      array_agg(a.attname::text order by a.attnum) as columns,
      array_agg(format_type(a.atttypid, null) order by a.attnum) as kinds
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r'
      and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname not like 'pg\\_%'
      and not n.nspname = any(:beside)
      and a.attgenerated = ''
    group by 1, 2 order by 1, 2
"""
_NOTED = text(
    """
    select distinct schemaname || '.' || tablename from pg_catalog.pg_stats
    where lower(concat_ws(chr(31), most_common_vals::text, histogram_bounds::text,
      most_common_elems::text)) like any(:likes)
    """
)
_ERASED_WORDS = text("select set_config('hotdash.erased_words', :pattern, true)")
BYTES = "bytea"
_WRITABLE = frozenset({"text", "character varying", "json", "jsonb", "text[]"})


@dataclass(frozen=True, slots=True)
class ServedTable:
    schema: str
    name: str
    columns: Mapping[str, str]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def in_sql(self) -> str:
        return f'"{self.schema}"."{self.name}"'

    def of_kinds(self, kinds: Collection[str]) -> list[str]:
        return [name for name, kind in self.columns.items() if kind in kinds]


def served_tables(session: Session, *, beside: Sequence[str] = ()) -> list[ServedTable]:
    """Also those of libraries; `beside` are schemas of a warehouse in the same Postgres."""
    found = session.execute(text(_TABLES), {"beside": list(beside)})
    return [
        ServedTable(row.schema, row.name, dict(zip(row.columns, row.kinds, strict=True)))
        for row in found
    ]


def count_holding(session: Session, table: ServedTable, shop_id: str, needles: Needles) -> int:
    """Rows in which any column says a needle; of other shops' rows nothing is asked."""
    asked = text(f"select count(*) from {table.in_sql} as r where {holding(table)}")
    return session.scalars(asked, told_of(shop_id, needles)).one() if needles else 0


def noted_by_planner(session: Session, needles: Needles) -> frozenset[str]:
    """Full names of tables: frequent values are noted apart from rows, and stay until these are counted anew."""
    found = session.scalars(_NOTED, {"likes": needles.likes}) if needles else ()
    return frozenset(found)


def rows_holding(
    session: Session, table: ServedTable, shop_id: str, needles: Needles
) -> list[dict[str, Any]]:
    """Without their bytes: a kept file tells of the whole shop, a kept answer perhaps of another one."""
    written = [name for name, kind in table.columns.items() if kind != BYTES]
    searched = () if "shop_id" in table.columns else written
    where = holding(table, only=searched)
    asked = text(
        f"select to_jsonb(r) - cast(:bytes as text[]) as told from {table.in_sql} as r where {where}"
    )
    told = told_of(shop_id, needles) | {"bytes": table.of_kinds({BYTES})}
    return list(session.scalars(asked, told)) if needles and written else []


def write_over_words(session: Session, table: ServedTable, shop_id: str, needles: Needles) -> bool:
    """False where the database refuses it, as it does of what is linked in a chain."""
    columns = table.of_kinds(_WRITABLE)
    if not columns:
        return False
    changed = ", ".join(
        f'"{column}" = {_without_words(column)}::{table.columns[column]}' for column in columns
    )
    statement = text(f"update {table.in_sql} as r set {changed} where {holding(table)}")
    try:
        with session.begin_nested():
            # An append-only record lets go of exactly these words.
            session.execute(_ERASED_WORDS, {"pattern": needles.pattern})
            session.execute(statement, told_of(shop_id, needles) | {"instead": ERASED_INSIDE})
            session.execute(_ERASED_WORDS, {"pattern": ""})
    except DBAPIError:
        return False
    return True


def send_to_mirror_again(
    session: Session, table: ServedTable, shop_id: str, needles: Needles
) -> int:
    """Before they are written over, rows that a mirror has: their copy there is written over too."""
    mirrored = MIRRORED.get(table.name) if table.schema == "app" else None
    if mirrored is None:
        return 0
    ids = [UUID(row[mirrored.id]) for row in rows_holding(session, table, shop_id, needles)]
    return send_again(session, ids, also_sent=True) if ids else 0


def write_anew_statements(tables: Sequence[ServedTable]) -> list[str]:
    """For a connection in autocommit: dead rows, and what the planner notes of them, keep it until then."""
    names = dict.fromkeys(table.in_sql for table in tables)
    written = [f"vacuum (full, analyze) {name}" for name in names]
    return [*written, "vacuum (full) pg_catalog.pg_statistic"] if written else []


def _without_words(column: str) -> str:
    """Twice, because two words with one blank between them share it."""
    once = f"regexp_replace(\"{column}\"::text, :pattern, :instead, 'gi')"
    return f"regexp_replace({once}, :pattern, :instead, 'gi')"


def holding(table: ServedTable, *, only: Collection[str] = ()) -> str:
    """What the quick look finds is looked at closely, value by value; in all columns or `only` in these."""
    told = ", ".join(
        f"encode(r.\"{name}\", 'escape')" if kind == BYTES else f'r."{name}"::text'
        for name, kind in table.columns.items()
        if not only or name in only
    )
    row = f"concat_ws(chr(31), {told})"
    held = f"case when lower({row}) like any(:likes) then {row} ~* :pattern else false end"
    return f"r.shop_id = :shop_id and {held}" if "shop_id" in table.columns else held


def told_of(shop_id: str, needles: Needles) -> dict[str, Any]:
    return {"shop_id": shop_id, "likes": needles.likes, "pattern": needles.pattern}
