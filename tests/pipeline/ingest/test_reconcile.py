"""A vendor's counts against ours on both engines: what lags, what is missing, what vanished, what stays different."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Refetches
from hotdash.pipeline.ingest.ingest import Ingest, IngestOutcome
from hotdash.pipeline.ingest.reading import SourceFailedError
from hotdash.pipeline.ingest.reconcile import DAYS_LISTED, DayLeft, Reconciliation, reconcile
from hotdash.storage.warehouse import load_ledger
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.counting_connector import (
    CountingConnector,
    RefetchingConnector,
    noon,
)
from tests.fixtures.told_connector import ToldConnector, reached

NOW = noon(20)
SHOP = "hot-rod-an"
ORDERS = {1: noon(10), 2: noon(10), 3: noon(18), 4: noon(19), 5: noon(3, month=9)}


@dataclass
class Comparing:
    warehouse: Warehouse
    home: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    @property
    def ingest(self) -> Ingest:
        return Ingest(self.warehouse, self.clock, SilentProgress(), self.home / "dlt", "run")

    def connector(self, kind: type[CountingConnector] = RefetchingConnector, **more: Any) -> Any:
        return kind(self.clock, dict(ORDERS), **more)

    def sync(self, connector: Any) -> Reconciliation:
        found = reconcile(self.ingest, connector, self.read(connector))
        assert found is not None
        return found

    def read(self, connector: Any) -> IngestOutcome:
        return self.ingest.read(connector, SHOP)

    def stored(self) -> set[int]:
        """By what was told last of each."""
        rows = self.warehouse.query(
            "select order_id, is_deleted from raw.booked_orders order by fetched_at, load_id"
        ).to_pylist()
        newest = {row["order_id"]: row["is_deleted"] for row in rows}
        return {order_id for order_id, is_deleted in newest.items() if not is_deleted}

    def told(self, day: date) -> int:
        rows = self.warehouse.query(
            "select orders from raw.booked_days where day = ? order by fetched_at, load_id", [day]
        ).to_pylist()
        return rows[-1]["orders"]

    def loads(self) -> int:
        found = self.warehouse.query(
            "select count(*) as loads from raw.load_events where event = 'committed'"
        ).to_pylist()
        return found[0]["loads"]


@pytest.fixture
def comparing(warehouse: Warehouse, tmp_path: Path) -> Comparing:
    return Comparing(warehouse, tmp_path)


def test_what_agrees_needs_no_second_load(comparing: Comparing) -> None:
    connector = comparing.connector()
    found = comparing.sync(connector)
    assert (found.listed, found.left, found.repair) == (0, (), None)
    assert found.compared == 80, "every closed day since the first of September"
    assert comparing.loads() == 1
    assert connector.listed == []


def test_a_count_that_lagged_is_counted_again_and_nothing_is_fetched(comparing: Comparing) -> None:
    connector = comparing.connector(lagging=[1])
    found = comparing.sync(connector)
    assert (found.fetched, found.vanished, found.left) == (0, 0, [])
    assert connector.listed == connector.asked == []
    assert comparing.told(date(2026, 11, 10)) == 2


def test_what_is_missing_is_fetched_and_counts_with_the_new_count(comparing: Comparing) -> None:
    connector = comparing.connector(untold={2, 4})
    found = comparing.sync(connector)
    assert (found.fetched, found.vanished, found.left) == (2, 0, [])
    assert connector.asked == ["2", "4"]
    assert connector.listed == [date(2026, 11, 10), date(2026, 11, 19)]
    assert comparing.stored() == ORDERS.keys()
    assert found.repair is not None
    assert comparing.sync(connector).repair is None, "nothing is left to do"


def test_the_cursor_stays_where_the_read_left_it(comparing: Comparing) -> None:
    connector = comparing.connector(untold={2})
    outcome = comparing.read(connector)
    reconcile(comparing.ingest, connector, outcome)
    known = load_ledger.newest_reading(comparing.warehouse, SHOP, "booked")
    assert known == outcome.reading


@pytest.mark.parametrize("kind", [RefetchingConnector, CountingConnector])
def test_what_vanished_gets_a_tombstone(
    comparing: Comparing, kind: type[CountingConnector]
) -> None:
    connector = comparing.connector(kind)
    comparing.sync(connector)
    del connector.orders[4]
    comparing.clock.advance(timedelta(minutes=10))
    found = comparing.sync(connector)
    assert (found.fetched, found.vanished, found.left) == (0, 1, [])
    assert comparing.stored() == ORDERS.keys() - {4}
    assert comparing.told(date(2026, 11, 19)) == 1, "of the day with none left no row is told"


def test_what_came_back_is_there_again(comparing: Comparing) -> None:
    """Unchanged at the vendor, so only its being fetched later says so."""
    connector = comparing.connector()
    comparing.sync(connector)
    held = connector.orders.pop(4)
    comparing.clock.advance(timedelta(minutes=10))
    comparing.sync(connector)
    connector.orders[4] = held
    comparing.clock.advance(timedelta(minutes=10))
    found = comparing.sync(connector)
    assert (found.fetched, found.left) == (1, [])
    comparing.clock.advance(timedelta(minutes=10))
    assert comparing.sync(connector).repair is None


def test_an_order_that_moved_to_another_day_is_not_called_deleted(comparing: Comparing) -> None:
    connector = comparing.connector()
    comparing.sync(connector)
    connector.orders[4] = noon(18)
    comparing.clock.advance(timedelta(minutes=10))
    found = comparing.sync(connector)
    assert found.left == []
    assert comparing.stored() == ORDERS.keys()


def test_without_a_way_to_ask_what_is_missing_stays_different(comparing: Comparing) -> None:
    connector = comparing.connector(CountingConnector, untold={1, 2})
    assert not isinstance(connector, Refetches)
    found = comparing.sync(connector)
    assert found.fetched == 0
    assert found.left == [DayLeft(date(2026, 11, 10), told=2, stored=0)]


def test_what_came_unreadable_is_not_asked_for_again(comparing: Comparing) -> None:
    connector = comparing.connector(garbled={1})
    found = comparing.sync(connector)
    assert connector.asked == []
    assert found.left == [DayLeft(date(2026, 11, 10), told=2, stored=1)]
    assert found.repair is None, "nothing new is known"


def test_a_vendor_that_fails_meanwhile_leaves_the_read_as_it_is(comparing: Comparing) -> None:
    connector = comparing.connector(untold={2}, locked=True)
    outcome = comparing.read(connector)
    with pytest.raises(SourceFailedError, match="taken away"):
        reconcile(comparing.ingest, connector, outcome)
    assert comparing.loads() == 1
    connector.locked = False
    assert reconcile(comparing.ingest, connector, outcome) is not None
    assert comparing.stored() == ORDERS.keys()


def test_once_a_day_the_ids_are_compared_also_where_the_count_is_equal(
    comparing: Comparing,
) -> None:
    """One order was deleted and another backdated to the same day: no count tells."""
    connector = comparing.connector()
    comparing.sync(connector)
    del connector.orders[2]
    connector.orders[6] = noon(10)
    comparing.clock.advance(timedelta(hours=3))
    assert comparing.sync(connector).listed == 0, "read for the first time today"

    comparing.clock.advance(timedelta(days=1))
    found = comparing.sync(connector)
    assert (found.listed, found.fetched, found.vanished) == (DAYS_LISTED, 1, 1)
    assert comparing.stored() == {1, 3, 4, 5, 6}
    assert connector.listed[-1] == date(2026, 11, 20), "up to yesterday"

    comparing.clock.advance(timedelta(hours=3))
    assert comparing.sync(connector).listed == 0, "once a day"
    comparing.clock.advance(timedelta(days=1))
    assert comparing.sync(connector).listed == DAYS_LISTED


def test_once_a_day_every_day_is_compared_by_its_count(comparing: Comparing) -> None:
    """A day of long ago whose repair failed then is mended later."""
    connector = comparing.connector(untold={5}, locked=True)
    with pytest.raises(SourceFailedError):
        comparing.sync(connector)
    connector.locked = False
    comparing.clock.advance(timedelta(days=1))
    found = comparing.sync(connector)
    assert (found.fetched, found.left) == (1, [])
    assert 5 in comparing.stored()


def test_shops_do_not_mix(comparing: Comparing) -> None:
    ours, theirs = comparing.connector(), comparing.connector(untold={1, 2, 3, 4, 5})
    comparing.sync(ours)
    outcome = comparing.ingest.read(theirs, "nordkurve-teile")
    found = reconcile(comparing.ingest, theirs, outcome)
    assert found is not None
    assert (found.fetched, found.left) == (5, [])


def test_a_vendor_that_does_not_count_is_left_alone(comparing: Comparing) -> None:
    connector = ToldConnector([[reached()]])
    outcome = comparing.ingest.read(connector, SHOP)
    assert reconcile(comparing.ingest, connector, outcome) is None
