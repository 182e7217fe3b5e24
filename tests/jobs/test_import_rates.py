"""A file becomes dated rates of every shop, once; a correction holds, and the older rate stays as history."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.base.errors import NotFoundError
from hotdash.insights.operations.rates import RatesFileError
from hotdash.jobs.import_rates import import_rates, remove_rate
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.exchange_rates import list_rates, newest_rates
from hotdash.storage.appdb.repositories.shops import save_shop
from hotdash.storage.appdb.session import Database

SHOP, OTHER = "hot-rod-an", "kustom-kyoto"
NOW = datetime(2026, 11, 5, 7, tzinfo=UTC)
HEADER = "day,base,quote,rate\n"
MONDAY, TUESDAY = "2026-11-02,JPY,USD,0.0065\n", "2026-11-03,JPY,USD,0.0066\n"

pytestmark = pytest.mark.usefixtures("shop")


def told(
    database: Database, lines: str, *shops: str, at: datetime = NOW
) -> list[tuple[str, date, str]]:
    added = import_rates(database, shops, HEADER + lines, actor="ana", clock=FixedClock(at))
    return [(each.shop_id, each.day, f"{each.rate}") for each in added]


def held(database: Database, shop_id: str = SHOP) -> list[Decimal]:
    with database.jobs() as session:
        return [each.rate for each in list_rates(session, shop_id)]


@pytest.fixture
def second_shop(database: Database) -> str:
    with database.jobs() as session:
        save_shop(
            session,
            shop_id=OTHER,
            name="Kyoto",
            vendor_domain="kyoto.example",
            timezone="Asia/Tokyo",
            currency="JPY",
        )
    return OTHER


def test_every_shop_has_its_own(database: Database, second_shop: str) -> None:
    monday = date(2026, 11, 2)
    assert told(database, MONDAY) == [(SHOP, monday, "0.0065"), (second_shop, monday, "0.0065")]
    assert told(database, TUESDAY, SHOP) == [(SHOP, date(2026, 11, 3), "0.0066")]
    assert held(database) == [Decimal("0.0065"), Decimal("0.0066")]
    assert held(database, second_shop) == [Decimal("0.0065")]
    with database.jobs() as session:
        event = list_events(session, SHOP)[0]
    assert (event.action, event.actor) == ("import_rates", "ana")
    assert event.detail == {"added": 1, "pairs": ["JPY/USD"]}


def test_again_is_nothing_new_and_a_correction_holds(database: Database) -> None:
    told(database, MONDAY + TUESDAY)
    assert told(database, MONDAY + "2026-11-03,JPY,USD,0.00660\n") == []
    # The clock was set back in between; what was imported last holds all the same.
    corrected = told(database, "2026-11-03,JPY,USD,0.0067\n", at=NOW - timedelta(days=1))
    assert len(corrected) == 1
    assert held(database) == [Decimal("0.0065"), Decimal("0.0067")]
    assert len(told(database, TUESDAY)) == 1
    assert held(database) == [Decimal("0.0065"), Decimal("0.0066")]
    with database.jobs() as session:
        assert session.execute(text("select count(*) from app.exchange_rates")).scalar() == 4


def test_what_is_taken_back_holds_no_more_until_it_is_imported_again(
    database: Database, second_shop: str
) -> None:
    told(database, MONDAY + TUESDAY)
    # The clock was set back in between.
    clock = FixedClock(NOW - timedelta(days=1))
    key = (date(2026, 11, 2), "JPY", "USD")
    removed = remove_rate(database, [SHOP], *key, actor="bo", clock=clock)
    assert [(each.shop_id, each.rate) for each in removed] == [(SHOP, Decimal("0.0065"))]
    assert held(database) == [Decimal("0.0066")]
    assert held(database, second_shop) == [Decimal("0.0065"), Decimal("0.0066")]
    with database.jobs() as session:
        rates = [each.rate for each in newest_rates(session, SHOP)]
        event = list_events(session, SHOP)[0]
    assert rates == [None, Decimal("0.0066")], "a run tells the warehouse that it is gone"
    assert (event.action, event.actor, event.subject) == ("remove_rate", "bo", "JPY/USD")
    assert event.detail == {"day": "2026-11-02", "rate": "0.0065000000"}
    with pytest.raises(NotFoundError):
        remove_rate(database, [SHOP], *key, actor="bo", clock=clock)

    assert told(database, MONDAY, SHOP) == [(SHOP, key[0], "0.0065")]
    assert held(database) == [Decimal("0.0065"), Decimal("0.0066")]


def test_of_a_broken_file_nothing_is_kept(database: Database) -> None:
    with pytest.raises(RatesFileError):
        told(database, MONDAY + "2026-11-03,JPY,USD,much\n")
    assert held(database) == []


def test_of_a_shop_nobody_knows(database: Database) -> None:
    with pytest.raises(NotFoundError):
        told(database, MONDAY, "nobody")
    assert held(database) == []
