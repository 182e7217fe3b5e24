"""A backfill changes the days it names of the shops it names, and nothing before it is shown."""

from datetime import date
from decimal import Decimal

import pytest

from hotdash.pipeline.backfill.engine import Scope
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop
from tests.fixtures.warehouses import BuiltWarehouse, OpenBuilt
from tests.pipeline.backfill.falsified import OCTOBER, OURS, THEIRS, Falsified, falsified

ALL_OCTOBER = Scope((OURS,), OCTOBER)
SEPTEMBER_30, OCTOBER_5, OCTOBER_30 = (
    date(2026, 9, 30),
    date(2026, 10, 5),
    date(2026, 10, 30),
)


@pytest.fixture
def house(
    built: BuiltWarehouse, database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> Falsified:
    del two_shops
    return falsified(built, database)


@pytest.fixture
def duckdb_house(
    built_on: OpenBuilt, database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> Falsified:
    del two_shops
    return falsified(built_on("duckdb"), database)


@pytest.mark.law(4)
def test_only_the_named_days_of_the_named_shop_change_and_only_when_shown(house: Falsified) -> None:
    before, served = house.built.marts(), {shop: house.hashes(shop) for shop in (OURS, THEIRS)}
    assert house.gross(OURS)[OCTOBER_5] == Decimal("8.5000")

    opened, staged = house.staged(ALL_OCTOBER)

    assert house.built.marts() == before
    assert {shop: house.hashes(shop) for shop in (OURS, THEIRS)} == served
    assert staged.outcomes[OURS]["fct_revenue"] == "published"

    house.show(opened, staged)

    assert house.gross(OURS) == {
        SEPTEMBER_30: Decimal("60.9700"),
        OCTOBER_5: Decimal("7.5000"),
        OCTOBER_30: Decimal("120.0000"),
        date(2026, 11, 1): Decimal("1.0000"),
    }
    assert house.hashes(THEIRS) == served[THEIRS]
    assert house.built.marts() == before

    house.engine.merge(opened)
    house.engine.close(opened)

    assert house.schemas() == []
    after = house.built.marts()
    assert house.of(THEIRS, after) == house.of(THEIRS, before)
    wrong = {
        mart
        for mart, rows in house.of(OURS, after).items()
        if rows != house.of(OURS, house.right)[mart]
    }
    assert wrong == {"fct_revenue", "publication_candidate"}
    assert [
        row["day"] for row in after["fct_revenue"] if row not in house.right["fct_revenue"]
    ] == []
