"""Anomalies as a document that API, command line and page share."""

from collections.abc import Mapping, Sequence
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.insights.anomalies.keeping import driver_of, headline_of
from hotdash.insights.anomalies.telling import sentences_of
from hotdash.storage.appdb.repositories.anomalies import AnomalyRecord, LookRecord

MOST_PAST = 5
PATH = "/anomalies"


def anomaly_document(record: AnomalyRecord) -> dict[str, Any]:
    about = record.about
    return {
        "id": str(record.anomaly_id),
        "shop": about.shop_id,
        "series": about.key,
        "metric": about.metric,
        "title": about.title,
        "dimension": about.dimension,
        "part": about.part_name,
        "grain": str(about.grain),
        "day": about.day.isoformat(),
        "hour": record.hour,
        "level": about.level,
        "state": record.state,
        "assignee": record.assignee,
        "is_new": about.is_new,
        "is_better": about.is_better,
        "headline": headline_of(record),
        "driver": driver_of(record),
        "value": f"{about.value:f}",
        "expected": f"{about.expected:f}",
        "low": f"{about.low:f}",
        "high": f"{about.high:f}",
        "unit": about.unit,
        "z": f"{about.z:f}",
        "method": about.method,
        "judged_by": about.judged_by,
        "money": None if about.money is None else f"{about.money:f}",
        "currency": about.currency,
        "found_at": iso_utc(record.found_at),
    }


def shown_anomaly(record: AnomalyRecord, past: Sequence[AnomalyRecord]) -> dict[str, Any]:
    """With everything that stood around it, what people said, and how earlier ones ended."""
    return anomaly_document(record) | {
        "sentences": sentences_of(record, past),
        "context": dict(record.about.context),
        "events": [
            {
                "at": iso_utc(each.at),
                "actor": each.actor,
                "state": each.state,
                "assignee": each.assignee,
                "note": each.note,
            }
            for each in record.events
        ],
        "past": [_past(each) for each in past[:MOST_PAST]],
    }


def _past(record: AnomalyRecord) -> dict[str, Any]:
    said = [each.note for each in record.events if each.note]
    return {
        "id": str(record.anomaly_id),
        "day": record.about.day.isoformat(),
        "headline": headline_of(record),
        "state": record.state,
        "ended": said[-1] if said else None,
    }


def look_document(look: LookRecord | None) -> Mapping[str, Any] | None:
    if look is None:
        return None
    return {
        "at": iso_utc(look.at),
        "last_day": look.last_day.isoformat(),
        "series": look.series,
        "raised": dict(look.raised),
    }
