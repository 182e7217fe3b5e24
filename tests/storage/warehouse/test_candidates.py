"""What a build offers is read per shop, exactly the partitions asked for, typed as declared."""

from datetime import date
from decimal import Decimal

import pytest

from hotdash.storage.marts import published_mart
from hotdash.storage.warehouse.candidates import read_candidates, read_partitions
from tests.fixtures.marts import WrittenMarts, customer, revenue_day, rows_hash

OURS, THEIRS = "hot-rod-an", "kustom-kyoto"
DAYS = [
    date(2026, 9, 30),
    date(2026, 10, 1),
    date(2026, 10, 31),
    date(2026, 11, 1),
    date(2026, 12, 31),
]


@pytest.fixture
def marts(written_marts: WrittenMarts) -> WrittenMarts:
    written_marts.write(
        {
            "fct_revenue": [
                revenue_day(shop, day, "1.5") for shop in (OURS, THEIRS) for day in DAYS
            ],
            "dim_customers": [customer(OURS, f"c{bucket}", bucket) for bucket in range(16)],
        }
    )
    return written_marts


def test_candidates_are_those_of_the_shop(marts: WrittenMarts) -> None:
    found = read_candidates(marts.warehouse, THEIRS)

    assert [(each.mart, each.partition_key, each.row_count) for each in found] == [
        ("fct_revenue", "2026-09", 1),
        ("fct_revenue", "2026-10", 2),
        ("fct_revenue", "2026-11", 1),
        ("fct_revenue", "2026-12", 1),
    ]
    assert found[0].rows_hash == rows_hash(
        published_mart("fct_revenue"), [revenue_day(THEIRS, DAYS[0], "1.5")]
    )


def test_months_are_read_with_both_their_ends(marts: WrittenMarts) -> None:
    found = read_partitions(
        marts.warehouse, published_mart("fct_revenue"), OURS, ["2026-10", "2026-12"]
    )

    assert sorted(found["day"].to_pylist()) == [DAYS[1], DAYS[2], DAYS[4]]
    assert set(found["shop_id"].to_pylist()) == {OURS}
    assert found.schema == published_mart("fct_revenue").arrow_schema
    assert found["gross_sales"].to_pylist() == [Decimal("1.5000")] * 3


def test_buckets_are_read_by_their_number(marts: WrittenMarts) -> None:
    found = read_partitions(marts.warehouse, published_mart("dim_customers"), OURS, ["b00", "b15"])

    assert sorted(found["bucket"].to_pylist()) == [0, 15]
