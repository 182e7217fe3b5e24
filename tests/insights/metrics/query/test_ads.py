"""What ads cost and brought, where some of it is not known."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.insights.metrics.query.explain import explain
from hotdash.insights.metrics.query.question import QueryError
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, mart_row
from tests.fixtures.november import NOV, ROD, Ask, days
from tests.fixtures.shops import SeededShop

NOUGHT = ": 0, so there is no value."
WHY = (
    "1 row does not say spend (an ad source was not read for the day, none is connected, or no exchange "
    "rate is known), and half a sum is no sum."
)


def ads(number: int, platform: str, **told: Any) -> dict[str, Any]:
    row = {"channel": "Paid", "campaign": "", "currency": "USD", "platform": platform}
    return mart_row("fct_roas", shop_id=ROD, day=date(2026, 11, number), **row | told)


@pytest.fixture
def asked(publisher: Publisher, ask: Ask) -> Ask:
    """480.50 of revenue; Meta cost 12.00 on the second and nobody knows what on the third."""
    known = ads(
        2,
        "meta",
        spend=Decimal(12),
        known_spend=Decimal(12),
        attributed_revenue=Decimal(36),
    )
    unread = ads(3, "meta", spend=None)
    customers = [
        mart_row(
            "fct_cac",
            shop_id=ROD,
            day=date(2026, 11, number),
            plan_tier="x",
            currency="USD",
            **told,
        )
        for number, told in ((2, {"spend": Decimal(12), "new_customers": 1}), (3, {"spend": None}))
    ]
    publisher.build(
        {"fct_revenue": days()["fct_revenue"], "fct_roas": [known, unread], "fct_cac": customers}
    )
    return ask


@pytest.mark.parametrize("metric", ["ad_spend", "mer", "cac"])
def test_a_range_with_an_unread_day_has_no_value_and_says_why(asked: Ask, metric: str) -> None:
    cell = asked(metric, **NOV).only(metric)
    assert cell.value is None
    assert cell.why == WHY


def test_its_other_days_are_known(asked: Ask) -> None:
    rows = {
        row.key["day"]: row.cells["ad_spend"] for row in asked("ad_spend", by=["day"], **NOV).rows
    }
    assert rows["2026-11-02"].value == 12
    assert rows["2026-11-03"].value is None
    assert rows["2026-11-03"].why == WHY
    assert rows["2026-11-04"].value == 0


def test_roas_is_of_the_days_that_were_read(asked: Ask) -> None:
    """36.00 / 12.00"""
    assert asked("roas", **NOV).only("roas").value == 3


CREDITED = {"last_click": 36, "linear": 60, "shapley": 24}


@pytest.fixture
def credited(publisher: Publisher, ask: Ask) -> Ask:
    """Meta cost 12.00 on the second. Of Google's spend on the third a part is not known, and it was credited too."""
    known = {f"{model}_revenue": Decimal(amount) for model, amount in CREDITED.items()}
    told = {"spend": Decimal(12), "known_spend": Decimal(12), "attributed_revenue": Decimal(36)}
    unknown = {"spend": None, "linear_revenue": Decimal(500), "last_click_revenue": Decimal(500)}
    publisher.build(
        {
            "fct_revenue": days()["fct_revenue"],
            "fct_roas": [
                ads(2, "meta", is_spend_known=True, **told, **known),
                ads(3, "google", **unknown),
            ],
        }
    )
    return ask


@pytest.mark.parametrize(
    ("model", "revenue", "roas"),
    [(None, 36, 3), ("last_click", 36, 3), ("linear", 60, 5), ("shapley", 24, 2)],
)
def test_another_model_credits_the_same_spend(
    credited: Ask, model: str | None, revenue: int, roas: int
) -> None:
    """Under linear 60.00 / 12.00; Google's 500.00 stay out, because what they cost is not known."""
    answer = credited("attributed_revenue", "roas", "ad_spend", model=model, **NOV)
    assert answer.only("attributed_revenue").value == revenue
    assert answer.only("roas").value == roas
    told = {each["name"]: each["model"] for each in answer.as_json()["metrics"]}
    assert told == dict.fromkeys(("attributed_revenue", "roas"), model or "last_click") | {
        "ad_spend": None
    }
    is_noted = "ROAS is credited by linear, not by last_click." in answer.notes
    assert is_noted is (model == "linear")


def test_what_was_published_before_it_was_said_whether_spend_is_known_has_no_value(
    credited: Ask, database: Database
) -> None:
    """As in a part that is older than the flag."""
    with database.jobs() as session:
        session.execute(text("update serving.fct_roas set is_spend_known = null"))
    answer = credited("attributed_revenue", "roas", model="linear", **NOV)
    assert answer.only("attributed_revenue").value is None
    assert answer.only("roas").value is None
    assert credited("attributed_revenue", **NOV).only("attributed_revenue").value == 36


def test_another_model_keeps_every_platform_in_sight(credited: Ask) -> None:
    rows = credited("attributed_revenue", by=["platform"], model="linear", **NOV).rows
    found = {row.key["platform"]: row.cells["attributed_revenue"].value for row in rows}
    assert found == {"meta": 60, "google": 0}


def test_the_rows_behind_another_model_are_what_it_credits(
    credited: Ask, publisher: Publisher, shop: SeededShop
) -> None:
    """60.00 under linear, not the 36.00 of last click; Google's 500.00 count as nothing."""
    del credited
    found = {}
    with publisher.database.as_user(shop.owner_id) as session:
        now = publisher.clock.now()
        for number in (2, 3):
            day = date(2026, 11, number)
            found[number] = explain(session, "attributed_revenue", ROD, day, now, model="linear")
    assert [row.value for row in found[2].rows] == [60]
    assert [row.value for row in found[3].rows] == [0]
    assert (found[2].value, found[3].value) == (60, 0)
    assert found[2].adds_up is True
    assert found[3].adds_up is True


def test_without_a_campaign_is_without_whether_it_was_told_as_nothing_or_not(
    publisher: Publisher, ask: Ask
) -> None:
    """fct_roas says an empty text, other marts say nothing: 10.00 has no campaign, 5.00 has one."""
    publisher.build(
        {
            "fct_revenue": days()["fct_revenue"],
            "fct_roas": [
                ads(2, "meta", attributed_revenue=Decimal(10)),
                ads(2, "meta", campaign="Brand", attributed_revenue=Decimal(5)),
            ],
        }
    )
    answer = ask("attributed_revenue", filters=["campaign:"], **NOV)
    assert answer.only("attributed_revenue").value == 10


@pytest.mark.parametrize(
    ("metric", "model", "hint"),
    [
        ("roas", "last-click", "Use one of last_click, last_touch, first_click, linear"),
        ("revenue", "linear", "Ask without a model"),
    ],
)
def test_a_model_that_credits_nothing_is_refused(
    credited: Ask, metric: str, model: str, hint: str
) -> None:
    with pytest.raises(QueryError) as raised:
        credited(metric, model=model, **NOV)
    assert raised.value.field == "model"
    assert raised.value.hint is not None
    assert raised.value.hint.startswith(hint)


def test_without_ads_there_is_a_contribution_and_nothing_to_divide_by(
    publisher: Publisher, ask: Ask
) -> None:
    """By the decision that no ads are bought: 480.50 sold for what cost 150.00, and ads for 0."""
    earned = {"gross_sales": Decimal("480.50"), "cost_of_goods": Decimal(150), "currency": "USD"}
    margins = mart_row("fct_margins", shop_id=ROD, day=date(2026, 11, 2), **earned)
    won = {"plan_tier": "x", "currency": "USD", "new_customers": 2}
    customers = mart_row("fct_cac", shop_id=ROD, day=date(2026, 11, 2), **won)
    publisher.build(
        {
            "fct_revenue": days()["fct_revenue"],
            "fct_roas": [ads(2, "", channel="Email")],
            "fct_margins": [margins],
            "fct_cac": [customers],
        }
    )
    names = ("ad_spend", "contribution", "contribution_margin", "roas", "mer", "cac")

    [row] = ask(*names, **NOV).rows

    assert row.cells["ad_spend"].value == 0
    assert row.cells["contribution"].value == Decimal("330.50")
    assert row.cells["contribution_margin"].value == Decimal("330.50") / Decimal("480.50")
    nothing = {name: (row.cells[name].value, row.cells[name].why) for name in names[3:]}
    assert nothing == {
        "roas": (None, f"What these platforms cost on days whose whole spend is known{NOUGHT}"),
        "mer": (None, f"Ad spend{NOUGHT}"),
        "cac": (None, f"What was spent on Meta and Google ads, in the shop's currency{NOUGHT}"),
    }


def margins(**given: Any) -> dict[str, Any]:
    told = {"currency": "USD", "ad_spend": Decimal(50)} | given
    return mart_row("fct_margins", shop_id=ROD, day=date(2026, 11, 2), **told)


def test_a_loss_has_no_margin(publisher: Publisher, ask: Ask) -> None:
    """100.00 without a known cost, 10.00 of goodwill: -10.00 revenue of known cost, 53.00 spent, 630%."""
    of_loss = {"gross_sales": 100, "refunds": 10, "uncosted_sales": 100, "fees": 3}
    publisher.build({"fct_margins": [margins(**{k: Decimal(v) for k, v in of_loss.items()})]})

    cells = ask("contribution", "contribution_margin", **NOV).rows[0].cells

    assert cells["contribution"].value == -63
    assert (cells["contribution_margin"].value, cells["contribution_margin"].why) == (
        None,
        "Gross sales - discounts - refunds + shipping - shipping refunds - uncosted sales: "
        "not above 0, so there is no value.",
    )


def test_fees_in_another_currency_are_no_nought(publisher: Publisher, ask: Ask) -> None:
    publisher.build({"fct_margins": [margins(gross_sales=Decimal(100), fees=None)]})

    cells = ask("contribution", "contribution_margin", **NOV).rows[0].cells

    assert {name: cell.value for name, cell in cells.items()} == dict.fromkeys(cells)
    assert "kept some of them in another currency" in str(cells["contribution"].why)
