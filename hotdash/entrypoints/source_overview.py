"""Every source of every shop in one list: what the app database, the warehouse and the vendors say of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError
from hotdash.connectors.registry import registry
from hotdash.entrypoints.wiring import Installation
from hotdash.jobs.show_sources import Document, describe
from hotdash.pipeline.quality.waiting import waiting_by_source
from hotdash.storage.warehouse.source_loads import LastLoad, last_loads


@dataclass(frozen=True)
class InWarehouse:
    loads: Mapping[tuple[str, str], LastLoad]
    waiting: Mapping[tuple[str, str], int]


def describe_sources(house: Installation, *, check: bool = False) -> Document:
    """With `check` each vendor is asked for the scopes that are missing."""
    with house.database.jobs() as session:
        told = describe(session, house.freshness_limits(), house.clock.now())
    found, why_not = _in_warehouse(house)
    missing = _missing_scopes(house) if check else {}
    return {
        "warehouse": why_not or "read",
        "sources": [
            each
            | _loaded(each, found)
            | {"missing_scopes": missing.get((each["shop"], each["source"]))}
            for each in told
        ],
    }


def _loaded(told: Document, found: InWarehouse | None) -> Document:
    """Empty where the warehouse could not be asked."""
    key = told["shop"], told["source"]
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
