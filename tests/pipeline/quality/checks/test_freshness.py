"""A source is as fresh as its complete-through mark; a quiet night is not stale."""

from datetime import UTC, datetime, timedelta

import pytest

from hotdash.pipeline.quality.checks.freshness import FreshnessLimit, stale_sources
from hotdash.pipeline.quality.findings import Finding, Severity
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.warehouses import RESTING_ON_SHOPIFY, BuiltWarehouse

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LIMIT = FreshnessLimit(soft=timedelta(hours=1), hard=timedelta(hours=24))
MARTS = frozenset({"fct_revenue"})


def found(age: timedelta | None) -> list[Finding]:
    marks = {"sound": {"shopify": NOW}, "late": {} if age is None else {"shopify": NOW - age}}
    return list(stale_sources("shopify", dict.fromkeys(marks, LIMIT), MARTS, marks, NOW))


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=1), -timedelta(minutes=5)])
def test_within_the_limit(age: timedelta) -> None:
    assert found(age) == []


def test_three_hours_old_is_stale_and_published() -> None:
    (finding,) = found(timedelta(hours=3))
    assert (finding.shop_id, finding.severity) == ("late", Severity.WARNING)
    assert finding.sentence == (
        "shopify was last read completely at 2026-11-02 09:00 UTC, 3 hours ago; "
        "the limit is 60 minutes."
    )


def test_beyond_the_hard_limit_its_marts_are_blocked() -> None:
    (finding,) = found(timedelta(days=3))
    assert (finding.shop_id, finding.severity) == ("late", Severity.BLOCKING)
    assert finding.marts == MARTS
    assert "3 days ago; the limit is 24 hours." in finding.sentence


def test_never_read_completely_is_blocked() -> None:
    (finding,) = found(None)
    assert finding.severity is Severity.BLOCKING
    assert finding.sentence == "shopify was never read completely."


def test_the_gate_reads_the_marks_of_the_warehouse(built_duckdb: BuiltWarehouse) -> None:
    """The newest order is half a year old, the mark an hour: nothing is stale but the other shop."""
    world = built_duckdb.new_world()
    world.shop("late", "Europe/Berlin")
    world.loads += 47
    world.shop("quiet", "Europe/Berlin")
    world.load("quiet", [Order(1, "2026-05-04T12:00Z", [Line(1, "10.00")])])
    built_duckdb.build()
    report = built_duckdb.ask(
        world.now + timedelta(minutes=59), {name: {"shopify": LIMIT} for name in ("late", "quiet")}
    )
    assert [(f.shop_id, f.check) for f in report.findings] == [("late", "freshness_hard_shopify")]
    assert report.findings[0].marts == RESTING_ON_SHOPIFY
    assert {"freshness_hard_shopify", "freshness_soft_shopify"} <= {c.name for c in report.checks}
