"""The clauses of attribution one by one, each in an order of its own, on every engine."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hotdash.storage.warehouse.contract import Engine
from tests.fixtures.raw_orders import Line, Order, Refund, Row
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.touches import before, click, tell_clicks, tell_journey, visit
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt

SHOP, YEN, DINAR, PATIENT = "attributed", "yen", "dinar", "patient"
AT = "2026-05-20T12:00:00Z"
GOOGLE_AD = "utm_source=google&utm_medium=cpc&utm_campaign=brand"
MAIL = "utm_source=newsletter&utm_medium=email&utm_campaign=may"
FACEBOOK_AD = "utm_source=facebook&utm_medium=paid_social&utm_campaign=spring"
GOOGLE = "https://www.google.com/"


def three_clicks() -> list[Row]:
    return [
        visit(1, before(AT, days=2), FACEBOOK_AD),
        visit(2, before(AT, days=1), MAIL),
        visit(3, before(AT, hours=1), GOOGLE_AD),
    ]


# By order id what Shopify tells of its journey.
JOURNEYS: dict[int, Sequence[Row]] = {
    1: [visit(1, before(AT, days=8), GOOGLE_AD)],
    2: [visit(1, before(AT, days=2), GOOGLE_AD), visit(2, before(AT, days=1), "", GOOGLE)],
    3: [visit(1, before(AT, days=2), MAIL), visit(2, before(AT, hours=1))],
    4: [visit(1, before(AT, days=7), MAIL)],
    5: [visit(1, before(AT, days=7, seconds=1), MAIL)],
    6: [visit(1, before(AT, days=1), MAIL), visit(2, before(AT, days=1), GOOGLE_AD)],
    7: [
        visit(1, before(AT, days=1), MAIL),
        visit(2, before(AT, hours=1), "", "https://www.paypal.com/x"),
    ],
    8: [
        visit(1, before(AT, days=1), MAIL),
        visit(2, before(AT, hours=1), "", "https://checkout.shop.example/"),
    ],
    9: [visit(1, before(AT, days=1), "gclid=abc")],
    10: [visit(1, before(AT, days=1), "fbclid=abc", "https://l.facebook.com/")],
    11: [visit(1, before(AT, days=1), "", "https://m.instagram.com/p/1")],
    12: [visit(1, before(AT, days=1), "", "https://www.forum.example/threads")],
    13: [
        visit(
            1,
            before(AT, days=1),
            "utm_source=%20FaceBook%20&utm_medium=Paid%20Social&utm_campaign=A%252B",
        )
    ],
    14: [visit(1, before(AT, days=1), "utm_source={{site}}&utm_medium=cpc", GOOGLE)],
    15: [visit(1, before(AT, days=1), "utm_source=%E0%A4%A&utm_medium=cpc")],
    16: [visit(1, before(AT, days=1), "utm_medium=email&utm_campaign=may", GOOGLE)],
    17: [visit(1, before(AT, days=1), "utm_source=mystery&utm_medium=box")],
    20: three_clicks(),
    21: [*three_clicks(), visit(4, before(AT, minutes=5))],
    22: [visit(1, before(AT, days=-1), MAIL)],
    23: [
        visit(1, before(AT, days=14), MAIL),
        visit(2, before(AT, days=7), FACEBOOK_AD),
        visit(3, before(AT), GOOGLE_AD),
    ],
    24: [
        visit(1, before(AT, days=4), MAIL),
        visit(2, before(AT, days=3), MAIL),
        visit(3, before(AT, days=2), GOOGLE_AD),
    ],
    25: [visit(n, before(AT, days=n), f"utm_source=s{n}&utm_medium=email") for n in range(1, 6)],
    26: three_clicks(),
    27: three_clicks(),
    28: [visit(1, before(AT, days=31), MAIL)],
}
NAMED = (
    "last_click",
    "last_touch",
    "first_click",
    "linear",
    "position",
    "time_decay",
    "markov",
    "shapley",
)


def orders() -> list[Order]:
    plain = [Order(number, AT, [Line(number, "100.00")]) for number in [*JOURNEYS, 18, 19]]
    refunded = {
        26: [Refund(1, AT, goodwill=("110.01", "0"))],
        27: [Refund(2, AT, [(27, "100.00", "0")])],
    }
    return [
        order.edited(refunds=refunded.get(order.order_id, []), customer_id=order.order_id)
        for order in plain
    ]


def clicks() -> list[Row]:
    """Of browsers: order 18 was told of by one, order 19's customer was signed in on another."""
    mail = {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "may"}
    return [
        click("e1", before(AT, days=3), "browser-1", **mail),
        click("e2", before(AT, days=3), "browser-1", session_id="session-e1"),
        click("e3", before(AT), "browser-1", event_type="order_completed", order_id="18"),
        click("e4", before(AT, days=2), "browser-2", gclid="x"),
        click("e5", before(AT, days=9), "browser-2", customer_id="19"),
        click("e6", before(AT, days=1), "browser-3", **mail),
        click("e7", before(AT, days=1), "browser-1", customer_id="77", gclid="not theirs"),
        # What Shopify saw as well, half a minute earlier.
        click("e8", before(AT, days=1, seconds=-30), "browser-4", **mail, customer_id="4"),
        click("e9", before(AT, days=7, seconds=-30), "browser-4", **mail, customer_id="4"),
    ]


def tell_all(world: RawWorld) -> None:
    world.shop(SHOP, "UTC", "USD")
    world.load(SHOP, orders())
    tell_journey(world, SHOP, JOURNEYS)
    tell_clicks(world, SHOP, clicks())
    for shop, currency, price in ((YEN, "JPY", "1000"), (DINAR, "KWD", "1.000")):
        world.shop(shop, "UTC", currency)
        world.load(shop, [Order(20, AT, [Line(1, price)], currency=currency)])
        tell_journey(world, shop, {20: three_clicks()})
    world.shop(PATIENT, "UTC", "USD")
    world.load(PATIENT, [Order(20, AT, [Line(1, "100.00")])])
    tell_journey(
        world,
        PATIENT,
        {20: [visit(1, before(AT, days=40), MAIL), visit(2, before(AT, days=35.5), GOOGLE_AD)]},
    )
    decided = {"effective_from": date(2026, 1, 1), "decided_at": world.now}
    numbers = {"attribution_lookback_days": "60", "attribution_half_life_days": "1"}
    world.load(
        PATIENT,
        policies=[{"policy": name, "value": value} | decided for name, value in numbers.items()],
    )


@pytest.fixture(scope="module")
def everywhere(built_on: OpenBuilt) -> dict[Engine, BuiltWarehouse]:
    found = {engine: built_on(engine) for engine in ENGINES}
    for each in found.values():
        tell_all(each.new_world())
        each.build()
    return found


@pytest.fixture(params=ENGINES)
def built(
    request: pytest.FixtureRequest, everywhere: dict[Engine, BuiltWarehouse]
) -> BuiltWarehouse:
    return everywhere[request.param]


def credits_of(built: BuiltWarehouse, order: int, model: str, shop: str = SHOP) -> dict[str, Any]:
    """Per channel its share and amount under a model, where it has any; the latest first."""
    told = built.rows(
        f"select credits.source, credits.channel, {model}_share as share, {model}_amount as amount"
        " from marts.fct_attributed_orders as credits left join marts.fct_touches as touches"
        " on touches.shop_id = credits.shop_id and touches.order_id = credits.order_id"
        " and touches.touch_id = credits.touch_id"
        f" where credits.shop_id = '{shop}' and credits.order_id = {order} and {model}_share <> 0"
        " order by touches.place"
    )
    assert sum(row["share"] for row in told) == 1_000_000
    return {row["source"]: (row["share"], row["amount"]) for row in told}


def winner(built: BuiltWarehouse, order: int, model: str = "last_click") -> tuple[str, str]:
    told = built.rows(
        f"select source, channel from marts.fct_attributed_orders where shop_id = '{SHOP}'"
        f" and order_id = {order} and {model}_share = 1000000 and {model}_amount = 100"
    )
    assert len(told) == 1
    return told[0]["source"], told[0]["channel"]


NOBODY = ("direct", "Direct / None")


@pytest.mark.parametrize(
    ("order", "won"),
    [
        pytest.param(1, NOBODY, id="a click eight days old credits nobody"),
        pytest.param(2, ("google", "Organic Search"), id="organic after paid wins"),
        pytest.param(3, ("newsletter", "Email"), id="direct never takes credit"),
        pytest.param(4, ("newsletter", "Email"), id="seven times 24 hours are inside"),
        pytest.param(5, NOBODY, id="a second more is outside"),
        pytest.param(7, ("newsletter", "Email"), id="a payment hop is ignored"),
        pytest.param(8, ("newsletter", "Email"), id="the own domain is ignored"),
        pytest.param(9, ("google", "Paid Search"), id="a click id names the paid source"),
        pytest.param(10, ("facebook", "Paid Social"), id="a click id before the referrer"),
        pytest.param(11, ("instagram", "Organic Social"), id="a known referrer"),
        pytest.param(12, ("forum.example", "Referral"), id="an unknown referrer"),
        pytest.param(13, ("facebook", "Paid Social"), id="lower case, trimmed, decoded"),
        pytest.param(14, ("google", "Organic Search"), id="a template falls back"),
        pytest.param(15, NOBODY, id="what cannot be decoded is not trusted"),
        pytest.param(16, ("google", "Organic Search"), id="medium alone is not trusted"),
        pytest.param(17, ("mystery", "Unmapped"), id="a source no rule knows"),
        pytest.param(18, ("newsletter", "Email"), id="a browser that told of the order"),
        pytest.param(19, ("google", "Paid Search"), id="a browser the customer was signed in on"),
        pytest.param(20, ("google", "Paid Search"), id="the latest of three"),
        pytest.param(22, NOBODY, id="a touch after the order"),
        pytest.param(28, NOBODY, id="older than the lookback"),
    ],
)
def test_last_click(built: BuiltWarehouse, order: int, won: tuple[str, str]) -> None:
    assert winner(built, order) == won


def test_ties_are_broken_alike_everywhere(built: BuiltWarehouse) -> None:
    """md5('visit' 6 1) and md5('visit' 6 2) decide: the smaller one stands first."""
    from hashlib import md5

    first = min((1, 2), key=lambda n: md5(f"visit\x1f6\x1f{n}".encode()).hexdigest())
    assert winner(built, 6)[0] == {1: "newsletter", 2: "google"}[first]


def test_decoded_once_and_no_more(built: BuiltWarehouse) -> None:
    told = built.rows(
        f"select campaign from marts.fct_touches where shop_id = '{SHOP}' and order_id = 13"
    )
    assert [row["campaign"] for row in told] == ["a%2b"]


def test_a_direct_visit_takes_the_last_touch_and_no_other_credit(built: BuiltWarehouse) -> None:
    assert winner(built, 21, "last_touch")[0] == "direct"
    for model in NAMED:
        if model != "last_touch":
            assert credits_of(built, 21, model) == credits_of(built, 20, model)


def test_first_click(built: BuiltWarehouse) -> None:
    assert winner(built, 20, "first_click")[0] == "facebook"
    assert winner(built, 1, "first_click")[0] == "google"


def test_a_touch_seen_twice_counts_once(built: BuiltWarehouse) -> None:
    told = built.rows(
        f"select origin from marts.fct_touches where shop_id = '{SHOP}' and order_id = 4"
        " order by place"
    )
    assert [row["origin"] for row in told] == ["click", "shopify"]


def test_linear_gives_what_is_left_to_the_latest(built: BuiltWarehouse) -> None:
    assert credits_of(built, 20, "linear") == {
        "google": (333_334, Decimal("33.3400")),
        "newsletter": (333_333, Decimal("33.3300")),
        "facebook": (333_333, Decimal("33.3300")),
    }


def test_position_gives_forty_twenty_forty(built: BuiltWarehouse) -> None:
    assert credits_of(built, 20, "position") == {
        "google": (400_000, Decimal("40.0000")),
        "newsletter": (200_000, Decimal("20.0000")),
        "facebook": (400_000, Decimal("40.0000")),
    }
    assert [share for share, _ in credits_of(built, 25, "position").values()] == [
        400_000,
        66_667,
        66_667,
        66_666,
        400_000,
    ]


def test_time_decay_halves_every_seven_days(built: BuiltWarehouse) -> None:
    """Weights 1, 1/2 and 1/4 of 1.75: 0.5714285.., 0.2857142.., 0.1428571.."""
    assert credits_of(built, 23, "time_decay") == {
        "google": (571_429, Decimal("57.1400")),
        "facebook": (285_714, Decimal("28.5700")),
        "newsletter": (142_857, Decimal("14.2900")),
    }


def test_clicks_of_which_time_left_nothing_share_alike(built: BuiltWarehouse) -> None:
    """35.5 and 40 half-lives: both weights would be below 1 in 2^30, so both are that least one."""
    assert credits_of(built, 20, "time_decay", PATIENT) == {
        "google": (500_000, Decimal("50.0000")),
        "newsletter": (500_000, Decimal("50.0000")),
    }


def test_shapley_gives_every_channel_alike_and_its_touches_alike(built: BuiltWarehouse) -> None:
    told = built.rows(
        "select source, shapley_share as share from marts.fct_attributed_orders"
        f" where shop_id = '{SHOP}' and order_id = 24 order by source, share"
    )
    assert [(row["source"], row["share"]) for row in told] == [
        ("google", 500_000),
        ("newsletter", 250_000),
        ("newsletter", 250_000),
    ]


def test_revenue_below_zero_and_of_nothing_is_divided_alike(built: BuiltWarehouse) -> None:
    assert [amount for _, amount in credits_of(built, 26, "linear").values()] == [
        Decimal("-3.3400"),
        Decimal("-3.3400"),
        Decimal("-3.3300"),
    ]
    assert {amount for _, amount in credits_of(built, 27, "linear").values()} == {Decimal(0)}


@pytest.mark.parametrize(
    ("shop", "amounts"), [(YEN, ["334", "333", "333"]), (DINAR, ["0.334", "0.333", "0.333"])]
)
def test_amounts_are_whole_minor_units(
    built: BuiltWarehouse, shop: str, amounts: list[str]
) -> None:
    told = credits_of(built, 20, "linear", shop)
    assert [amount for _, amount in told.values()] == [Decimal(each) for each in amounts]


def test_no_check_of_attribution_finds_anything(built: BuiltWarehouse) -> None:
    found = {finding.check for finding in built.ask().findings}
    assert not found & {"credits_add_up_to_their_orders", "credits_are_unique"}


def test_engines_agree(everywhere: dict[Engine, BuiltWarehouse]) -> None:
    duckdb, postgres = (everywhere[engine].marts() for engine in ENGINES)
    assert len(duckdb["fct_touches"]) > 40
    assert duckdb == postgres
