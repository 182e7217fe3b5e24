"""Law 8: the pointer moves only when the staged rows are the rows that were built."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.errors import UnavailableError
from hotdash.storage.appdb.repositories.parts import LoadConnection, load_rows
from hotdash.storage.appdb.repositories.publications import PARITY_CHECK, Outcome
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_mart
from tests.fixtures.marts import Publisher, Rows, order, revenue_day
from tests.fixtures.shops import SeededShop

pytestmark = pytest.mark.law(8)

OURS, THEIRS = "hot-rod-an", "kustom-kyoto"
DAY = date(2026, 11, 5)
CHANGE_ONE_ROW = "new.gross_sales := new.gross_sales + 0.0001; return new;"
LOSE_ONE_ROW = "return null;"


@pytest.fixture
def publisher(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> Publisher:
    publisher.shops = [shop.shop_id for shop in two_shops]
    return publisher


def build_of(amount: str) -> Rows:
    return {
        "fct_revenue": [revenue_day(shop, DAY, amount) for shop in (OURS, THEIRS)],
        "fct_orders": [
            order(shop, number, DAY, amount) for shop in (OURS, THEIRS) for number in range(5)
        ],
    }


def tamper(database: Database, what: str) -> None:
    """From now on, one of the orders of our shop arrives otherwise than it was sent."""
    with database.jobs() as session:
        session.execute(
            text(
                "create function serving.tamper() returns trigger language plpgsql as"
                f" $$ begin {what} end $$"
            )
        )
        session.execute(
            text(
                "create trigger tamper before insert on serving.fct_orders for each row"
                f" when (new.shop_id = '{OURS}' and new.order_id = 3)"
                " execute function serving.tamper()"
            )
        )


def shown(database: Database) -> dict[str, Decimal]:
    query = "select shop_id, sum(gross_sales) as gross from api.fct_orders group by shop_id"
    with database.jobs() as session:
        return {row.shop_id: row.gross for row in session.execute(text(query))}


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (CHANGE_ONE_ROW, "fct_orders 2026-11 has 5 rows staged of 5 built, with another hash"),
        (LOSE_ONE_ROW, "fct_orders 2026-11 has 4 rows staged of 5 built"),
    ],
)
def test_a_tampered_row_stops_this_publication_of_this_shop(
    publisher: Publisher, database: Database, what: str, says: str
) -> None:
    publisher.build(build_of("1"))
    tamper(database, what)

    outcomes = publisher.build(build_of("2"))

    assert shown(database) == {OURS: Decimal(5), THEIRS: Decimal(10)}
    ours = [each for each in outcomes if each.shop_id == OURS]
    assert {each.outcome for each in ours} == {Outcome.BLOCKED}
    assert ours[0].reasons == (says,)


def test_the_difference_is_a_finding(publisher: Publisher, database: Database) -> None:
    tamper(database, CHANGE_ONE_ROW)

    publisher.build(build_of("2"))

    query = "select shop_id, check_name, severity, sentence from app.check_results"
    with database.jobs() as session:
        (finding,) = session.execute(text(query))
    assert (finding.shop_id, finding.check_name, finding.severity) == (
        OURS,
        PARITY_CHECK,
        "blocking",
    )
    assert "fct_orders 2026-11" in finding.sentence


def test_once_mended_the_same_build_is_published(publisher: Publisher, database: Database) -> None:
    publisher.build(build_of("1"))
    tamper(database, CHANGE_ONE_ROW)
    (first, *_) = publisher.build(build_of("2"))
    with database.jobs() as session:
        session.execute(text("drop trigger tamper on serving.fct_orders"))

    publisher.again(first.build_id)

    assert shown(database) == {OURS: Decimal(10), THEIRS: Decimal(10)}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"order_id": 1}, "fct_orders was refused: duplicate key value violates unique"),
        ({"order_id": None}, 'fct_orders was refused: null value in column "order_id"'),
        ({"currency": "a\0b"}, "fct_orders was refused: invalid byte sequence"),
    ],
)
def test_rows_that_serving_refuses_stop_their_shop_only(
    publisher: Publisher, database: Database, broken: dict[str, Any], says: str
) -> None:
    publisher.build(build_of("1"))
    rows = build_of("2")
    row = {**order(OURS, 99, DAY, "2"), **broken}

    outcomes = publisher.build({**rows, "fct_orders": [*rows["fct_orders"], row]})

    assert shown(database) == {OURS: Decimal(5), THEIRS: Decimal(10)}
    reasons = {reason for each in outcomes if each.shop_id == OURS for reason in each.reasons}
    assert len(reasons) == 1
    assert reasons.pop().startswith(says)


def test_a_database_that_is_not_there_is_said() -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    with pytest.raises(UnavailableError, match="rows of fct_orders could not be loaded"):
        load_rows(
            LoadConnection(nowhere),
            published_mart("fct_orders"),
            published_mart("fct_orders").arrow_schema.empty_table(),
        )
