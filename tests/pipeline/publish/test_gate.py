"""Law 5: a finding holds back the marts it is about, of its shop, and nothing else."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hotdash.storage.appdb.repositories.publications import Outcome
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, Rows, customer, revenue_day
from tests.fixtures.shops import SeededShop

pytestmark = pytest.mark.law(5)

OURS, THEIRS = "hot-rod-an", "kustom-kyoto"
DAY = date(2026, 11, 5)
WHY = "3 days differ from Shopify's own count"


@pytest.fixture
def publisher(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> Publisher:
    publisher.shops = [shop.shop_id for shop in two_shops]
    return publisher


def build_of(amount: str, customers: int) -> Rows:
    return {
        "fct_revenue": [revenue_day(shop, DAY, amount) for shop in (OURS, THEIRS)],
        "dim_customers": [
            customer(shop, f"c{number}", 0)
            for shop in (OURS, THEIRS)
            for number in range(customers)
        ],
    }


def shown(database: Database) -> dict[str, tuple[Decimal | None, int]]:
    query = """
        select shop_id,
          (select sum(gross_sales) from api.fct_revenue r where r.shop_id = s.shop_id) as gross,
          (select count(*) from api.dim_customers c where c.shop_id = s.shop_id) as customers
        from app.shops s
    """
    with database.jobs() as session:
        return {row.shop_id: (row.gross, row.customers) for row in session.execute(text(query))}


def test_blocks_only_that_mart_of_that_shop(publisher: Publisher, database: Database) -> None:
    publisher.build(build_of("1", customers=1))

    outcomes = publisher.build(build_of("2", customers=2), blocked={OURS: {"fct_revenue": [WHY]}})

    assert shown(database) == {OURS: (Decimal(1), 2), THEIRS: (Decimal(2), 2)}
    held = [each for each in outcomes if each.outcome is Outcome.BLOCKED]
    assert [(each.shop_id, each.mart, each.reasons) for each in held] == [
        (OURS, "fct_revenue", (WHY,))
    ]


def test_a_blocked_mart_keeps_its_own_build_and_time(
    publisher: Publisher, database: Database
) -> None:
    (first, *_) = publisher.build(build_of("1", customers=1))

    (second, *_) = publisher.build(
        build_of("2", customers=2), blocked={OURS: {"fct_revenue": [WHY]}}
    )

    query = "select mart, build_id from api.published_marts where shop_id = :shop"
    with database.jobs() as session:
        builds = {row.mart: row.build_id for row in session.execute(text(query), {"shop": OURS})}
    assert builds["fct_revenue"] == first.build_id
    assert builds["dim_customers"] == second.build_id


def test_a_mart_blocked_from_the_start_is_not_shown(
    publisher: Publisher, database: Database
) -> None:
    publisher.build(build_of("1", customers=1), blocked={OURS: {"fct_revenue": [WHY]}})

    assert shown(database) == {OURS: (None, 1), THEIRS: (Decimal(1), 1)}


def test_everything_blocked_moves_nothing(publisher: Publisher, database: Database) -> None:
    publisher.build(build_of("1", customers=1))
    marts = ("fct_revenue", "fct_orders", "dim_customers")

    publisher.build(
        build_of("2", customers=2),
        blocked={shop: {mart: [WHY] for mart in marts} for shop in (OURS, THEIRS)},
    )

    assert shown(database) == {OURS: (Decimal(1), 1), THEIRS: (Decimal(1), 1)}


def test_passing_again_publishes(publisher: Publisher, database: Database) -> None:
    publisher.build(build_of("1", customers=1))
    publisher.build(build_of("2", customers=1), blocked={OURS: {"fct_revenue": [WHY]}})

    publisher.build(build_of("2", customers=1))

    assert shown(database)[OURS] == (Decimal(2), 1)
