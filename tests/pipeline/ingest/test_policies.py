"""Policies reach the warehouse as a source, when they changed."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Reached, Rows
from hotdash.pipeline.ingest.policies import PolicySource
from tests.fixtures.told_connector import NOW


@dataclass(frozen=True)
class Decided:
    policy: str = "count_partially_paid"
    value: str = "true"
    effective_from: date = date(2026, 11, 1)
    decided_at: datetime = NOW


def source(*policies: Decided) -> PolicySource:
    return PolicySource(policies, FixedClock(NOW))


def told(*policies: Decided) -> tuple[Rows, Reached]:
    rows, reached = source(*policies).read(None, SilentProgress())
    assert isinstance(rows, Rows)
    assert isinstance(reached, Reached)
    return rows, reached


def test_the_whole_list_is_told() -> None:
    rows, _ = told(Decided(), Decided(value="false", effective_from=date(2026, 12, 1)))
    assert rows.data.column("value").to_pylist() == ["true", "false"]


def test_no_policy_is_news_once() -> None:
    _, reached = told()
    assert source().is_news(None)
    assert not source().is_news(reached.cursor)


def test_only_a_change_is_news() -> None:
    _, reached = told(Decided())
    assert not source(Decided()).is_news(reached.cursor)
    assert source(replace(Decided(), value="false")).is_news(reached.cursor)
    assert source(Decided(), Decided(policy="other")).is_news(reached.cursor)
