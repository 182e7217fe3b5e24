import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import psycopg
import pytest

from hotdash.base.roles import Role
from hotdash.entrypoints.web.api.schemas import MetricDaysAnswer, TileAnswer
from hotdash.storage.appdb.repositories import identity
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, history
from tests.fixtures.web import Web

TILE = "/api/v1/tiles/sales-pulse"
THE_POOLS_PING = ";"
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
    execute = psycopg.Cursor.execute

    def heard(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(str(query))
        return execute(cursor, query, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", heard)
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
