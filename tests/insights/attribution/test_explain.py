"""The explanation of an order, from what was published: evidence, credit, and why the others lost."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.insights.attribution import texts
from hotdash.insights.attribution.channels import Asked, Attribution, Split
from hotdash.insights.attribution.explain import AttributedOrder, Credit, explain_order
from hotdash.insights.metrics.period import Period, Range
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


def test_under_every_model_each_touch_has_its_reason(published: Database) -> None:
    """Three clicks lie within thirty days: two days of mail and ad, and the mystery of day nine."""
    order = explained(published, 1)
    direct, mail, ad, mystery, old = (order.reasons(touch) for touch in order.touches)
    assert mail["last_click"] == texts.WON.format(days=7)
    assert direct["last_touch"] == texts.WON_LAST_TOUCH.format(days=7)
    assert mail["last_touch"] == "A later visit, direct / none, takes the order."
    assert mystery["first_click"] == texts.WON_FIRST_CLICK.format(days=30)
    assert ad["first_click"] == "An earlier click, mystery / box, takes the order."
    assert ad["linear"] == "3 clicks lie within 30 days, and each has the same."
    assert ad["position"] == texts.POSITION_ONE_BETWEEN
    assert mail["position"].startswith("It is the last of 3 clicks")
    assert "half for every 7 days" in mail["time_decay"]
    assert "the 2 other clicks beside it" in mail["time_decay"]
    assert mail["shapley"] == "3 channels led here, and each has the same."
    assert mail["markov"].startswith("Its channel Email has 33.33% of the order")
    assert direct["linear"] == texts.LOST_DIRECT
    assert old["linear"] == "It is older than the 30 days that this model looks back."
    assert mystery["last_touch"] == "It is older than the 7 days that this model looks back."


def test_every_model_divides_exactly_the_revenue(published: Database) -> None:
    order = explained(published, 1)
    assert order.revenue == Decimal("100.0000")
    told = [touch.credits for touch in order.touches] + [order.unsourced]
    for model in texts.MODELS:
        given = [each[model] for each in told if model in each]
        assert sum(each.share for each in given) == 1_000_000
        assert sum(each.amount for each in given) == order.revenue
    assert explained(published, 3).revenue is None


def test_channels_are_those_of_the_published_days(published: Database) -> None:
    """What the models add up per day and campaign is what the page adds up order by order."""
    with published.snapshot() as session:
        house = Attribution(session, SHOP, Period(Range.DAYS_90), AS_OF)
        for model in texts.MODELS:
            told = session.execute(
                text(
                    "select channel, platform, campaign, sum(" + model + "_revenue) as amount "
                    "from serving.current_fct_roas where shop_id = :shop group by 1, 2, 3"
                ),
                {"shop": SHOP},
            )
            daily = {(row[0], row[1], row[2]): row[3] for row in told if row[3]}
            found = house.credits(Asked(model, split=Split.CAMPAIGN)).rows
            assert {key: each.amount for key, each in found.items() if each.amount} == daily
            assert daily


def test_the_decided_window_asked_by_its_number_is_the_same(published: Database) -> None:
    with published.snapshot() as session:
        house = Attribution(session, SHOP, Period(Range.DAYS_90), AS_OF)
        for model, days in (("last_click", 7), ("last_touch", 7), ("first_click", 30)):
            assert house.credits(Asked(model, days)).rows == house.credits(Asked(model)).rows
