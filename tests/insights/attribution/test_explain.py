"""The explanation of an order, from what was published: evidence, credit, and why the others lost."""

from decimal import Decimal

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.insights.attribution import texts
from hotdash.insights.attribution.explain import AttributedOrder, Credit, explain_order
from hotdash.pipeline.publish.publish import publish
from hotdash.storage.appdb.session import Database
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.shops import SeededShop
from tests.fixtures.touches import before, tell_journey, visit
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse

SHOP = "hot-rod-an"
AT = "2026-10-20T12:00:00Z"
MAIL = "utm_source=newsletter&utm_medium=email&utm_campaign=may"
MYSTERY = "utm_source=mystery&utm_medium=box"


@pytest.fixture
def published(
    built_duckdb: BuiltWarehouse, database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> Database:
    del two_shops
    world = built_duckdb.new_world()
    world.shop(SHOP, "America/Los_Angeles", "USD")
    orders = [Order(number, AT, [Line(number, "100.00")]) for number in (1, 2)]
    world.load(SHOP, [*orders, Order(3, AT, [Line(3, "5.00")], status="VOIDED")])
    journey = [
        visit(1, before(AT, days=40), MAIL),
        visit(2, before(AT, days=9), MYSTERY),
        visit(3, before(AT, days=3), "gclid=abc&utm_medium=cpc"),
        visit(4, before(AT, days=1), MAIL),
        visit(5, before(AT, minutes=5)),
    ]
    tell_journey(world, SHOP, {1: journey})
    built_duckdb.build()
    complete = {SHOP: {"shopify": AS_OF}}
    publish(database, built_duckdb.warehouse, new_id(), [SHOP], {}, complete, FixedClock(AS_OF))
    return database


def explained(database: Database, order: int) -> AttributedOrder:
    with database.snapshot() as session:
        return explain_order(session, SHOP, order)


def test_every_touch_with_its_evidence(published: Database) -> None:
    order = explained(published, 1)
    direct, mail, ad, mystery, old = order.touches
    assert [touch.age_seconds for touch in order.touches] == [
        300,
        86_400,
        3 * 86_400,
        9 * 86_400,
        40 * 86_400,
    ]
    assert direct.outcome == texts.LOST_DIRECT
    assert mail.outcome == texts.WON.format(days=7)
    assert ad.outcome == texts.LOST_TO_LATER.format(winner="newsletter / email")
    assert ad.link_problem == "source is missing"
    assert ad.named == texts.NAMED_BY["click id"]
    assert mystery.outcome == texts.LOST_TOO_OLD.format(days=7)
    assert mystery.rule == "No channel rule knows mystery / box."
    assert old.outcome == texts.LOST_BEYOND.format(days=30)
    assert mail.rule == "Channel rule 200 calls newsletter / email Email."
    assert [touch.in_click_window for touch in order.touches] == [True, True, True, False, False]


def test_who_got_what(published: Database) -> None:
    order = explained(published, 1)
    direct, mail, ad, mystery, old = order.touches
    assert mail.credits["last_click"] == Credit(1_000_000, Decimal("100.0000"))
    assert direct.credits.keys() == {"last_touch"}
    assert mystery.credits["first_click"].share == 1_000_000
    thirds = [touch.credits["linear"].share for touch in (mail, ad, mystery)]
    assert thirds == [333_334, 333_333, 333_333]
    assert old.credits == {}
    assert order.unsourced == {}


def test_an_order_without_a_visit_says_so(published: Database) -> None:
    order = explained(published, 2)
    assert order.says[:2] == [texts.NO_VISITS, texts.NOT_YET]
    assert order.unsourced.keys() == texts.MODELS.keys()


def test_an_order_that_does_not_count_credits_nobody(published: Database) -> None:
    order = explained(published, 3)
    assert order.says[0] == texts.NOT_COUNTED
    assert order.unsourced == {}


def test_as_json_it_is_whole(published: Database) -> None:
    told = explained(published, 1).as_json()
    assert told["touches"][1]["credits"]["last_click"] == {
        "millionths": 1_000_000,
        "amount": "100.0000",
    }
    assert told["ordered_at"].startswith("2026-10-20T12:00:00")


def test_an_unknown_order_is_named(published: Database) -> None:
    with pytest.raises(NotFoundError, match="no published order 99"):
        explained(published, 99)
