"""Policies reach the warehouse as a source, when they changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Cursor, Reached, Rows
from hotdash.pipeline.ingest.policies import PolicySource
from tests.fixtures.told_connector import NOW


@dataclass(frozen=True)
class Decided:
    policy: str = "count_partially_paid"
    value: str = "true"
    effective_from: date = date(2026, 11, 1)
    decided_at: datetime = NOW


@dataclass(frozen=True)
class Set:
    setting: str = "lead_time_days"
    applies_to: str = "sku"
    subject: str = "A-1"
    value: int = 21
    effective_from: date = date(2026, 11, 1)
    decided_at: datetime = NOW


@dataclass(frozen=True)
class Imported:
    day: date = date(2026, 11, 2)
    base: str = "JPY"
    quote: str = "EUR"
    rate: Decimal | None = Decimal("0.0061000000")
    imported_at: datetime = NOW


def source(
    *policies: Decided, settings: Sequence[Set] = (), rates: Sequence[Imported] = ()
) -> PolicySource:
    return PolicySource(policies, FixedClock(NOW), settings, rates)


def told(*policies: Decided, settings: Sequence[Set] = ()) -> tuple[Rows, Rows, Reached]:
    decided, set_, _, reached = source(*policies, settings=settings).read(None, SilentProgress())
    assert isinstance(decided, Rows)
    assert isinstance(set_, Rows)
    assert isinstance(reached, Reached)
    return decided, set_, reached


def test_the_whole_list_is_told() -> None:
    rows, settings, _ = told(
        Decided(), Decided(value="false", effective_from=date(2026, 12, 1)), settings=[Set()]
    )
    assert rows.data.column("value").to_pylist() == ["true", "false"]
    assert settings.data.column("value").to_pylist() == [21]


def test_no_policy_is_news_once() -> None:
    *_, reached = told()
    assert source().is_news(None)
    assert not source().is_news(reached.cursor)


def test_only_a_change_is_news() -> None:
    *_, reached = told(Decided())
    assert not source(Decided()).is_news(reached.cursor)
    assert source(replace(Decided(), value="false")).is_news(reached.cursor)
    assert source(Decided(), Decided(policy="other")).is_news(reached.cursor)


def test_a_setting_is_news_as_well() -> None:
    *_, reached = told(settings=[Set()])
    assert not source(settings=[Set()]).is_news(reached.cursor)
    assert source(settings=[replace(Set(), value=22)]).is_news(reached.cursor)
    assert source().is_news(reached.cursor)


def told_rates(cursor: Cursor | None, *rates: Imported) -> tuple[list[date], Cursor]:
    """The days of the rates that a load after that cursor carries, and where it ends."""
    *_, rows, reached = source(rates=rates).read(cursor, SilentProgress())
    assert isinstance(rows, Rows)
    assert isinstance(reached, Reached)
    return rows.data.column("day").to_pylist(), reached.cursor


def test_rates_of_a_month_are_told_once() -> None:
    october, november = Imported(date(2026, 10, 30)), Imported()
    days, cursor = told_rates(None, october, november)
    assert days == [date(2026, 10, 30), date(2026, 11, 2)]
    assert not source(rates=[november, october]).is_news(cursor)
    assert told_rates(cursor, october, november)[0] == []


def test_a_rate_that_changed_tells_its_month_again() -> None:
    october, november = Imported(date(2026, 10, 30)), Imported()
    _, cursor = told_rates(None, october, november)
    corrected = replace(november, rate=Decimal("0.0062000000"))
    assert source(rates=[october, corrected]).is_news(cursor)
    assert told_rates(cursor, october, corrected)[0] == [date(2026, 11, 2)]
    taken_back = replace(november, rate=None)
    assert told_rates(cursor, october, taken_back)[0] == [date(2026, 11, 2)]
    later = Imported(date(2026, 11, 3))
    assert told_rates(cursor, october, november, later)[0] == [date(2026, 11, 2), later.day]
