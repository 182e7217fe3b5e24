"""Every table of a warehouse, found by its catalog: where a person stands in it, and their words taken out.

Rows stay and so do their keys, amounts and loads: only words that tell who somebody is are written over.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotdash.base.needles import ERASED_INSIDE, Needles
from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.duckdb import DuckDBWarehouse
from hotdash.storage.warehouse.raw_tables import marks

_COLUMNS = """
    select c.table_schema, c.table_name, c.column_name, c.data_type
    from information_schema.columns c
    join information_schema.tables t
      on t.table_schema = c.table_schema and t.table_name = c.table_name
    where t.table_type = 'BASE TABLE' and t.table_schema not in ({beside})
      {here}
    order by c.table_schema, c.table_name, c.ordinal_position
"""
_NOT_OURS = ("information_schema", "pg_catalog", "pg_toast")
# Where app database and warehouse share a Postgres, that database has a walk of its own.
_OF_APP_DATABASE = ("app", "serving", "audit", "api", "dbos")
_READ_AT = "fetched_at"
_TEXTS = frozenset({"varchar", "text", "character varying"})
_DOCUMENTS = frozenset({"json", "jsonb"})


@dataclass(frozen=True, slots=True)
class StoredTable:
    schema: str
    name: str
    columns: Mapping[str, str]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def in_sql(self) -> str:
        return f'"{self.schema}"."{self.name}"'

    @property
    def texts(self) -> list[str]:
        return [name for name, kind in self.columns.items() if kind in _TEXTS | _DOCUMENTS]

    def is_document(self, column: str) -> bool:
        return self.columns[column] in _DOCUMENTS

    @property
    def amounts(self) -> list[str]:
        return [
            name for name, kind in self.columns.items() if kind.startswith(("decimal", "numeric"))
        ]

    @property
    def has_shop(self) -> bool:
        return "shop_id" in self.columns

    @property
    def says_when_read(self) -> bool:
        return _READ_AT in self.columns


def stored_tables(warehouse: Warehouse) -> list[StoredTable]:
    """Also those of libraries and of candidates: whatever has rows may hold a person."""
    is_file = warehouse.engine == "duckdb"
    beside = _NOT_OURS if is_file else (*_NOT_OURS, *_OF_APP_DATABASE)
    here = "and t.table_catalog = current_database() and c.table_catalog = current_database()"
    asked = _COLUMNS.format(beside=marks(beside), here=here)
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows(warehouse.query(asked, beside)):
        columns = found.setdefault((row["table_schema"], row["table_name"]), {})
        columns[row["column_name"]] = str(row["data_type"]).lower()
    return [StoredTable(schema, name, columns) for (schema, name), columns in found.items()]


def amounts_of(warehouse: Warehouse, table: StoredTable) -> dict[str, str]:
    """Its rows and the sum of each column of money: what an erasure leaves as it was."""
    sums = "".join(f', cast(sum("{name}") as text) as "{name}"' for name in table.amounts)
    [told] = rows(warehouse.query(f"select count(*) as row_count{sums} from {table.in_sql}"))
    return {name: str(value) for name, value in told.items()}


def count_holding(warehouse: Warehouse, table: StoredTable, shop_id: str, needles: Needles) -> int:
    """Rows in which any text says a needle; of other shops' rows nothing is asked."""
    if not needles or not table.texts:
        return 0
    where, told = _holding(warehouse, table, table.texts, shop_id, needles)
    [found] = rows(
        warehouse.query(f"select count(*) as held from {table.in_sql} where {where}", told)
    )
    return int(found["held"])


def rows_holding(
    warehouse: Warehouse, table: StoredTable, shop_id: str, needles: Needles
) -> list[dict[str, Any]]:
    if not needles or not table.texts:
        return []
    where, told = _holding(warehouse, table, table.texts, shop_id, needles)
    return rows(warehouse.query(f"select * from {table.in_sql} where {where}", told))


def rows_of_keys(
    warehouse: Warehouse,
    table: StoredTable,
    shop_id: str,
    key: str,
    values: Collection[object],
) -> list[dict[str, Any]]:
    asked = f'select * from {table.in_sql} where shop_id = ? and "{key}" in ({marks(values)})'
    return rows(warehouse.query(asked, [shop_id, *values])) if values else []


def write_over_words(
    warehouse: Warehouse,
    table: StoredTable,
    columns: Sequence[str],
    shop_id: str,
    needles: Needles,
) -> bool:
    """Whether any row changed, as all below say it."""
    is_changed = False
    for column in columns if needles else ():
        where, told = _holding(warehouse, table, [column], shop_id, needles)
        kind = table.columns[column] if table.is_document(column) else "text"
        # Twice, because two words with one blank between them share it.
        once = f"""regexp_replace(cast("{column}" as text), ?, ?, 'gi')"""
        twice = f"regexp_replace({once}, ?, ?, 'gi')"
        anew = f'"{column}" = cast({twice} as {kind})'
        values = [needles.pattern, ERASED_INSIDE] * 2
        is_changed |= _update(warehouse, table, (anew, values), (where, told))
    return is_changed


def empty_columns(
    warehouse: Warehouse,
    table: StoredTable,
    columns: Sequence[str],
    shop_id: str,
    key: str,
    values: Collection[object],
) -> bool:
    if not columns or not values:
        return False
    emptied = ", ".join(f'"{column}" = null' for column in columns)
    told = " or ".join(f'"{column}" is not null' for column in columns)
    where = f'shop_id = ? and "{key}" in ({marks(values)}) and ({told})'
    return _update(warehouse, table, (emptied, []), (where, [shop_id, *values]))


def empty_whole_columns(
    warehouse: Warehouse,
    table: StoredTable,
    columns: Sequence[str],
    shop_id: str,
    kept: str,
    until: datetime | None = None,
) -> None:
    """Of every row of the shop but those whose value is like `kept`, or that were read later."""
    for column in columns:
        where, told = _telling(table, column, shop_id, kept, until)
        warehouse.execute(f'update {table.in_sql} set "{column}" = null where {where}', told)


def count_telling(
    warehouse: Warehouse,
    table: StoredTable,
    columns: Sequence[str],
    shop_id: str,
    kept: str,
    until: datetime | None = None,
) -> int:
    """Values that `empty_whole_columns` would empty."""
    held = 0
    for column in columns:
        where, told = _telling(table, column, shop_id, kept, until)
        asked = f"select count(*) as held from {table.in_sql} where {where}"
        held += int(rows(warehouse.query(asked, told))[0]["held"])
    return held


def _telling(
    table: StoredTable, column: str, shop_id: str, kept: str, until: datetime | None
) -> tuple[str, list[object]]:
    where = f'shop_id = ? and "{column}" is not null and cast("{column}" as text) not like ?'
    if until is None or not table.says_when_read:
        return where, [shop_id, kept]
    return f"{where} and {_READ_AT} <= ?", [shop_id, kept, until]


def exchange(
    warehouse: Warehouse,
    table: StoredTable,
    column: str,
    shop_id: str,
    instead: Mapping[str, str],
) -> bool:
    """One value in place of another wherever it stands, so that what was joined by it still is."""
    is_changed = False
    for before, after in instead.items():
        where = f'shop_id = ? and "{column}" = ?'
        is_changed |= _update(
            warehouse, table, (f'"{column}" = ?', [after]), (where, [shop_id, before])
        )
    return is_changed


def _update(
    warehouse: Warehouse,
    table: StoredTable,
    changed: tuple[str, Sequence[object]],
    where: tuple[str, Sequence[object]],
) -> bool:
    """Each with the values of its marks; whether there was a row to change."""
    asked = f"select count(*) as held from {table.in_sql} where {where[0]}"
    [found] = rows(warehouse.query(asked, where[1]))
    if not found["held"]:
        return False
    warehouse.execute(
        f"update {table.in_sql} set {changed[0]} where {where[0]}", [*changed[1], *where[1]]
    )
    return True


def write_anew(warehouse: Warehouse, tables: Sequence[StoredTable]) -> None:
    """What was written over still lies in free blocks and dead rows until the file is another one."""
    if isinstance(warehouse, DuckDBWarehouse):
        warehouse.write_anew()
        return
    for table in tables:
        warehouse.execute(f"vacuum (full, analyze) {table.in_sql}")
    warehouse.execute("vacuum (full) pg_catalog.pg_statistic")


def _holding(
    warehouse: Warehouse,
    table: StoredTable,
    columns: Sequence[str],
    shop_id: str,
    needles: Needles,
) -> tuple[str, list[object]]:
    texts = [f'cast("{column}" as text)' for column in columns]
    told: list[object] = []
    if warehouse.engine == "duckdb":
        held = " or ".join(f"regexp_matches({each}, ?, 'i')" for each in texts)
        told += [needles.pattern] * len(texts)
    else:
        row = f"concat_ws(chr(31), {', '.join(texts)})"
        like = f"lower({row}) like any (array[{marks(needles.likes)}])"
        held = f"case when {like} then {row} ~* ? else false end"
        told += [*needles.likes, needles.pattern]
    if not table.has_shop:
        return f"({held})", told
    return f"shop_id = ? and ({held})", [shop_id, *told]


def ids_told(
    warehouse: Warehouse,
    table: StoredTable,
    key: str,
    shop_id: str,
    columns: Sequence[str],
    written_over: str,
) -> set[int]:
    """Of whom any of these columns still says something that is not like `written_over`."""
    told = " or ".join(
        f"""(coalesce("{column}", '') <> '' and "{column}" not like ?)""" for column in columns
    )
    asked = f"select distinct {key} as id from {table.in_sql} where shop_id = ? and ({told})"
    return {
        row["id"] for row in rows(warehouse.query(asked, [shop_id, *[written_over] * len(columns)]))
    }


def hashes_told(warehouse: Warehouse, table: StoredTable, shop_id: str) -> set[str]:
    asked = f"select distinct email_hash from {table.in_sql} where shop_id = ?"
    return {row["email_hash"] for row in rows(warehouse.query(asked, [shop_id]))} - {None}


def whole_values(
    warehouse: Warehouse,
    table: StoredTable,
    columns: Sequence[str],
    shop_id: str,
    values: Collection[str],
) -> set[str]:
    """Which of these, in lower case, are all that some row says in one of the columns."""
    found: set[str] = set()
    # One column at a time: an engine takes no more than some ten thousand values.
    for column in columns if values else ():
        told = f'lower(cast("{column}" as text))'
        asked = (
            f"select distinct {told} as told from {table.in_sql} "
            f"where shop_id = ? and {told} in ({marks(values)})"
        )
        found |= {row["told"] for row in rows(warehouse.query(asked, [shop_id, *sorted(values)]))}
    return found


def texts_holding(
    warehouse: Warehouse,
    table: StoredTable,
    columns: Sequence[str],
    shop_id: str,
    needles: Needles,
) -> set[str]:
    """The whole of what a row says in one of the columns, where a needle stands in it."""
    found: set[str] = set()
    for column in columns if needles else ():
        where, told = _holding(warehouse, table, [column], shop_id, needles)
        asked = (
            f'select distinct cast("{column}" as text) as told from {table.in_sql} where {where}'
        )
        found |= {row["told"] for row in rows(warehouse.query(asked, told))}
    return found
