"""Credit, cost and return by channel and campaign, computed by hand; within the decided window and another one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError
from hotdash.insights.attribution.channels import Asked, Attribution, Split
from hotdash.insights.attribution.reasons import model_of, window_of
from hotdash.insights.metrics.period import Period, Range
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from tests.fixtures.marts import Publisher, mart_row, order
from tests.fixtures.shops import SeededShop

ROD = "hot-rod-an"
DAY, BEFORE = date(2026, 11, 20), date(2026, 11, 19)
HOUR, A_DAY = 3_600, 86_400
AD = {"channel": "Paid Social", "platform": "meta", "source": "facebook", "medium": "paid_social"}
MAIL = {"channel": "Email", "source": "newsletter", "medium": "email"}
NOWHERE = {"channel": "Direct / None", "source": "direct", "medium": "none"}
MODELS = ("last_click", "linear")


def credit(number: int, touch: str, way: dict[str, str], day: date = DAY, **told: str) -> Any:
    """Each model as `share amount`."""
    values: dict[str, Any] = {}
    for model, text in told.items():
        if model == "campaign":
            values[model] = text
            continue
        share, amount = text.split()
        values |= {f"{model}_share": int(share), f"{model}_amount": Decimal(amount)}
    given = {"order_id": number, "touch_id": touch, "day": day, "currency": "USD"}
    return mart_row("fct_attributed_orders", shop_id=ROD, **given, **way, **values)


def touch(number: int, name: str, place: int, age: int, way: dict[str, str], **more: Any) -> Any:
    at = datetime(2026, 11, 20, 20, tzinfo=UTC) - timedelta(seconds=age)
    given = {"order_id": number, "touch_id": name, "place": place, "age_seconds": age} | more
    told = {"origin": "shopify", "named_by": "utm", "is_click": True, "touched_at": at}
    return mart_row("fct_touches", **({"shop_id": ROD, "day": DAY} | told | way | given))


def cost(day: date, spend: str | None) -> Any:
    known = Decimal(spend or 0)
    given = {"spend": None if spend is None else known, "known_spend": known}
    way = {"channel": "Paid Social", "platform": "meta", "campaign": "Spring Sale"}
    more = {"shop_id": ROD, "day": day, "currency": "USD", "is_spend_known": spend is not None}
    back = {"last_click": 40, "linear": 90} if spend else {}
    revenue = {f"{model}_revenue": Decimal(amount) for model, amount in back.items()}
    return mart_row("fct_roas", **way, **given, **more, **revenue)


@pytest.fixture
def session(publisher: Publisher, shop: SeededShop) -> Any:
    named = {"platform": "meta", "campaign_id": 5, "account_currency": "USD"}
    publisher.build(
        {
            "fct_orders": [
                order(ROD, 1, DAY, "100", is_first_order=True),
                order(ROD, 2, DAY, "40"),
                order(ROD, 3, BEFORE, "30", is_first_order=True),
                order(ROD, 4, DAY, "7", is_counted=False),
            ],
            "fct_attributed_orders": [
                credit(1, "a", AD, linear="500000 50", campaign="spring-sale"),
                credit(1, "b", MAIL, last_click="1000000 100", linear="500000 50"),
                credit(
                    *(2, "c", AD),
                    last_click="1000000 40",
                    linear="1000000 40",
                    campaign="5",
                ),
                credit(*(3, "none", NOWHERE, BEFORE), last_click="1000000 30", linear="1000000 30"),
            ],
            "fct_touches": [
                touch(1, "b", 1, HOUR, MAIL),
                touch(1, "a", 2, 2 * A_DAY, AD, campaign="spring-sale"),
                touch(2, "d", 1, 60, NOWHERE, is_click=False),
                touch(2, "c", 2, 5 * A_DAY, AD, campaign="5"),
            ],
            "fct_roas": [
                cost(DAY, "20"),
                mart_row(
                    "fct_roas",
                    shop_id=ROD,
                    day=BEFORE,
                    channel="Paid Social",
                    platform="meta",
                    campaign="",
                    currency="USD",
                    spend=None,
                ),
            ],
            "fct_ad_spend": [
                mart_row(
                    "fct_ad_spend",
                    shop_id=ROD,
                    day=DAY,
                    campaign_name="Spring Sale",
                    **named,
                )
            ],
            "fct_link_problems": [
                mart_row(
                    "fct_link_problems",
                    shop_id=ROD,
                    day=day,
                    problem="source is missing",
                    touches=2,
                    utm_source="",
                    utm_medium=medium,
                    utm_campaign="x",
                    **NOWHERE,
                )
                for day, medium in ((DAY, "cpc"), (BEFORE, "cpc"), (DAY, "email"))
            ],
        }
    )
    with publisher.database.as_user(shop.owner_id) as session:
        yield session


def told(session: Session, publisher: Publisher, asked: Asked) -> dict[Any, tuple[Any, ...]]:
    """By channel (or channel and campaign) orders, amount, ROAS and CAC."""
    found = attribution(session, publisher).credits(asked)
    return {
        (key[0] if asked.split is Split.CHANNEL else (key[0], key[2])): (
            *(each.orders, each.amount, each.roas, each.cac),
        )
        for key, each in found.rows.items()
    }


def attribution(session: Session, publisher: Publisher) -> Attribution:
    return Attribution(session, ROD, Period(Range.DAYS_7), publisher.clock.now())


def test_last_click_by_channel(session: Session, publisher: Publisher) -> None:
    assert told(session, publisher, Asked("last_click")) == {
        "Email": (1, 100, None, None),
        "Paid Social": (1, 40, 2, None),
        "Direct / None": (1, 30, None, None),
    }


def test_linear_shares_orders_and_customers(session: Session, publisher: Publisher) -> None:
    """Of 20.00 spent came 90.00, and half of one new customer."""
    assert told(session, publisher, Asked("linear")) == {
        "Paid Social": (Decimal("1.5"), 90, Decimal("4.5"), 40),
        "Email": (Decimal("0.5"), 50, None, None),
        "Direct / None": (1, 30, None, None),
    }


def test_a_campaign_meets_its_spend_by_any_of_its_names(
    session: Session, publisher: Publisher
) -> None:
    found = told(session, publisher, Asked("linear", split=Split.CAMPAIGN))
    assert found["Paid Social", "Spring Sale"] == (Decimal("1.5"), 90, Decimal("4.5"), 40)


WITHIN = (
    ("last_click", 1, {"Email": 100, "Direct / None": 70, "Paid Social": 0}),
    ("last_click", 7, {"Email": 100, "Paid Social": 40, "Direct / None": 30}),
    ("first_click", 1, {"Email": 100, "Direct / None": 70, "Paid Social": 0}),
    ("first_click", 3, {"Paid Social": 100, "Direct / None": 70}),
    ("last_touch", 7, {"Email": 100, "Direct / None": 70, "Paid Social": 0}),
)


def test_another_window(session: Session, publisher: Publisher) -> None:
    for model, days, expected in WITHIN:
        found = told(session, publisher, Asked(model, days))
        assert {key: amount for key, (_, amount, _, _) in found.items()} == expected, model


def test_whatever_is_asked_all_of_it_is_the_revenue(session: Session, publisher: Publisher) -> None:
    for asked in (Asked("last_click"), Asked("linear"), Asked("last_click", 7)):
        found = attribution(session, publisher).credits(asked)
        assert (found.total.orders, found.total.amount) == (3, 170)
        assert found.rate == Decimal(2) / 3


def test_what_was_not_read_is_not_nought(session: Session, publisher: Publisher) -> None:
    found = attribution(session, publisher).credits(Asked("last_click")).as_json()
    [paid] = [row for row in found["rows"] if row["channel"] == "Paid Social"]
    assert (paid["spend"], paid["roas"]) == (None, "2")


def test_the_return_is_that_of_the_metric(session: Session, publisher: Publisher) -> None:
    """The metric adds up what is published per day; here every credit is added up."""
    for model in MODELS:
        question = Question.parse(
            shops=[ROD], metrics=["roas"], by=["channel"], range="7d", model=model
        )
        answer = query(session, question, publisher.clock.now())
        found = attribution(session, publisher).credits(Asked(model))
        returns = {row.key["channel"]: row.cells["roas"].value for row in answer.rows}
        assert returns == {"Paid Social": found.rows["Paid Social", "", ""].roas}


def test_orders_of_a_channel_page_by_page(session: Session, publisher: Publisher) -> None:
    house = attribution(session, publisher)
    every = house.orders(Asked("last_click"), None, None, 10)
    assert [(each.order_id, each.revenue) for each in every] == [(2, 40), (1, 100), (3, 30)]
    assert [each.order_id for each in house.orders(Asked("linear"), "Paid Social", None, 10)] == [
        *(2, 1),
    ]
    assert [each.order_id for each in house.orders(Asked("last_click"), None, 2, 10)] == [1, 3]
    assert [each.order_id for each in house.orders(Asked("last_click", 1), "Email", None, 10)] == [
        1
    ]


def test_links_of_the_same_spelling_are_one(session: Session, publisher: Publisher) -> None:
    links, found = attribution(session, publisher).links(1)
    assert found == 2
    assert (links[0].utm_medium, links[0].touches, links[0].first_day) == ("cpc", 4, BEFORE)
    [other] = attribution(session, publisher).links(1, 1)[0]
    assert other.utm_medium == "email"


@pytest.mark.parametrize("window", ["2", "x", "-7", "99999999999999999999"])
def test_a_window_nobody_offers(window: str) -> None:
    with pytest.raises(HotdashError, match="not offered"):
        window_of(window, "last_click")


def test_what_is_shared_has_the_decided_window() -> None:
    with pytest.raises(HotdashError, match="window that was decided"):
        window_of("7", model_of("markov"))
    with pytest.raises(HotdashError, match="no attribution model"):
        model_of("magic")


def test_a_channels_cost_is_not_laid_over_everybodys_customers(
    session: Session, publisher: Publisher
) -> None:
    """20.00 won half a customer of Paid Social; the total also counts customers no ad brought."""
    found = attribution(session, publisher).credits(Asked("linear")).as_json()
    [paid] = [row for row in found["rows"] if row["channel"] == "Paid Social"]
    assert (paid["cac"], found["total"]["cac"]) == ("40", None)
