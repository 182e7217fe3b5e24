import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

import httpx
import psycopg
import pytest

from hotdash.base.roles import Role
from hotdash.entrypoints.web.api.schemas import (
    MetricDaysAnswer,
    TileAnswer,
    TileName,
    TilesAnswer,
)
from hotdash.insights.tiles.catalog import TILES
from hotdash.insights.tiles.chart import CHARTED
from hotdash.storage.appdb.repositories import identity
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, history
from tests.fixtures.web import Web

TILE = "/api/v1/tiles/sales-pulse"
THE_POOLS_PING = ";"
MOST_STATEMENTS = 100
DAYS = "/api/v1/metrics/revenue/days"


@pytest.fixture
def owner(web: Web) -> Web:
    web.sign_in(OWNER)
    return web


def tile(web: Web, shop: str = ROD, **params: str) -> httpx.Response:
    return web.client.get(TILE, params={"shop": shop, **params})


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that goes to Postgres, those that frame transactions included."""
    asked: list[str] = []

    def heard(execute: Any) -> Any:
        def hear(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            asked.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        return hear

    with monkeypatch.context() as patched:
        for kind in (psycopg.Cursor, psycopg.AsyncCursor):
            patched.setattr(kind, "execute", heard(kind.execute))
        yield asked


class TestShape:
    @pytest.mark.parametrize("range", ["7d", "30d", "90d", "12m"])
    @pytest.mark.parametrize("compare", ["previous", "year", "none"])
    def test_every_view_is_as_described(self, shown_web: Web, range: str, compare: str) -> None:
        shown_web.sign_in(OWNER)
        answer = tile(shown_web, range=range, compare=compare)
        assert answer.status_code == 200
        TileAnswer.model_validate_json(answer.content)
        days = shown_web.client.get(DAYS, params={"shop": ROD, "range": range, "compare": compare})
        MetricDaysAnswer.model_validate_json(days.content)

    def test_no_amount_is_a_float(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)

        def refuse(text: str) -> None:
            raise AssertionError(f"{text} is a float")

        json.loads(tile(shown_web).text, parse_float=refuse)

    def test_the_number_is_the_sum_of_its_days(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)
        asked = {"shop": ROD, "range": "90d"}
        total = Decimal(shown_web.client.get(TILE, params=asked).json()["value"])
        days = shown_web.client.get(DAYS, params=asked).json()["days"]
        assert total == sum(Decimal(day["value"]) for day in days)
        assert total == sum(
            day["gross_sales"] - day["discounts"] - day["refunds"]
            for day in history(ROD)["fct_revenue"]
            if day["day"].isoformat() in {each["day"] for each in days}
        ).quantize(Decimal("0.01"))

    def test_yen_have_no_decimals(self, shown_web: Web) -> None:
        shown_web.sign_in(AGENCY)
        answer = tile(shown_web, KYOTO).json()
        assert (answer["unit"], "." in answer["value"]) == ("JPY", False)


class TestAllSeven:
    @pytest.fixture
    def filled(self, owner: Web) -> Web:
        owner.storefront.fill()
        return owner

    def test_answer_in_one_shape(self, filled: Web) -> None:
        for name in TILES:
            answer = filled.client.get(f"/api/v1/tiles/{name}", params={"shop": ROD})
            assert TileAnswer.model_validate_json(answer.content).tile == name

    def test_answer_at_once_with_the_same_bytes_as_one_by_one(self, filled: Web) -> None:
        together = filled.client.get("/api/v1/tiles", params={"shop": ROD})
        TilesAnswer.model_validate_json(together.content)
        alone = [filled.client.get(f"/api/v1/tiles/{name}", params={"shop": ROD}) for name in TILES]
        assert together.content == b'{"tiles":[' + b",".join(each.content for each in alone) + b"]}"
        known = {"if-none-match": together.headers["etag"]}
        again = filled.client.get("/api/v1/tiles", params={"shop": ROD}, headers=known)
        assert (again.status_code, again.content) == (304, b"")

    def test_seo_is_ready_for_longer(self, filled: Web) -> None:
        filled.client.get("/api/v1/tiles", params={"shop": ROD})
        filled.storefront.clock.advance(timedelta(minutes=6))
        filled.client.get("/api/v1/tiles", params={"shop": ROD})
        figures = filled.client.get("/metrics").text
        origins = {
            name: 'origin="cache",tile="%s"} 1.0' % name in figures  # noqa: UP031
            for name in TILES
        }
        assert origins == {name: name == "seo-pulse" for name in TILES}

    def test_ready_answers_are_counted_for_ops(self, filled: Web) -> None:
        for _ in range(2):
            filled.client.get("/api/v1/tiles", params={"shop": ROD})
        filled.storefront.clock.advance(timedelta(minutes=6))
        ops = filled.client.get("/api/v1/tiles/ops-pulse", params={"shop": ROD}).json()
        told = {fact["name"]: fact["text"] for fact in ops["facts"]}
        # Of seven, seven and one, the second seven were ready.
        assert told["cache_hit_rate"] == "Ready answers: 46.7% of 15 since the start"

    def test_of_an_unknown_tile_there_is_none(self, owner: Web) -> None:
        assert owner.client.get("/api/v1/tiles/luck", params={"shop": ROD}).status_code == 422
        assert owner.client.get("/tiles/luck", params={"shop": ROD}).status_code == 404

    def test_names_are_those_of_the_catalog(self) -> None:
        assert get_args(TileName) == tuple(TILES)


class TestDays:
    @pytest.mark.parametrize("metric", CHARTED)
    def test_of_every_charted_metric_are_as_described(self, shown_web: Web, metric: str) -> None:
        shown_web.sign_in(OWNER)
        answer = shown_web.client.get(f"/api/v1/metrics/{metric}/days", params={"shop": ROD})
        MetricDaysAnswer.model_validate_json(answer.content)

    def test_of_any_other_are_asked_elsewhere(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)
        answer = shown_web.client.get("/api/v1/metrics/units/days", params={"shop": ROD})
        assert answer.status_code == 404
        assert "/api/v1/metrics/query" in answer.json()["error"]["hint"]


class TestToday:
    """What a page costs is counted in statements: each is a way to the database and back."""

    def test_of_a_named_shop_asks_one_thing_when_all_is_ready(
        self, owner: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert len(asked_for(owner, f"/today?shop={ROD}", monkeypatch)) == 1

    def test_of_the_first_shop_asks_two_things(
        self, owner: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert len(asked_for(owner, "/", monkeypatch)) == 2

    def test_of_a_tile_asks_one_thing_when_it_is_ready(
        self, owner: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert len(asked_for(owner, f"/tiles/growth?shop={ROD}", monkeypatch)) == 1

    def test_with_nothing_ready_stays_within_its_count(
        self, owner: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        owner.storefront.fill()
        with statements(monkeypatch) as asked:
            assert owner.client.get(f"/today?shop={ROD}").status_code == 200
        assert len(asked) <= MOST_STATEMENTS

    def test_shows_what_the_api_says(self, owner: Web) -> None:
        page = owner.client.get(f"/today?shop={ROD}").text
        answers = owner.client.get("/api/v1/tiles", params={"shop": ROD}).json()["tiles"]
        shown = re.findall(r'data-tile="([a-z-]+)" data-state="([a-z]+)"', page)
        assert shown == [(tile["tile"], tile["state"]) for tile in answers]


def asked_for(web: Web, address: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements of a second look."""
    assert web.client.get(address).status_code == 200
    with statements(monkeypatch) as asked:
        assert web.client.get(address).status_code == 200
    return [query for query in asked if query != THE_POOLS_PING]


class TestReadyBytes:
    def test_a_repeat_asks_one_thing_of_the_database(
        self, owner: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = tile(owner)
        with statements(monkeypatch) as asked:
            again = tile(owner)
        assert again.content == first.content
        (only,) = [query for query in asked if query != THE_POOLS_PING]
        assert "app.visit" in only

    def test_what_the_browser_has_is_not_sent_again(self, owner: Web) -> None:
        etag = tile(owner).headers["etag"]
        again = owner.client.get(
            TILE, params={"shop": ROD}, headers={"if-none-match": f'"x", W/{etag}'}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag

    def test_hits_are_counted(self, owner: Web) -> None:
        for _ in range(3):
            tile(owner)
        figures = owner.client.get("/metrics").text
        assert 'hotdash_tile_answers_total{origin="cache",tile="sales-pulse"} 2.0' in figures
        assert 'hotdash_tile_answers_total{origin="database",tile="sales-pulse"} 1.0' in figures

    def test_one_shops_bytes_are_not_anothers(self, web: Web) -> None:
        web.sign_in(AGENCY)
        assert tile(web, ROD).json()["unit"] == "USD"
        assert tile(web, KYOTO).json()["unit"] == "JPY"
        assert tile(web, ROD).json()["unit"] == "USD"


class TestAtOnce:
    """What happened a moment ago is in the next answer, whatever was ready before."""

    def test_a_new_publication(self, owner: Web) -> None:
        before = tile(owner).json()
        owner.storefront.publish(ROD, growth=1.5)
        after = tile(owner).json()
        assert Decimal(after["value"]) > Decimal(before["value"])
        assert after["build"] != before["build"]

    def test_the_same_numbers_known_for_longer(self, owner: Web) -> None:
        before = tile(owner).json()
        owner.storefront.clock.advance(timedelta(minutes=30))
        owner.storefront.publish(ROD)
        after = tile(owner).json()
        assert after["value"] == before["value"]
        assert after["as_of"] != before["as_of"]

    def test_a_blocked_publication(self, owner: Web) -> None:
        before = tile(owner).json()
        owner.storefront.block()
        after = tile(owner).json()
        assert (before["state"], after["state"]) == ("ok", "blocked")
        assert after["value"] == before["value"]

    def test_a_rebuild_under_way_and_over(self, owner: Web) -> None:
        tile(owner)
        owner.storefront.reprocess()
        assert tile(owner).json()["state"] == "reprocessing"
        owner.storefront.finish_runs()
        assert tile(owner).json()["state"] == "ok"

    def test_a_disabled_user(self, owner: Web) -> None:
        tile(owner)
        owner.storefront.disable(OWNER)
        assert tile(owner).status_code == 401

    def test_a_lost_membership(self, owner: Web) -> None:
        tile(owner)
        user_id = owner.storefront.user_id(OWNER)
        with owner.storefront.database.jobs() as session:
            identity.remove_member(session, ROD, user_id)
        assert tile(owner).status_code == 404

    def test_a_gained_membership(self, owner: Web) -> None:
        assert tile(owner, KYOTO).status_code == 404
        user_id = owner.storefront.user_id(OWNER)
        with owner.storefront.database.jobs() as session:
            identity.set_role(session, KYOTO, user_id, Role.VIEWER)
        assert tile(owner, KYOTO).status_code == 200

    def test_data_that_has_grown_old(self, owner: Web) -> None:
        tile(owner)
        owner.storefront.clock.advance(timedelta(minutes=53))
        assert tile(owner).json()["state"] == "stale"

    def test_a_day_that_has_ended(self, owner: Web) -> None:
        first = tile(owner).json()["series"][-1]["day"]
        owner.storefront.clock.advance(timedelta(days=1))
        owner.storefront.publish(ROD)
        owner.sign_in(OWNER)
        assert tile(owner).json()["series"][-1]["day"] > first
