"""How each source stands, for a terminal, for pages and for the API: one document for all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.connectors.registry import registry
from hotdash.jobs.run_report import LOADED, ingest_step
from hotdash.jobs.source_limits import source_limits
from hotdash.jobs.sync_sources import sync_step
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.storage.appdb.repositories import source_activity as activity
from hotdash.storage.appdb.repositories.drifts import DriftRecord, list_drifts
from hotdash.storage.appdb.repositories.source_activity import ReadRecord
from hotdash.storage.appdb.repositories.source_overview import SourceRecord, source_overview

Document = dict[str, Any]
CALLS_OF = timedelta(hours=24)
HOURS_OF = timedelta(days=7)
KEPT = timedelta(days=30)
FRESH, STALE, TOO_OLD, NEVER = "fresh", "stale", "too old", "never read"
NOT_CONNECTED, WORKING = "not connected", "working"
_READS, _ERRORS, _WINDOWS, _DRIFTS = 20, 10, 10, 50


def describe(
    session: Session,
    limits: Mapping[str, FreshnessLimit],
    now: datetime,
    shops: Collection[str] | None = None,
) -> list[Document]:
    """Every source of these shops, held against what the shop decided or else its connector says."""
    records = source_overview(session, now - CALLS_OF, shops)
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(record.shop_id, []).append(record.source)
    own = source_limits(session, found, limits.get)
    return [_described(record, own[record.shop_id].get(record.source), now) for record in records]


def describe_one(
    session: Session,
    limits: Mapping[str, FreshnessLimit],
    now: datetime,
    shop_id: str,
    source: str,
) -> Document:
    """One source with what it did; the session is the owner's, and only this shop is looked at."""
    found = [each for each in describe(session, limits, now, [shop_id]) if each["source"] == source]
    if not found:
        raise NotFoundError(
            f"There is no source {source!r} of {shop_id}.",
            hint="The page Sources lists those that are connected, or were read once.",
            field="source",
        )
    asked = (session, shop_id, source)
    return found[0] | {
        "reads": [read_document(each) for each in last_reads(session, shop_id, source)],
        "calls": [asdict(each) for each in activity.figures_by_operation(*asked, now - CALLS_OF)],
        "hours": [
            {**asdict(each), "hour": iso_utc(each.hour)}
            for each in activity.figures_by_hour(*asked, now - HOURS_OF)
        ],
        "errors": [
            {**asdict(each), "last_at": iso_utc(each.last_at)}
            for each in activity.errors_of(*asked, now - HOURS_OF, _ERRORS)
        ],
        "throttled": [
            {
                "first_at": iso_utc(each.first_at),
                "last_at": iso_utc(each.last_at),
                "calls": each.calls,
            }
            for each in activity.throttle_windows(*asked, now - KEPT, _WINDOWS)
        ],
        "drifts": [
            drift_document(each)
            for each in list_drifts(session, [shop_id], closed=True)
            if each.source == source
        ][:_DRIFTS],
    }


def last_reads(
    session: Session, shop_id: str, source: str, limit: int = _READS
) -> Sequence[ReadRecord]:
    steps = [ingest_step(shop_id, source), sync_step(shop_id, source)]
    return activity.reads_of(session, steps, limit)


def read_document(each: ReadRecord) -> Document:
    """What was read when, or why nothing was; rows are counted by table."""
    detail = each.detail
    rows: Mapping[str, int] = detail.get("rows") or {}
    status = detail.get("status") or each.status
    return {
        "run": str(each.run_id),
        "kind": each.kind,
        "status": "read" if status == LOADED else status,
        "started_at": iso_utc(each.started_at),
        "finished_at": iso_utc(each.finished_at) if each.finished_at else None,
        "rows": sum(rows.values()),
        "tables": {name: count for name, count in rows.items() if count},
        "unreadable": detail.get("unreadable", 0),
        "error": detail.get("error") or each.error,
        "hint": detail.get("hint"),
    }


def drift_document(each: DriftRecord) -> Document:
    return {
        "drift": str(each.drift_id),
        "shop": each.shop_id,
        "source": each.source,
        "table": each.table_name,
        "change": each.kind,
        "field": each.field,
        "detail": each.detail,
        "impact": each.impact,
        "affected_models": list(each.affected_models),
        "action": each.action,
        "owner": each.owner,
        "detected_at": iso_utc(each.detected_at),
        "last_seen_at": iso_utc(each.last_seen_at),
        "target_date": each.target_date.isoformat(),
        "next_review": each.next_review.isoformat(),
        "evidence": each.evidence,
        "closed_at": iso_utc(each.closed_at) if each.closed_at else None,
        "closed_because": each.closed_because,
    }


def title_of(source: str) -> str:
    spec = registry().get(source)
    return spec.title if spec else source


def _described(record: SourceRecord, limit: FreshnessLimit | None, now: datetime) -> Document:
    through, trouble = record.complete_through, record.trouble
    age = now - through if through else None
    return {
        "shop": record.shop_id,
        "source": record.source,
        "state": _state(record),
        "connected_at": iso_utc(record.connected_at) if record.connected_at else None,
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
