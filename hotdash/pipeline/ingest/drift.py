"""A vendor's departure from its contract, judged: how grave it is, whom it touches, what to do by when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from hotdash.connectors.contract import Drift, DriftKind
from hotdash.pipeline.ingest.reading import Refusals
from hotdash.pipeline.quality.masking import masked

_LONGEST_SAMPLE = 2000
# Both stand in one index, which holds 2.7 kB.
_LONGEST_FIELD, _LONGEST_DETAIL = 150, 400


class Impact(StrEnum):
    CRITICAL = "Critical"
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


@dataclass(frozen=True)
class Affected:
    """What is computed from a raw table; `guarded` are the published marts that a blocking check guards."""

    models: tuple[str, ...] = ()
    marts: frozenset[str] = frozenset()
    guarded: frozenset[str] = frozenset()
    owner: str = "data"


AffectedBy = Callable[[str], Affected]


@dataclass(frozen=True)
class DriftAlert:
    table_name: str
    kind: str
    field: str
    detail: str
    impact: Impact
    affected_models: tuple[str, ...]
    action: str
    owner: str
    detected_at: datetime
    target_date: date
    next_review: date
    evidence: dict[str, Any]


BREAKING = frozenset({DriftKind.DROPPED, DriftKind.RETYPED, DriftKind.RENAMED})

_DAYS_TO_MEND: Mapping[Impact, int] = {
    Impact.CRITICAL: 1,
    Impact.HIGH: 2,
    Impact.MEDIUM: 14,
    Impact.LOW: 30,
}
_DAYS_TO_REVIEW: Mapping[Impact, int] = {
    Impact.CRITICAL: 1,
    Impact.HIGH: 1,
    Impact.MEDIUM: 7,
    Impact.LOW: 30,
}

_RETRY = "then ask again for what waits: `hotdash quarantine retry`."
_ACTIONS: Mapping[DriftKind, str] = {
    DriftKind.ADDED: "Nothing is lost: it is kept in _extra. Add a column if somebody needs it, "
    "then close this.",
    DriftKind.DROPPED: f"Update Hotdash, or tell the vendor that the field is missing; {_RETRY}",
    DriftKind.RETYPED: f"Update Hotdash, or have the vendor correct the values; {_RETRY}",
    DriftKind.RENAMED: f"Update Hotdash to the new name; {_RETRY}",
    DriftKind.NEW_VALUE: "Decide how the new value counts in the metrics that look at this field, "
    "then close this.",
    DriftKind.DEPRECATED: "Update Hotdash before the vendor takes the field away.",
    DriftKind.VERSION_ENDING: "Move to a newer API version, or a newer Hotdash, before this one ends.",
}


def judge_drift(
    drift: Drift, affected: Affected, refusals: Refusals, told: Mapping[str, int]
) -> DriftAlert:
    """`told` are the rows of the same load, by table."""
    evidence = _evidence(drift, refusals, told)
    impact = _impact(drift.kind, affected, evidence.get("refused", 0) > 0)
    day = drift.noticed_at.date()
    return DriftAlert(
        table_name=drift.table.name,
        kind=drift.kind.value,
        field=_kept(drift.field, _LONGEST_FIELD),
        detail=_kept(drift.detail, _LONGEST_DETAIL),
        impact=impact,
        affected_models=affected.models,
        action=_ACTIONS[drift.kind],
        owner=affected.owner,
        detected_at=drift.noticed_at,
        target_date=day + timedelta(days=_DAYS_TO_MEND[impact]),
        next_review=day + timedelta(days=_DAYS_TO_REVIEW[impact]),
        evidence=evidence,
    )


def _kept(told: str, longest: int) -> str:
    """Vendors name their keys as they like; what no text column holds is replaced."""
    plain = told.replace("\0", "?").encode(errors="replace").decode()
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def _impact(kind: DriftKind, affected: Affected, rows_are_refused: bool) -> Impact:
    """Rows that are missing are worse than rows that may be; published is worse than looked at by nobody."""
    if kind in BREAKING:
        if rows_are_refused and affected.guarded:
            return Impact.CRITICAL
        return Impact.HIGH if affected.marts or rows_are_refused else Impact.MEDIUM
    if kind is DriftKind.VERSION_ENDING:
        return Impact.HIGH if affected.marts else Impact.MEDIUM
    if kind in (DriftKind.NEW_VALUE, DriftKind.DEPRECATED):
        return Impact.MEDIUM if affected.marts else Impact.LOW
    return Impact.LOW


def _evidence(drift: Drift, refusals: Refusals, told: Mapping[str, int]) -> dict[str, Any]:
    """Counts of the load that noticed it; the sample is one record, without persons."""
    if drift.kind not in BREAKING:
        return {}
    keys = refusals.because_of(drift.table.name, drift.field)
    refused = sum(refusals.reasons[key] for key in keys)
    of = refusals.counts[drift.table.name] + told.get(drift.table.name, 0)
    evidence: dict[str, Any] = {"refused": refused, "of": of}
    if keys:
        sample = refusals.samples[keys[0]]
        row = {"vendor_id": sample.vendor_id, "reason": sample.reason, "record": sample.payload}
        evidence["sample"] = {
            name: value[:_LONGEST_SAMPLE] if isinstance(value, str) else value
            for name, value in masked(row).items()
        }
    return evidence
