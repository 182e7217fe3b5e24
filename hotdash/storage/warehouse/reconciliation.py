"""What is stored of an entity table per day, and what the vendor last said it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.load_ledger import IS_COMMITTED
from hotdash.storage.warehouse.raw_tables import marks

_COMMITTED = f"(select load_id from raw.load_events where {IS_COMMITTED})"

_TOLD = f"""
    with readings as (
        select day, load_id, fetched_at, row_number() over (
            partition by day order by fetched_at desc, load_id desc
        ) as place
        from raw.slice_days
        where shop_id = ? and table_name = ? and load_id in {_COMMITTED}
    ),

    counts as (
        select day, load_id, {{count}} as told, row_number() over (
            partition by day, load_id order by fetched_at desc
        ) as place
        from raw.{{table}} where shop_id = ?
    )

    select readings.day, coalesce(counts.told, 0) as told
    from readings
    left join counts
        on counts.day = readings.day and counts.load_id = readings.load_id and counts.place = 1
    where readings.place = 1 and (cast(? as text) is null or readings.load_id = cast(? as text))
"""

# A row that was fetched after a tombstone says that the vendor has it again.
_NEWEST = f"""
    with tombstones as (
        select {{columns}}, max(fetched_at) as deleted_at
        from raw.{{table}} where shop_id = ? and is_deleted and load_id in {_COMMITTED}
        group by {{columns}}
    ),

    versions as (
        select
            {{key}} as vendor_id,
            is_deleted,
            cast({{instant}} at time zone cast(? as text) as date) as day,
            row_number() over (
                partition by {{columns}}
                order by
                    case
                        when not is_deleted and fetched_at > deleted_at
                        then greatest({{version}}, deleted_at) else {{version}}
                    end desc,
                    fetched_at desc,
                    load_id desc
            ) as place
        from raw.{{table}} left join tombstones using ({{columns}})
        where shop_id = ? and load_id in {_COMMITTED}
    )
"""

_STORED = f"""
    {_NEWEST}
    select day, count(*) as stored from versions
    where place = 1 and not is_deleted and day is not null
    group by day
"""

_IDS = f"""
    {_NEWEST}
    select day, vendor_id from versions
    where place = 1 and not is_deleted and day in ({{days}})
"""

_REFUSED = f"""
    select distinct vendor_id from raw.quarantine
    where shop_id = ? and table_name = ? and vendor_id is not null and load_id in {_COMMITTED}
"""

_LISTED = f"""
    select max(fetched_at) as listed_at from raw.slice_days
    where shop_id = ? and table_name = ? and load_id in {_COMMITTED}
"""

_FIRST = f"""
    select min("at") as first_at from raw.load_events
    where {IS_COMMITTED} and shop_id = ? and source = ?
"""

_KNOWN_TIMEZONE = "select count(*) as known from pg_timezone_names() where name = ?"


@dataclass(frozen=True)
class Entities:
    """Of one shop, with their days in its timezone."""

    shop_id: str
    table: str
    key: Sequence[str]
    instant: str
    version: str
    timezone: str

    @property
    def parameters(self) -> list[str]:
        return [self.shop_id, self.timezone, self.shop_id]

    def asked(self, statement: str, **more: str) -> str:
        parts = " || ':' || ".join(f"cast({column} as text)" for column in self.key)
        return statement.format(
            key=parts,
            columns=", ".join(self.key),
            instant=self.instant,
            version=self.version,
            table=self.table,
            **more,
        )


def knows_timezone(warehouse: Warehouse, timezone: str) -> bool:
    return rows(warehouse.query(_KNOWN_TIMEZONE, [timezone]))[0]["known"] > 0


def told_counts(
    warehouse: Warehouse, shop_id: str, table: str, count: str, load_id: str | None = None
) -> dict[date, int]:
    """The newest count of each day, or only of those days that this load counted."""
    asked = _TOLD.format(table=table, count=count)
    found = rows(warehouse.query(asked, [shop_id, table, shop_id, load_id, load_id]))
    return {row["day"]: row["told"] for row in found}


def stored_counts(warehouse: Warehouse, entities: Entities) -> dict[date, int]:
    """By the newest version of each, deleted ones left out."""
    asked = entities.asked(_STORED)
    found = rows(warehouse.query(asked, entities.parameters))
    return {row["day"]: row["stored"] for row in found}


def stored_ids(
    warehouse: Warehouse, entities: Entities, days: Sequence[date]
) -> dict[date, set[str]]:
    ids: dict[date, set[str]] = {day: set() for day in days}
    if days:
        asked = entities.asked(_IDS, days=marks(days))
        found = warehouse.query(asked, [*entities.parameters, *days])
        for row in rows(found):
            ids[row["day"]].add(row["vendor_id"])
    return ids


def refused_ids(warehouse: Warehouse, shop_id: str, table: str) -> set[str]:
    """Those that came and could not be read: they are not missing at the vendor."""
    found = warehouse.query(_REFUSED, [shop_id, table])
    return {row["vendor_id"] for row in rows(found)}


def listed_at(warehouse: Warehouse, shop_id: str, source: str, table: str) -> datetime | None:
    """When the vendor's ids were last compared, or else when the source was first read."""
    [listed] = rows(warehouse.query(_LISTED, [shop_id, table]))
    [first] = rows(warehouse.query(_FIRST, [shop_id, source]))
    return listed["listed_at"] or first["first_at"]
