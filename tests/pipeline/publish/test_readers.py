"""Readers see one build or the next, never rows of both."""

import threading
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, Rows, customer, order, revenue_day
from tests.fixtures.shops import SeededShop

pytestmark = pytest.mark.law(6)

SHOP = "hot-rod-an"
DAYS = [date(2026, 9, 1) + timedelta(days=offset) for offset in range(0, 80, 20)]
BUILDS = 8
MARKERS = (
    "select distinct gross_sales as marker from api.fct_revenue",
    "select distinct gross_sales from api.fct_orders",
    "select distinct counted_orders from api.dim_customers",
)


def marked(marker: int) -> Rows:
    """A build that says its number in every row of every mart."""
    amount = str(marker)
    return {
        "fct_revenue": [revenue_day(SHOP, day, amount) for day in DAYS],
        "fct_orders": [order(SHOP, number, day, amount) for number, day in enumerate(DAYS)],
        "dim_customers": [
            customer(SHOP, f"c{bucket}", bucket, counted_orders=marker) for bucket in range(2)
        ],
    }


class Reader(threading.Thread):
    """Asks one mart after the other in one snapshot, as a request does."""

    def __init__(self, database: Database, shop: SeededShop) -> None:
        super().__init__()
        self._database = database
        self._shop = shop
        self.seen: Counter[tuple[Decimal, ...]] = Counter()
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.is_set():
            with self._database.as_user(self._shop.owner_id) as session:
                markers = {
                    Decimal(row[0]) for query in MARKERS for row in session.execute(text(query))
                }
            self.seen[tuple(sorted(markers))] += 1
            self.stop.wait(0.01)


def test_a_reader_never_sees_two_builds_at_once(
    publisher: Publisher, database: Database, shop: SeededShop
) -> None:
    publisher.build(marked(1))
    readers = [Reader(database, shop) for _ in range(2)]
    for reader in readers:
        reader.start()

    for marker in range(2, BUILDS + 1):
        publisher.build(marked(marker))

    for reader in readers:
        reader.stop.set()
        reader.join()
    seen = readers[0].seen + readers[1].seen
    assert [markers for markers in seen if len(markers) != 1] == []
    assert len(seen) > BUILDS // 2
