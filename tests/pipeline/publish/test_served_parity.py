"""Law 8, afterwards: once a day what is served is held against what was published."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.pipeline.publish.parity import SERVED_CHECK
from hotdash.storage.appdb.repositories.publications import Outcome
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, Rows, mart_row, order, revenue_day
from tests.fixtures.shops import SeededShop

pytestmark = pytest.mark.law(8)

OURS = "hot-rod-an"
OCTOBER, NOVEMBER = date(2026, 10, 5), date(2026, 11, 5)
ROWS: Rows = {
    "fct_revenue": [revenue_day(OURS, day, "7") for day in (OCTOBER, NOVEMBER)],
    "fct_orders": [order(OURS, number, NOVEMBER, "7") for number in range(5)],
    "fct_customers": [mart_row("fct_customers", shop_id=OURS, day=NOVEMBER, new_customers=3)],
}


@pytest.fixture
def published(publisher: Publisher, shop: SeededShop, clock: FixedClock) -> Publisher:
    publisher.shops = [shop.shop_id]
    rows = {mart: [{**row, "shop_id": shop.shop_id} for row in held] for mart, held in ROWS.items()}
    publisher.build(rows)
    clock.advance(timedelta(hours=1))
    return publisher


def execute(database: Database, statement: str) -> None:
    with database.jobs() as session:
        session.execute(text(statement))


def gross(database: Database) -> Decimal:
    with database.jobs() as session:
        return session.scalars(text("select sum(gross_sales) from api.fct_revenue")).one()


def new_customers(database: Database) -> Decimal | None:
    with database.jobs() as session:
        return session.scalar(text("select sum(new_customers) from api.fct_customers"))


def results(database: Database) -> list[tuple[str, str, int, str]]:
    query = text(
        "select status, severity, failing_rows, sentence from app.check_results"
        f" where check_name = '{SERVED_CHECK}' order by at"
    )
    with database.jobs() as session:
        return [(r.status, r.severity, r.failing_rows, r.sentence) for r in session.execute(query)]


def publish_the_same(published: Publisher) -> set[Outcome]:
    return {each.outcome for each in published.again(new_id())}


@pytest.mark.parametrize(
    "damage",
    [
        "update serving.fct_revenue set gross_sales = gross_sales + 0.01 where day = '2026-10-05'",
        "delete from serving.fct_revenue where day = '2026-10-05'",
    ],
)
def test_a_changed_cent_or_a_lost_row_is_told_and_published_anew(
    published: Publisher, database: Database, damage: str
) -> None:
    execute(database, damage)
    assert gross(database) != Decimal(14)

    publish_the_same(published)

    assert gross(database) == Decimal(14)
    ((status, severity, count, sentence),) = results(database)
    assert (status, severity, count) == ("failed", "warning", 1)
    assert "fct_revenue 2026-10" in sentence


def test_a_table_that_was_emptied_does_not_wait_for_its_day(
    published: Publisher, database: Database, clock: FixedClock
) -> None:
    """As one is that a migration makes again."""
    publish_the_same(published)
    execute(database, "delete from serving.fct_customers")
    assert new_customers(database) is None
    clock.advance(timedelta(minutes=1))
    publish_the_same(published)
    assert (new_customers(database), gross(database)) == (3, 14)
    assert [status for status, *_ in results(database)] == ["passed", "failed"]
    assert publish_the_same(published) == {Outcome.UNCHANGED}


def test_what_is_whole_passes_and_nothing_is_written(
    published: Publisher, database: Database
) -> None:
    assert publish_the_same(published) == {Outcome.UNCHANGED}
    assert [status for status, *_ in results(database)] == ["passed"]


def test_it_is_looked_at_once_a_day(
    published: Publisher, database: Database, clock: FixedClock
) -> None:
    publish_the_same(published)
    clock.advance(timedelta(hours=23))
    publish_the_same(published)
    assert len(results(database)) == 1
    clock.advance(timedelta(hours=1))
    publish_the_same(published)
    assert len(results(database)) == 2
