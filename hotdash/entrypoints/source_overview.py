"""Every source of every shop in one list: what the app database, the warehouse and the vendors say of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError
from hotdash.connectors.registry import registry
from hotdash.entrypoints.wiring import Installation
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.quality.waiting import waiting_by_source
from hotdash.storage.appdb.repositories.source_overview import SourceRecord, source_overview
from hotdash.storage.warehouse.source_loads import LastLoad, last_loads

Document = dict[str, Any]
CALLS_OF = timedelta(hours=24)

FRESH, STALE, TOO_OLD, NEVER = "fresh", "stale", "too old", "never read"
NOT_CONNECTED = "not connected"
WORKING = "working"


@dataclass(frozen=True)
class InWarehouse:
    loads: Mapping[tuple[str, str], LastLoad]
    waiting: Mapping[tuple[str, str], int]


def describe_sources(house: Installation, *, check: bool = False) -> Document:
    """With `check` each vendor is asked for the scopes that are missing."""
    now = house.clock.now()
    with house.database.jobs() as session:
        records = source_overview(session, now - CALLS_OF)
    limits = house.freshness_limits()
    found, why_not = _in_warehouse(house)
    missing = _missing_scopes(house) if check else {}
    return {
        "warehouse": why_not or "read",
        "sources": [
            _described(record, limits.get(record.source), now)
            | _loaded(record, found)
            | {"missing_scopes": missing.get((record.shop_id, record.source))}
            for record in records
        ],
    }


def _described(record: SourceRecord, limit: FreshnessLimit | None, now: datetime) -> Document:
    through, trouble = record.complete_through, record.trouble
    age = now - through if through else None
    return {
        "shop": record.shop_id,
        "source": record.source,
        "state": _state(record),
        "since": iso_utc(trouble.since) if trouble else None,
        "retry_at": iso_utc(trouble.retry_at) if trouble and trouble.retry_at else None,
        "reason": trouble.reason if trouble else None,
        "hint": trouble.hint if trouble else None,
        "complete_through": iso_utc(through) if through else None,
        "age_seconds": round(age.total_seconds()) if age is not None else None,
        "soft_limit_seconds": round(limit.soft.total_seconds()) if limit else None,
        "hard_limit_seconds": round(limit.hard.total_seconds()) if limit else None,
        "freshness": _freshness(age, limit),
        "open_drifts": record.open_drifts,
        "last_24_hours": asdict(record.counts),
    }


def _state(record: SourceRecord) -> str:
    if record.connected_at is None:
        return NOT_CONNECTED
    if record.trouble is not None:
        return record.trouble.state
    return WORKING if record.complete_through else NEVER


def _freshness(age: timedelta | None, limit: FreshnessLimit | None) -> str:
    if age is None:
        return NEVER
    if limit is None or age <= limit.soft:
        return FRESH
    return STALE if age <= limit.hard else TOO_OLD


def _loaded(record: SourceRecord, found: InWarehouse | None) -> Document:
    """Empty where the warehouse could not be asked."""
    key = record.shop_id, record.source
    last = found.loads.get(key) if found else None
    return {
        "last_load_at": iso_utc(last.at) if last else None,
        "last_load_rows": last.rows if last else None,
        "unreadable_waiting": found.waiting.get(key, 0) if found else None,
    }


def _in_warehouse(house: Installation) -> tuple[InWarehouse | None, str | None]:
    """A run has the warehouse to itself; then this says so instead of waiting for it."""
    tables = [table for spec in registry().values() for table in spec.tables]
    try:
        with house.warehouse() as warehouse:
            waiting = waiting_by_source(warehouse, tables)
            return InWarehouse(last_loads(warehouse), waiting), None
    except HotdashError as error:
        return None, error.message


def _missing_scopes(house: Installation) -> dict[tuple[str, str], list[str]]:
    """Of a vendor that does not answer nothing is known."""
    missing: dict[tuple[str, str], list[str]] = {}
    for shop_id, connectors in house.connectors().items():
        for connector in connectors:
            try:
                missing[shop_id, connector.vendor] = [each.scope for each in connector.check()]
            except HotdashError:
                continue
    return missing
