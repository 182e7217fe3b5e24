"""Forecasts by page and by API: what is drawn is what is kept, and nothing is shown that is not."""

import re
from pathlib import Path

import pytest

from tests.fixtures.forecast_world import BADGE, CLAMP, HOSE, PUMP, foretold
from tests.fixtures.pages import links_of
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, Storefront
from tests.fixtures.web import Web, web_in_front_of

__all__ = ["foretold"]


@pytest.fixture
def shop(foretold: Storefront, web_home: Path) -> Web:
    web = web_in_front_of(foretold, web_home)
    web.sign_in(OWNER)
    return web


class TestPages:
    def test_a_forecast_is_drawn_with_its_band_and_says_how_wrong_it_was(self, shop: Web) -> None:
        html = shop.client.get(f"/forecast?shop={ROD}").text
        assert 'aria-current="page">Forecast</a>' in html
        assert html.count('class="forecast-band"') == html.count("data-forecast=") == 2
        assert "in the next 7 days, in eight of ten cases" in html
        assert "seasonal naive" in html
        assert "Chosen so before each of 12 windows, it erred by MASE" in html
        assert re.search(r"such ranges held \d of 9 times", html)
        assert "The range is to hold on 80% of the days" in html
        assert "It needs 13 periods of 28 days" in html
        assert " style=" not in html

    def test_a_shop_without_a_forecast_says_so(self, foretold: Storefront, web_home: Path) -> None:
        web = web_in_front_of(foretold, web_home)
        web.sign_in(STRANGER)
        html = web.client.get(f"/forecast?shop={KYOTO}").text
        assert "Nothing is forecast yet." in html
        plan = web.client.get(f"/forecast/stock?shop={KYOTO}").text
        assert "No stock plan is kept yet." in plan

    def test_each_list_of_the_plan_shows_its_items(self, shop: Web) -> None:
        html = shop.client.get(f"/forecast/stock?shop={ROD}").text
        assert "2 of 5 items likely to run out within the lead time and two weeks" in html
        assert "Hose" in html
        assert "out of stock" in html
        assert re.search(r"such ranges of 28 days held in [\d.]+% of \d+ cases", html)
        assert "Badge" not in html
        links = links_of(html)
        for title, item in {"Too much": "Clamp", "Dead": "Badge"}.items():
            listed = shop.client.get(links[title]).text
            assert item in listed
            assert "Hose" not in listed

    def test_what_is_dead_never_runs_out(self, shop: Web) -> None:
        html = shop.client.get(f"/forecast/stock?shop={ROD}&list=dead").text
        assert "more than a year" in html
        assert "$120" in html

    def test_an_unknown_list_is_refused(self, shop: Web) -> None:
        assert shop.client.get(f"/forecast/stock?shop={ROD}&list=lost").status_code == 422


class TestApi:
    def test_forecasts_are_told_as_they_are_kept(self, shop: Web) -> None:
        told = shop.client.get(f"/api/v1/forecasts?shop={ROD}").json()
        found = {each["subject"]: each["document"] for each in told["forecasts"]}
        assert set(found) == {"revenue", "orders", "growth", "demand"}
        assert len(found["revenue"]["days"]) == 28
        assert isinstance(found["revenue"]["days"][0]["value"], str)

    def test_of_a_day_before_the_first_nothing_was_told(self, shop: Web) -> None:
        told = shop.client.get(f"/api/v1/forecasts?shop={ROD}&as_of=2026-01-01").json()
        assert told["forecasts"] == []

    def test_the_plan_is_paged(self, shop: Web) -> None:
        asked = f"/api/v1/forecasts/stock?shop={ROD}&list=all&limit=3"
        first = shop.client.get(asked).json()
        rest = shop.client.get(f"{asked}&offset={first['next_offset']}").json()
        listed = [each["inventory_item_id"] for each in (*first["items"], *rest["items"])]
        assert sorted(listed) == [HOSE, CLAMP, BADGE, 4, PUMP]
        assert set(listed[:2]) == {HOSE, PUMP}, "most money at risk comes first"
        assert rest["next_offset"] is None
        assert first["totals"]["warned"] == 2
        assert first["currency"] == "USD"

    def test_another_shop_is_not_there(self, shop: Web) -> None:
        assert shop.client.get(f"/api/v1/forecasts?shop={KYOTO}").status_code == 404
        assert shop.client.get(f"/api/v1/forecasts/stock?shop={KYOTO}").status_code == 404
