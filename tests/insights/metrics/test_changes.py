"""Changing what a metric means takes a new version, an approval and a word in both changelogs."""

from datetime import date
from typing import Any

import pytest

from hotdash.insights.metrics.changes import ungoverned
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.registry import registry

PLAIN = {
    "dimensions": ("shop", "day"),
    "splits": {},
    "reads": {},
    "policy": [],
    "formula": "gross_sales - refunds",
}
REVENUE = Metric.model_validate(registry().get("revenue", 1).model_dump() | PLAIN)
FIX = {"version": 1, "date": date(2026, 12, 1), "change": "A fix.", "approved_by": "owner"}


def changed(**changes: Any) -> Metric:
    return Metric.model_validate(REVENUE.model_dump() | changes)


def second(**changes: Any) -> Metric:
    entry = FIX | {"version": 2}
    return changed(version=2, changelog=[*REVENUE.changelog, entry], **changes)


def complaints(*after: Metric, changelog: str = "") -> list[str]:
    before = {("revenue", 1): REVENUE}
    return [*ungoverned(before, {(m.name, m.version): m for m in after}, changelog)]


@pytest.mark.parametrize(
    "changes",
    [
        {"formula": "gross_sales"},
        {"unit": "units"},
        {"aggregation": "last"},
        {"mart": "fct_orders"},
        {"grain": "order"},
        {"policy": [{"switch": "tips", "default": False, "reason": "Another decision."}]},
        {"dimensions": ("shop",)},
        {"components": dict(REVENUE.components) | {"tips": "Tips."}},
    ],
)
def test_another_meaning_without_a_new_version_fails(changes: dict[str, Any]) -> None:
    (complaint,) = complaints(changed(**changes), changelog="revenue")
    assert "write metrics/revenue.v2.yml" in complaint


@pytest.mark.parametrize(
    "changes",
    [
        {"definition": "The same, said better."},
        {"last_updated": date(2026, 12, 1)},
        {
            "dimensions": (*REVENUE.dimensions, "currency"),
            "splits": {"currency": "fct_orders"},
            "reads": {"fct_orders": {"only": ("is_counted",)}},
        },
    ],
)
def test_saying_it_better_or_splitting_it_further_passes(changes: dict[str, Any]) -> None:
    assert not complaints(changed(**changes))


def test_a_new_version_beside_the_old_one_passes_when_it_is_told() -> None:
    assert complaints(REVENUE, second()) == [
        "revenue v2 is new: say so in CHANGELOG.md, by its name."
    ]
    assert not complaints(REVENUE, second(), changelog="- Revenue leaves tips out.")


def test_a_new_version_without_the_old_one_fails() -> None:
    (complaint,) = complaints(second(), changelog="revenue")
    assert complaint.startswith("revenue v1 is gone")


def test_an_approval_by_nobody_who_may_fails() -> None:
    entry = FIX | {"approved_by": "somebody"}
    (complaint,) = complaints(changed(changelog=[*REVENUE.changelog, entry]))
    assert "somebody" in complaint


def test_a_fix_is_told_in_both_changelogs() -> None:
    mended = changed(formula="gross_sales", changelog=[*REVENUE.changelog, FIX | {"is_fix": True}])
    assert "say so in CHANGELOG.md" in complaints(mended)[0]
    assert not complaints(mended, changelog="revenue no longer forgets")
