"""One changed cent, one missing row: told with shop, table and day, in the artifact and as an alert."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.parity import Parity
from hotdash.jobs.parity import LentRows, parity_document, serving_parity, write_artifact
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.marts import Publisher, Rows, customer, order, revenue_day
from tests.fixtures.shops import SeededShop

pytestmark = pytest.mark.law(8)

OURS, THEIRS = "hot-rod-an", "kustom-kyoto"
OCTOBER, NOVEMBER = date(2026, 10, 5), date(2026, 11, 5)


def rows() -> Rows:
    return {
        "fct_revenue": [
            revenue_day(shop, day, "7")
            for shop in (OURS, THEIRS)
            for day in (OCTOBER, NOVEMBER, NOVEMBER + timedelta(days=1))
        ],
        "fct_orders": [order(OURS, number, NOVEMBER, "7") for number in range(5)],
        "dim_customers": [customer(OURS, "a" * 32, 7)],
    }


@pytest.fixture
def published(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> Publisher:
    publisher.shops = [each.shop_id for each in two_shops]
    publisher.build(rows())
    return publisher


def compared(published: Publisher, shop: str | None = None) -> Parity:
    @contextmanager
    def lent() -> Iterator[Warehouse]:
        yield published.marts.warehouse

    return serving_parity(published.database, LentRows(lent), shop)


def damage(database: Database, statement: str) -> None:
    with database.jobs() as session:
        session.execute(text(statement))


def off(parity: Parity) -> list[tuple[str, str, str, str]]:
    return [(place.shop_id, place.table, place.day, day.told) for place, day in parity.off]


def test_what_is_whole_is_equal_with_counts_sums_and_hashes(published: Publisher) -> None:
    parity = compared(published)
    told = parity_document(parity, published.clock.now())
    assert (told["is_equal"], told["rows"], told["differences"]) == (True, 12, [])
    [day] = [e for e in told["days"] if (e["table"], e["shop_id"]) == ("fct_orders", OURS)]
    assert day["day"] == "2026-11-05"
    assert day["ours"] == day["theirs"]
    assert (day["ours"]["rows"], day["ours"]["sums"]["gross_sales"]) == (5, "35.0000")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "update serving.fct_revenue set gross_sales = gross_sales + 0.01"
            f" where shop_id = '{THEIRS}' and day = '2026-11-06'",
            (THEIRS, "fct_revenue", "2026-11-06", "1 changed (gross_sales)"),
        ),
        (
            f"delete from serving.fct_orders where shop_id = '{OURS}' and order_id = 3",
            (OURS, "fct_orders", "2026-11-05", "1 missing"),
        ),
        (
            f"delete from serving.fct_revenue where shop_id = '{OURS}' and day = '2026-10-05'",
            (OURS, "fct_revenue", "2026-10-05", "1 missing"),
        ),
        (
            "insert into serving.fct_orders"
            """ select (jsonb_populate_record(known, '{"order_id": 99}')).*"""
            f" from serving.fct_orders known where shop_id = '{OURS}' and order_id = 3",
            (OURS, "fct_orders", "2026-11-05", "1 too many"),
        ),
        (
            f"delete from serving.dim_customers where shop_id = '{OURS}'",
            (OURS, "dim_customers", "b07", "1 missing"),
        ),
    ],
    ids=["cent", "row", "only row of its month", "strange row", "bucket"],
)
def test_what_differs_is_named(
    published: Publisher, statement: str, expected: tuple[str, str, str, str]
) -> None:
    damage(published.database, statement)
    assert off(compared(published)) == [expected]
    other = THEIRS if expected[0] == OURS else OURS
    assert compared(published, other).off == []


def test_both_sides_sums_tell_the_changed_cent(published: Publisher) -> None:
    damage(
        published.database,
        "update serving.fct_revenue set gross_sales = gross_sales + 0.01"
        f" where shop_id = '{THEIRS}' and day = '2026-11-06'",
    )
    told = parity_document(compared(published), published.clock.now())
    [day] = [e for e in told["days"] if (e["shop_id"], e["day"]) == (THEIRS, "2026-11-06")]
    sums = day["ours"]["sums"]["gross_sales"], day["theirs"]["sums"]["gross_sales"]
    assert sums == ("7.0000", "7.0100")
    assert (day["ours"]["rows"], day["ours"]["hash"]) == (1, None)
    assert told["rows"] == 12


def test_where_the_warehouse_went_on_the_month_is_named(published: Publisher) -> None:
    """Days of rows that were never published would blame the wrong ones."""
    damage(
        published.database,
        "update serving.fct_revenue set gross_sales = 8 where day = '2026-11-06'",
    )
    later = dict(rows()) | {
        "fct_revenue": [revenue_day(shop, NOVEMBER, "9") for shop in (OURS, THEIRS)]
    }
    published.marts.write(later)
    assert [each[:3] for each in off(compared(published))] == [
        (OURS, "fct_revenue", "2026-11"),
        (THEIRS, "fct_revenue", "2026-11"),
    ]


def test_a_warehouse_at_work_is_not_disturbed(published: Publisher) -> None:
    @contextmanager
    def busy() -> Iterator[Warehouse]:
        raise ConflictError("A run works.", hint="Wait.")
        yield

    damage(
        published.database,
        f"delete from serving.fct_orders where shop_id = '{OURS}' and order_id < 2",
    )
    found = serving_parity(published.database, LentRows(busy))
    assert off(found) == [(OURS, "fct_orders", "2026-11", "3 rows instead of 5 or others")]


def test_an_unknown_shop_is_told(published: Publisher) -> None:
    with pytest.raises(NotFoundError, match="no-such"):
        compared(published, "no-such")


def test_the_artifact_is_whole(published: Publisher, tmp_path: Path) -> None:
    damage(
        published.database,
        f"delete from serving.fct_orders where shop_id = '{OURS}' and order_id = 3",
    )
    file = write_artifact(tmp_path, compared(published), published.clock.now())
    told = json.loads(file.read_text())
    assert [path.name for path in tmp_path.glob("serving*")] == [
        "serving-20261121T180000000000Z.json"
    ]
    [difference] = told["differences"]
    assert (difference["shop_id"], difference["table"], difference["day"]) == (
        OURS, "fct_orders", "2026-11-05",
    )  # fmt: skip
    [day] = [each for each in told["days"] if each["table"] == "fct_orders"]
    assert (day["ours"]["rows"], day["theirs"]["rows"]) == (5, 4)
