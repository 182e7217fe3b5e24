"""The append-only record of finished builds, and what of a warehouse makes an older build out of date."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.kept_findings import forget_unless_announced
from hotdash.storage.warehouse.load_ledger import IS_COMMITTED, mark_built

_CREATE = """
    create table if not exists raw.builds (
        build_id text not null, "at" timestamptz not null, as_of timestamptz not null,
        mode text not null, reason text not null, project_hash text not null,
        shop_timezones text not null, policies_hash text not null
    )
"""

_APPEND = """
    insert into raw.builds
        (build_id, "at", as_of, mode, reason, project_hash, shop_timezones, policies_hash)
    values (?, ?, ?, ?, ?, ?, ?, ?)
"""

_NEWEST = """
    select project_hash, shop_timezones, policies_hash from raw.builds
    order by "at" desc, build_id desc limit 1
"""

_NEWEST_FULL = """
    select build_id from raw.builds where mode = 'full' order by "at" desc, build_id desc limit 1
"""

_NEWEST_AS_OF = """
    select as_of from raw.builds order by "at" desc, build_id desc limit 1
"""

_RECORDED = "select mode, reason from raw.builds where build_id = ?"

_COVERED = """
    select load_id from raw.load_events where event = 'built' and build_id = ? order by load_id
"""

_COMMITTED = f"(select load_id from raw.load_events where {IS_COMMITTED})"

_TIMEZONES = f"""
    select shop_id, iana_timezone from (
        select shop_id, iana_timezone, row_number() over (
            partition by shop_id order by fetched_at desc, load_id desc
        ) as place
        from raw.shopify_shops where load_id in {_COMMITTED}
    ) as versions
    where place = 1
"""

_POLICIES = f"""
    select policies.shop_id, policy, value, effective_from, decided_at
    from raw.metric_policies as policies
    inner join (
        select load_id, row_number() over (
            partition by shop_id order by "at" desc, load_id desc
        ) as place
        from raw.load_events where {IS_COMMITTED} and source = 'hotdash'
    ) as newest on newest.load_id = policies.load_id and newest.place = 1
    order by 1, 2, 4, 5, 3
"""

_TABLES = "select table_name from information_schema.tables where table_schema = ?"


@dataclass(frozen=True)
class BuiltFrom:
    """What every day of every shop was computed from; a change of any of it makes all days stale."""

    project_hash: str
    shop_timezones: Mapping[str, str | None]
    policies_hash: str


@dataclass(frozen=True)
class RecordedBuild:
    mode: str
    reason: str
    loads: list[str]


@dataclass(frozen=True)
class FinishedBuild:
    build_id: str
    as_of: datetime
    mode: str
    reason: str
    built_from: BuiltFrom
    loads: Collection[str]


def tables_in(warehouse: Warehouse, schema: str) -> frozenset[str]:
    """Views count as tables."""
    return frozenset(row["table_name"] for row in warehouse.query(_TABLES, [schema]).to_pylist())


def present_state(warehouse: Warehouse, project_hash: str) -> BuiltFrom:
    timezones = warehouse.query(_TIMEZONES).to_pylist()
    policies = warehouse.query(_POLICIES).to_pylist()
    return BuiltFrom(
        project_hash,
        {row["shop_id"]: row["iana_timezone"] for row in timezones},
        hashlib.sha256(json.dumps(policies, default=str).encode()).hexdigest(),
    )


def newest_build(warehouse: Warehouse) -> BuiltFrom | None:
    warehouse.execute(_CREATE)
    for row in warehouse.query(_NEWEST).to_pylist():
        return BuiltFrom(
            row["project_hash"], json.loads(row["shop_timezones"]), row["policies_hash"]
        )
    return None


def newest_full_build(warehouse: Warehouse) -> str | None:
    """Which build last computed everything from the raw rows."""
    warehouse.execute(_CREATE)
    for row in warehouse.query(_NEWEST_FULL).to_pylist():
        return row["build_id"]
    return None


def recorded_build(warehouse: Warehouse, build_id: str) -> RecordedBuild | None:
    warehouse.execute(_CREATE)
    for row in warehouse.query(_RECORDED, [build_id]).to_pylist():
        covered = warehouse.query(_COVERED, [build_id]).to_pylist()
        return RecordedBuild(row["mode"], row["reason"], [each["load_id"] for each in covered])
    return None


def record_build(warehouse: Warehouse, build: FinishedBuild, at: datetime) -> None:
    """The build and the loads it computed are recorded together, or not at all."""
    with warehouse.transaction():
        append_build(warehouse, build, at)


def append_build(warehouse: Warehouse, build: FinishedBuild, at: datetime) -> None:
    """Inside the caller's transaction."""
    forget_unless_announced(warehouse, build.build_id)
    known = build.built_from
    warehouse.execute(
        _APPEND,
        [
            build.build_id,
            at,
            build.as_of,
            build.mode,
            build.reason,
            known.project_hash,
            json.dumps(dict(known.shop_timezones), sort_keys=True),
            known.policies_hash,
        ],
    )
    mark_built(warehouse, build.loads, build.build_id, at)


def newest_as_of(warehouse: Warehouse) -> datetime | None:
    """The moment the newest build computed as of."""
    warehouse.execute(_CREATE)
    for row in warehouse.query(_NEWEST_AS_OF).to_pylist():
        return row["as_of"]
    return None
