"""The schema in which a backfill computes: the warehouse of its shops, seen through the days made anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hotdash.storage.warehouse.build_ledger import FinishedBuild, append_build, tables_in
from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.kept_findings import NOTE

_PREFIX = "candidate_"
_CHECKS = "candidate_checks_"
CHECKS = "checks"

_SCHEMAS = """
    select distinct schema_name from information_schema.schemata
    where schema_name like 'candidate%' order by schema_name
"""

_ORDERS_BY_DAY = """
    select day, count(*) as orders from intermediate.int_orders
    where shop_id in ({marks}) and day between ? and ?
    group by day order by day
"""

# A partition that lost its last row is offered with none.
_OFFERED = """
    select days.mart, days.partition_key, coalesce(part.row_count, 0) as row_count,
        coalesce(part.rows_hash, '') as rows_hash
    from {schema}.publication_candidate__days as days
    left join {schema}.publication_candidate__part as part
        on part.shop_id = days.shop_id and part.mart = days.mart
        and part.partition_key = days.partition_key
    where days.shop_id = ?
    order by days.mart, days.partition_key
"""


@dataclass(frozen=True)
class Overlay:
    """One model as the candidate sees it, and where the warehouse keeps it."""

    name: str
    schema: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    """Of what is replaced: (shop_id, day) of a model of days; none of a table that is made whole."""
    affected_by: str = ""
    """The model that says when, of one that has a key."""
    is_computed: bool = False
    says_when: bool = False
    is_view: bool = False

    @property
    def has_parts(self) -> bool:
        return self.is_computed and bool(self.key)


def schema_of(backfill_id: UUID) -> str:
    return f"{_PREFIX}{backfill_id.hex}"


def checks_schema_of(backfill_id: UUID) -> str:
    return f"{_CHECKS}{backfill_id.hex}"


def backfills_with_schemas(warehouse: Warehouse) -> list[UUID]:
    found = {
        row["schema_name"].removeprefix(_CHECKS).removeprefix(_PREFIX)
        for row in rows(warehouse.query(_SCHEMAS))
    }
    return sorted(UUID(hex=each) for each in found if len(each) == 32)


def orders_by_day(
    warehouse: Warehouse, shops: Sequence[str], first: date, last: date
) -> dict[date, int]:
    """How much there is to compute on each day; where nothing was built yet, nothing."""
    if "int_orders" not in tables_in(warehouse, "intermediate"):
        return {}
    statement = _ORDERS_BY_DAY.format(marks=_marks(shops))
    return {
        row["day"]: row["orders"] for row in rows(warehouse.query(statement, [*shops, first, last]))
    }


def lay_out(
    warehouse: Warehouse,
    backfill_id: UUID,
    shops: Sequence[str],
    overlays: Sequence[Overlay],
    days: tuple[date, date],
) -> None:
    """Everything of these shops only; what is to be computed starts as the warehouse has it.

    Outside of the days, which every model of days makes anew before another one reads it. Done before
    every chunk: where another run replaces a table meanwhile, Postgres drops the views of it.
    """
    schema = schema_of(backfill_id)
    whose = ", ".join(_quoted(shop) for shop in shops)
    with warehouse.transaction():
        warehouse.execute(f"create schema if not exists {schema}")
        for each in overlays:
            for statement in _statements(each, schema, whose, days):
                warehouse.execute(statement)


def lay_out_findings(
    warehouse: Warehouse, backfill_id: UUID, shops: Sequence[str], overlays: Sequence[Overlay]
) -> None:
    """What the checks last found of these shops, where they will be asked of the candidate, and its days.

    What a check finds is written over what is found here. It reads a model of days more than once for a
    few of them, where DuckDB would read all of it once: not until the warehouse is closed.
    """
    own, whose = checks_schema_of(backfill_id), ", ".join(_quoted(shop) for shop in shops)
    with warehouse.transaction():
        warehouse.execute(f"drop schema if exists {own} cascade")
        warehouse.execute(f"create schema {own}")
        for name in sorted(tables_in(warehouse, CHECKS) - {NOTE}):
            found = f"select * from {CHECKS}.{name} where shop_id in ({whose})"
            warehouse.execute(f"create table {own}.{name} as {found}")
        for name, statement in _made_days(backfill_id, overlays).items():
            warehouse.execute(f"create or replace view {name} as {statement}")
    if warehouse.engine == "duckdb":
        warehouse.execute("set global disabled_optimizers = 'common_subplan'")


def made_days_of(backfill_id: UUID, overlays: Sequence[Overlay]) -> dict[str, str]:
    """By model that says when, where the days stand that were made of those it affects."""
    made, schema = _made_days(backfill_id, overlays), schema_of(backfill_id)
    names = {each.name: f"{schema}.{each.name}" for each in overlays if each.says_when}
    return {name: f"{it}__made" if f"{it}__made" in made else it for name, it in names.items()}


def _made_days(backfill_id: UUID, overlays: Sequence[Overlay]) -> dict[str, str]:
    schema, parts = schema_of(backfill_id), dict[str, list[str]]()
    for each in overlays:
        if each.has_parts and "day" in each.key:
            of_one = f"select shop_id, day from {schema}.{each.name}__days"
            parts.setdefault(f"{schema}.{each.affected_by}__made", []).append(of_one)
    return {name: " union ".join(selects) for name, selects in parts.items()}


def drop(warehouse: Warehouse, backfill_id: UUID) -> None:
    for schema in (checks_schema_of(backfill_id), schema_of(backfill_id)):
        warehouse.execute(f"drop schema if exists {schema} cascade")


def offered(warehouse: Warehouse, backfill_id: UUID, shop_id: str) -> list[dict[str, object]]:
    statement = _OFFERED.format(schema=schema_of(backfill_id))
    return rows(warehouse.query(statement, [shop_id]))


def rows_made(
    warehouse: Warehouse, backfill_id: UUID, overlays: Sequence[Overlay]
) -> dict[str, int]:
    """Per shop, of models of days, over all chunks so far."""
    schema = schema_of(backfill_id)
    counts = [
        f"select shop_id, count(*) as made from {schema}.{each.name}__part group by shop_id"
        for each in overlays
        if each.has_parts
    ]
    if not counts:
        return {}
    parts = " union all ".join(counts)
    found = warehouse.query(
        f"select shop_id, sum(made) as made from ({parts}) as parts group by shop_id"
    )
    return {row["shop_id"]: int(row["made"]) for row in rows(found)}


def merge(
    warehouse: Warehouse,
    backfill_id: UUID,
    shops: Sequence[str],
    overlays: Sequence[Overlay],
    build: FinishedBuild,
    at: datetime,
) -> None:
    """The candidate's rows take the places of the warehouse's, and the build is on record with them."""
    schema = schema_of(backfill_id)
    whose = ", ".join(_quoted(shop) for shop in shops)
    with warehouse.transaction():
        for each in overlays:
            for statement in _replacements(each, schema, whose):
                warehouse.execute(statement)
        append_build(warehouse, build, at)


def _statements(each: Overlay, schema: str, whose: str, days: tuple[date, date]) -> list[str]:
    kept, name = f"{each.schema}.{each.name}", f"{schema}.{each.name}"
    if each.is_computed and not each.key:
        return []
    if not each.is_computed:
        nothing = " and false" if each.says_when else ""
        return [
            f"create or replace view {name} as "
            f"select * from {kept} as kept where kept.shop_id in ({whose}){nothing}"
        ]
    key = ", ".join(each.key)
    return [
        f"create table if not exists {name}__part as select * from {kept} where false",
        f"create table if not exists {name}__days as select {key} from {kept} where false",
        f"create or replace view {name} as select kept.* from {kept} as kept "
        f"left join {name}__days as made on {_same(each.key, 'made', 'kept')} "
        f"where kept.shop_id in ({whose}) and made.shop_id is null{_outside(each, days)} "
        f"union all select * from {name}__part",
    ]


def _outside(each: Overlay, days: tuple[date, date]) -> str:
    """What an engine knows before it reads, so that it reads no row of these days to leave it out."""
    first, last = days
    return (
        f" and kept.day not between date '{first}' and date '{last}'" if "day" in each.key else ""
    )


def _replacements(each: Overlay, schema: str, whose: str) -> list[str]:
    """What only says when is scratch of one build, and a view follows by itself."""
    if not each.is_computed or each.says_when or each.is_view:
        return []
    kept, name = f"{each.schema}.{each.name}", f"{schema}.{each.name}"
    columns = ", ".join(f'"{column}"' for column in each.columns)
    if not each.key:
        return [
            f"delete from {kept} where shop_id in ({whose})",
            f"insert into {kept} ({columns}) select {columns} from {name}",
        ]
    return [
        f"delete from {kept} as kept where exists ("
        f"select 1 from {name}__days as made where {_same(each.key, 'made', 'kept')})",
        f"insert into {kept} ({columns}) select {columns} from {name}__part",
    ]


def _same(key: Sequence[str], left: str, right: str) -> str:
    return " and ".join(f"{left}.{column} = {right}.{column}" for column in key)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
