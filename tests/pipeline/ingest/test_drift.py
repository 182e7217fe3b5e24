"""How grave a departure is follows from what it does to rows and from who looks at them."""

from datetime import UTC, date, datetime

import pytest

from hotdash.connectors.contract import Drift, DriftKind, Unreadable
from hotdash.pipeline.ingest.drift import Affected, Impact, judge_drift
from hotdash.pipeline.ingest.reading import MOST_REASONS, Refusals
from tests.fixtures.told_connector import LINES, ORDERS

AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
NOBODY = Affected()
LOOKED_AT = Affected(("stg_told__orders", "fct_told"), frozenset({"told"}), frozenset(), "ann")
GUARDED = Affected(("fct_told",), frozenset({"told"}), frozenset({"told"}))


def refused(*reasons: str) -> Refusals:
    refusals = Refusals()
    for number, reason in enumerate(reasons):
        payload = f'{{"note":"ann{number}@shop.example"}}'
        refusals.note(Unreadable(ORDERS, reason, payload, AT, str(number)))
    return refusals


SOME = refused("total: 'a' is bad", "total: 'b' is bad", "rate is missing")


@pytest.mark.parametrize(
    ("kind", "affected", "refusals", "impact"),
    [
        (DriftKind.RETYPED, GUARDED, SOME, Impact.CRITICAL),
        (DriftKind.RETYPED, LOOKED_AT, SOME, Impact.HIGH),
        (DriftKind.RETYPED, NOBODY, SOME, Impact.HIGH),
        (DriftKind.RETYPED, GUARDED, Refusals(), Impact.HIGH),
        (DriftKind.DROPPED, NOBODY, Refusals(), Impact.MEDIUM),
        (DriftKind.RENAMED, GUARDED, SOME, Impact.CRITICAL),
        (DriftKind.VERSION_ENDING, LOOKED_AT, Refusals(), Impact.HIGH),
        (DriftKind.VERSION_ENDING, NOBODY, Refusals(), Impact.MEDIUM),
        (DriftKind.NEW_VALUE, LOOKED_AT, Refusals(), Impact.MEDIUM),
        (DriftKind.NEW_VALUE, NOBODY, Refusals(), Impact.LOW),
        (DriftKind.DEPRECATED, LOOKED_AT, Refusals(), Impact.MEDIUM),
        (DriftKind.ADDED, GUARDED, SOME, Impact.LOW),
    ],
)
def test_impact(kind: DriftKind, affected: Affected, refusals: Refusals, impact: Impact) -> None:
    alert = judge_drift(Drift(ORDERS, kind, "total", "so", AT), affected, refusals, {})
    assert alert.impact is impact
    assert alert.action
    assert alert.affected_models == affected.models


def test_the_alert_carries_who_by_when_and_what_was_seen() -> None:
    drift = Drift(ORDERS, DriftKind.RETYPED, "total", "total: 'a' is bad", AT)
    alert = judge_drift(drift, LOOKED_AT, SOME, {"told_orders": 7, "told_lines": 90})
    assert (alert.table_name, alert.kind, alert.field) == ("told_orders", "retyped", "total")
    assert (alert.owner, alert.detected_at) == ("ann", AT)
    assert (alert.target_date, alert.next_review) == (date(2026, 11, 22), date(2026, 11, 21))
    assert alert.evidence["refused"] == 2
    assert alert.evidence["of"] == 10
    assert alert.evidence["sample"]["vendor_id"] == "0"
    assert "ann0@" not in str(alert.evidence)


@pytest.mark.parametrize(
    ("field", "count"), [("total", 2), ("rate", 1), ("tot", 0), ("is missing", 0)]
)
def test_only_refusals_because_of_the_field_are_counted(field: str, count: int) -> None:
    drift = Drift(ORDERS, DriftKind.DROPPED, field, "so", AT)
    assert judge_drift(drift, NOBODY, SOME, {}).evidence["refused"] == count


def test_another_tables_refusals_are_not() -> None:
    drift = Drift(LINES, DriftKind.RETYPED, "total", "so", AT)
    assert judge_drift(drift, NOBODY, SOME, {}).evidence == {"refused": 0, "of": 0}


def test_reasons_without_end_do_not_fill_the_memory() -> None:
    refusals = refused(*(f"odd {number}" for number in range(2 * MOST_REASONS)))
    assert len(refusals.reasons) == len(refusals.samples) == MOST_REASONS
    assert refusals.counts["told_orders"] == 2 * MOST_REASONS
