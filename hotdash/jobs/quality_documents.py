"""What checks found and what was decided about them, as every door tells it."""

from collections.abc import Iterable
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.storage.appdb.repositories.checks import CheckRecord
from hotdash.storage.appdb.repositories.overrides import OverrideRecord
from hotdash.storage.appdb.repositories.scorecard import ScoreRecord


def check_document(each: CheckRecord, *, with_sample: bool = False) -> dict[str, Any]:
    """The sample was masked before it left the warehouse."""
    document: dict[str, Any] = {
        "check": each.check_name,
        "severity": each.severity,
        "status": each.status,
        "dimension": each.dimension,
        "sources": list(each.sources),
        "marts": list(each.marts),
        "owner": each.owner,
        "failing_rows": each.failing_rows,
        "sentence": each.sentence,
        "mend": each.mend,
        "override": str(each.override_id) if each.override_id else None,
        "at": iso_utc(each.at) if each.at else None,
    }
    return document | {"sample": list(each.sample)} if with_sample else document


def override_document(each: OverrideRecord) -> dict[str, Any]:
    return {
        "override": str(each.override_id),
        "check": each.check_name,
        "reason": each.reason,
        "decided_by": each.decided_by,
        "decided_at": iso_utc(each.decided_at),
        "expires_at": iso_utc(each.expires_at),
    }


def scorecard_document(scores: Iterable[ScoreRecord]) -> list[dict[str, Any]]:
    """Per source and dimension the newest day, the lowest, and every day; in the order of names."""
    found: dict[str, dict[str, list[ScoreRecord]]] = {}
    for each in scores:
        found.setdefault(each.source, {}).setdefault(each.dimension, []).append(each)
    return [
        {
            "source": source,
            "dimensions": {name: _trend(days) for name, days in sorted(dimensions.items())},
        }
        for source, dimensions in sorted(found.items())
    ]


def _trend(days: list[ScoreRecord]) -> dict[str, Any]:
    newest = days[-1]
    return {
        "score": str(newest.score),
        "lowest": str(min(each.score for each in days)),
        "asked": newest.asked,
        "failed": list(newest.detail.get("failed", [])),
        "days": [{"day": each.day.isoformat(), "score": str(each.score)} for each in days],
    }
