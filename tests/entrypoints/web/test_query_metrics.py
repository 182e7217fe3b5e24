"""The door to the query: what it answers is what the tiles show, and what it refuses says why."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from hotdash.entrypoints.web.api.query_schemas import MetricsAnswer
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD
from tests.fixtures.web import Web

QUERY = "/api/v1/metrics/query"


@pytest.fixture
def owner(shown_web: Web) -> Web:
    shown_web.sign_in(OWNER)
    return shown_web


def ask(web: Web, **asked: Any) -> httpx.Response:
    return web.client.get(QUERY, params={"shop": ROD, "metric": "revenue", **asked})


def test_says_what_the_tile_says(owner: Web) -> None:
    answered = ask(owner, metric=["revenue", "orders", "aov", "median_order_value"], compare="year")
    answer = MetricsAnswer.model_validate_json(answered.content)
    tile = owner.client.get("/api/v1/tiles/sales-pulse", params={"shop": ROD}).json()

    (row,) = answer.rows
    assert row.values["revenue"].value == tile["value"]
    context = {item["metric"]: item["value"] for item in tile["context"]}
    for name in ("orders", "aov", "median_order_value"):
        assert row.values[name].value == context[name]
    assert row.values["revenue"].base is None
    assert "first known day" in (row.values["revenue"].why_no_base or "").lower()


def test_splits_add_up(owner: Web) -> None:
    whole = ask(owner, range="90d").json()["rows"][0]["values"]["revenue"]["value"]
    for by in ("day", "week", "month", "quarter"):
        rows = ask(owner, range="90d", by=by).json()["rows"]
        assert sum(Decimal(row["values"]["revenue"]["value"]) for row in rows) == Decimal(whole)


def test_shops_stand_beside_each_other(shown_web: Web) -> None:
    shown_web.sign_in(AGENCY)
    answer = MetricsAnswer.model_validate_json(
        ask(shown_web, shop=[ROD, KYOTO], by=["shop", "month"], compare="previous").content
    )
    assert {row.key["shop"] for row in answer.rows} == {ROD, KYOTO}
    assert {shop.shop: shop.currency for shop in answer.shops} == {ROD: "USD", KYOTO: "JPY"}


def test_an_attribution_model_is_asked_for(owner: Web) -> None:
    answered = ask(owner, metric="attributed_revenue", model="linear").json()
    assert answered["metrics"][0]["model"] == "linear"


def test_money_is_asked_for_in_a_currency(owner: Web) -> None:
    """The shop has that one already: nothing is converted, and the answer says so."""
    plain, asked = ask(owner).json(), ask(owner, currency="usd").json()
    assert plain["conversion"] is None
    assert asked["conversion"] == {"currency": "USD", "shops": []}
    assert asked["rows"] == plain["rows"]


def test_without_a_rate_there_is_no_number_and_the_reason(shown_web: Web) -> None:
    shown_web.sign_in(AGENCY)
    answer = ask(shown_web, shop=[ROD, KYOTO], currency="USD")
    (row,) = answer.json()["rows"]
    assert row["values"]["revenue"]["value"] is None
    assert "hotdash rates import" in row["values"]["revenue"]["why"]
    [used] = answer.json()["conversion"]["shops"]
    assert (used["shop"], used["from"], used["to"], used["rates"]) == (KYOTO, "JPY", "USD", 0)


@pytest.mark.parametrize(
    ("asked", "status"), [({"currency": "EURO"}, 400), ({"shop": KYOTO, "currency": "USD"}, 404)]
)
def test_a_currency_opens_nothing(owner: Web, asked: dict[str, Any], status: int) -> None:
    answer = ask(owner, **asked)
    assert answer.status_code == status
    assert answer.json()["error"]["hint"]


def test_one_foreign_shop_among_others_refuses_them_all(owner: Web) -> None:
    answer = ask(owner, shop=[ROD, KYOTO])
    assert answer.status_code == 404
    assert answer.json()["error"]["field"] == "shop"


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"metric": "profit"}, 404, "metric"),
        ({"metric": "revenue@x"}, 400, "metric"),
        ({"by": "planet"}, 400, "by"),
        ({"filter": "planet:mars"}, 400, "filter"),
        ({"from": "2026-11-01"}, 400, "to"),
        ({"from": "2026-11-01", "to": "2026-10-01"}, 400, "from"),
        ({"from": "yesterday", "to": "2026-10-01"}, 422, "from"),
        ({"range": "8d"}, 422, "range"),
        ({"compare": "luck"}, 422, "compare"),
        ({"metric": "roas", "model": "guess"}, 400, "model"),
    ],
)
def test_what_is_refused_is_named(
    owner: Web, asked: dict[str, Any], status: int, field: str
) -> None:
    answer = ask(owner, **asked)
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (status, field)
    assert error["hint"]
