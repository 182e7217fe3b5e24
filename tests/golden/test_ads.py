"""What ads cost, brought and are credited with is what a person computed, on both engines and through the API."""

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from hotdash.entrypoints.web.api.attribution_schemas import ComparisonAnswer
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.touches import tell_journey
from tests.fixtures.warehouses import ENGINES, OpenBuilt
from tests.fixtures.web import Web
from tests.golden.ledger_ads import (
    ASKED,
    CLAIMS,
    GOOGLE_DAYS,
    META_DAYS,
    READ,
    SALES,
    SHOP,
    WEEK,
    Asked,
    Sold,
)
from tests.golden.serving import Marts, ask, behind_the_web


@pytest.fixture(scope="module", params=ENGINES)
def marts(request: pytest.FixtureRequest, built_on: OpenBuilt) -> Marts:
    built = built_on(request.param)
    world = built.new_world()
    world.shop(SHOP, "UTC", "USD")
    world.load(SHOP, [each.order for each in SALES])
    tell_journey(world, SHOP, {each.order.order_id: each.visits for each in SALES if each.visits})
    for platform, rows in (("meta_ads", META_DAYS), ("google_ads", GOOGLE_DAYS)):
        world.slices(SHOP, platform, {f"{platform}_campaign_days": rows}, days=READ)
    built.build()
    return built.marts()


@pytest.fixture(scope="module")
def web(
    marts: Marts, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("golden-ads")
    with behind_the_web(marts, {SHOP: ("UTC", "USD")}, template_urls, folder) as served:
        yield served


@pytest.mark.parametrize("sale", SALES, ids=lambda sale: str(sale.order.order_id))
def test_last_click(marts: Marts, sale: Sold) -> None:
    credited = {
        row["channel"]: row["last_click_amount"]
        for row in marts["fct_attributed_orders"]
        if row["order_id"] == sale.order.order_id and row["last_click_share"]
    }
    assert credited == {sale.channel: Decimal(sale.order.lines[0].price)}, sale.by_hand


@pytest.mark.parametrize(
    "asked", ASKED, ids=lambda each: f"{each.metric} {each.first} {each.last} {each.only or ''}"
)
def test_answer(web: Web, asked: Asked) -> None:
    told = {"metric": asked.metric, "from": asked.first, "to": asked.last}
    filtered = {"filter": asked.only} if asked.only else {}
    (row,) = ask(web, SHOP, **told, **filtered)
    cell = row.values[asked.metric]
    if asked.value is None:
        assert cell.value is None, asked.by_hand
        assert cell.why
    else:
        assert cell.value is not None, cell.why
        assert Decimal(cell.value) == Decimal(asked.value), asked.by_hand


def compare(web: Web, first: str, last: str) -> httpx.Response:
    web.sign_in(f"owner@{SHOP}.example")
    asked = {"shop": SHOP, "from": first, "to": last}
    return web.client.get("/api/v1/attribution/comparison", params=asked)


def test_claims_stand_beside_credits(web: Web) -> None:
    answer = ComparisonAnswer.model_validate_json(compare(web, *WEEK).content)
    amounts = [
        (
            *(row.day.isoformat(), row.platform, row.campaign, row.shopify_orders),
            *map(Decimal, (row.shopify_revenue, row.claimed_value or "NaN", row.gap or "NaN")),
        )
        for row in answer.rows
    ]
    assert amounts == [
        (*key, *map(Decimal, told)) for *key, a, b, c in CLAIMS for told in [(a, b, c)]
    ]


def test_more_than_a_year_is_no_comparison(web: Web) -> None:
    refused = compare(web, "2024-01-01", "2026-01-01")
    assert refused.status_code == 422
    assert "366 days" in refused.json()["error"]["message"]
