"""Partitions of published marts: months of dated ones, buckets of the others."""

from datetime import date

import pytest

from hotdash.storage.marts import (
    PublishedMart,
    bucket_number,
    month_bounds,
    published_mart,
    published_marts,
)


@pytest.mark.parametrize("mart", published_marts().values(), ids=lambda mart: mart.name)
def test_every_mart_has_its_shop_first_and_its_partition(mart: PublishedMart) -> None:
    assert next(iter(mart.columns)) == "shop_id"
    assert {mart.partition_column, *mart.grain} <= mart.columns.keys()
    assert mart.arrow_schema.names == list(mart.columns)


@pytest.mark.parametrize(
    ("day", "first", "after"),
    [
        (date(2026, 11, 30), date(2026, 11, 1), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        (date(2028, 2, 29), date(2028, 2, 1), date(2028, 3, 1)),
    ],
)
def test_a_day_is_within_the_bounds_of_its_month(day: date, first: date, after: date) -> None:
    assert month_bounds(published_mart("fct_orders").partition_of(day)) == (first, after)


@pytest.mark.parametrize("bucket", [0, 7, 15])
def test_a_bucket_is_found_again(bucket: int) -> None:
    assert bucket_number(published_mart("dim_customers").partition_of(bucket)) == bucket
    assert len(published_mart("dim_customers").partition_of(bucket)) == 3
