"""POST /collect: what is kept, what is only counted, who is turned away."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.entrypoints.web.collector.limits import RateLimit
from hotdash.storage.appdb.click_spool import ClickSpool
from tests.entrypoints.web.collector.conftest import NOW, Collecting
from tests.fixtures.collecting import BROWSER, ORIGIN, counted, event, send, spooled


class TestWhatIsKept:
    def test_an_event_rests_in_the_spool_and_says_nothing_about_the_person(
        self, collecting: Collecting
    ) -> None:
        told = event(1, NOW, order="4711", customer="42", ip="10.1.2.3")
        answer = send(collecting.web, collecting.key, told)
        assert (answer.status_code, answer.content) == (204, b"")
        [row] = spooled(collecting.database)
        assert (row["shop_id"], row["received_at"]) == ("hot-rod-an", NOW)
        kept = {name: value for name, value in row["event"].items() if value is not None}
        assert kept == {
            "event_id": "event-000001",
            "event_type": "page_view",
            "occurred_at": "2026-11-20T18:00:00.000000Z",
            "client_at": "2026-11-20T18:00:00.000000Z",
            "visitor_id": "visitor-0001",
            "session_id": "session-0001",
            "customer_id": "42",
            "order_id": "4711",
            "landing_path": "/",
            "referrer_host": "www.google.com",
            "page_host": "www.hot-rod.example",
            "page_path": "/products/hose",
            "utm_source": "Google",
            "utm_medium": "cpc",
            "gclid": "g1",
            "device": "desktop",
            "origin": "pixel",
        }
        everything = json.dumps(row, default=str)
        assert "testclient" not in everything
        assert "127." not in everything
        assert "Mozilla" not in everything

    def test_the_same_event_is_kept_once_however_often_it_comes(
        self, collecting: Collecting
    ) -> None:
        for _ in range(3):
            send(collecting.web, collecting.key, event(1, NOW), event(2, NOW), event(1, NOW))
        assert [row["event_id"] for row in spooled(collecting.database)] == [
            *("event-000001", "event-000002")
        ]

    def test_a_wrong_clock_is_set_right_by_how_long_ago_it_was(
        self, collecting: Collecting
    ) -> None:
        wrong = NOW + timedelta(days=400)
        told = [event(1, wrong - timedelta(minutes=3)), event(2, wrong + timedelta(hours=1))]
        told += [event(3, wrong - timedelta(days=300))]
        send(collecting.web, collecting.key, *told, sent_at=wrong)
        kept = [row["event"] for row in spooled(collecting.database)]
        assert [each["occurred_at"] for each in kept] == [
            "2026-11-20T17:57:00.000000Z",
            "2026-11-20T18:00:00.000000Z",
            "2026-11-13T18:00:00.000000Z",
        ]
        assert kept[0]["client_at"] == "2027-12-25T17:57:00.000000Z"

    def test_an_event_nobody_can_read_costs_only_itself(self, collecting: Collecting) -> None:
        bad: list[dict[str, Any]] = [
            event(2, NOW, id="short"),
            event(3, NOW, type="purchase"),
            event(4, NOW, url="/\0"),
            event(5, NOW) | {"at": "yesterday"},
            event(6, NOW, visitor={"deep": []}),
            event(7, NOW, customer="Ada Lovelace"),
        ]
        answer = send(collecting.web, collecting.key, event(1, NOW), *bad)
        assert answer.status_code == 204
        assert [row["event_id"] for row in spooled(collecting.database)] == ["event-000001"]
        assert counted(collecting.database) == {("hot-rod-an", "invalid"): len(bad)}

    def test_robots_are_dropped_and_counted(self, collecting: Collecting) -> None:
        for browser in ("Mozilla/5.0 (compatible; Googlebot/2.1)", "HeadlessChrome/140", ""):
            send(collecting.web, collecting.key, event(1, NOW), event(2, NOW), browser=browser)
        assert spooled(collecting.database) == []
        assert counted(collecting.database) == {("hot-rod-an", "bot"): 6}

    def test_who_did_not_agree_is_a_number(self, collecting: Collecting) -> None:
        for _ in range(2):
            assert send(collecting.web, collecting.key, without_consent=1).status_code == 204
        assert counted(collecting.database) == {("hot-rod-an", "without_consent"): 2}


class TestWhoIsTurnedAway:
    def test_an_unknown_key(self, collecting: Collecting) -> None:
        answer = send(collecting.web, "hd_nobody_knows_this_one", event(1, NOW))
        assert answer.status_code == 403
        assert answer.json()["error"]["field"] == "key"

    @pytest.mark.parametrize("origin", ["https://evil.example", "http://www.hot-rod.example", None])
    def test_a_page_of_another_site(self, collecting: Collecting, origin: str | None) -> None:
        answer = send(collecting.web, collecting.key, event(1, NOW), origin=origin)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
        assert spooled(collecting.database) == []

    def test_a_key_writes_into_its_own_shop_and_no_other(self, collecting: Collecting) -> None:
        send(collecting.web, collecting.key, event(1, NOW, shop_id="kustom-kyoto"))
        send(collecting.web, collecting.other_key, event(1, NOW))
        assert [row["shop_id"] for row in spooled(collecting.database)] == [
            *("hot-rod-an", "kustom-kyoto")
        ]

    def test_a_renewed_key_shuts_the_old_one_out(self, collecting: Collecting) -> None:
        ClickSpool(collecting.database, "hot-rod-an").renew_key()
        assert send(collecting.web, collecting.key, event(1, NOW)).status_code == 403

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 422),
            (b"[]", 422),
            (b"not json", 422),
            (b'{"key": "hd_xxxxxxxxxxxxxxxxxx"}', 422),
            (b"[" * 60_000, 422),
            (b'{"key": "\\ud800xxxxxxxxxxxxxxxxxx", "sent_at": 1}', 422),
            (b"\xff" * 100, 422),
            (b" " * 66_000, 413),
        ],
    )
    def test_what_is_no_batch(self, collecting: Collecting, body: bytes, status: int) -> None:
        answer = send(collecting.web, collecting.key, body=body)
        assert answer.status_code == status
        assert answer.json()["error"]["hint"]

    def test_more_than_fifty_events(self, collecting: Collecting) -> None:
        answer = send(collecting.web, collecting.key, *(event(n, NOW) for n in range(51)))
        assert answer.status_code == 422

    def test_too_many_from_one_address(self, collecting: Collecting) -> None:
        collecting.web.parts.collector.by_address = RateLimit(1, 3)
        told = [send(collecting.web, collecting.key, event(n, NOW)) for n in range(5)]
        assert [answer.status_code for answer in told] == [204, 204, 204, 429, 429]
        assert int(told[-1].headers["retry-after"]) >= 1

    def test_too_many_with_one_key(self, collecting: Collecting) -> None:
        collecting.web.parts.collector.by_key = RateLimit(1, 2)
        told = [send(collecting.web, collecting.key, event(n, NOW)) for n in range(3)]
        assert [answer.status_code for answer in told] == [204, 204, 429]
        assert send(collecting.web, collecting.other_key, event(1, NOW)).status_code == 204


class TestTheAnswer:
    def test_is_for_the_shops_own_page_and_sets_no_cookie(self, collecting: Collecting) -> None:
        answer = send(collecting.web, collecting.key, event(1, NOW))
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "access-control-allow-credentials" not in answer.headers
        assert "set-cookie" not in answer.headers

    def test_no_session_is_looked_at(self, collecting: Collecting) -> None:
        """A person who is signed in here is nobody there."""
        collecting.web.hold_session("whatever")
        assert send(collecting.web, collecting.key, event(1, NOW)).status_code == 204

    def test_guessing_keys_asks_the_database_once_each(self, collecting: Collecting) -> None:
        collector = collecting.web.parts.collector
        for _ in range(3):
            send(collecting.web, "hd_nobody_knows_this_one", event(1, NOW))
        assert "hd_nobody_knows_this_one" in collector._sites
        key = site_of_nobody(collecting, "hd_nobody_knows_this_one")
        assert send(collecting.web, key, event(1, NOW)).status_code == 403

    def test_the_pixel_is_a_script_that_may_be_kept_for_an_hour(
        self, collecting: Collecting
    ) -> None:
        answer = collecting.web.client.get("/pixel.js")
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=3600"
        again = collecting.web.client.get(
            "/pixel.js", headers={"if-none-match": answer.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")


def site_of_nobody(collecting: Collecting, key: str) -> str:
    with collecting.database.jobs() as session:
        session.execute(
            text("update app.click_sites set site_key = :key where shop_id = 'kustom-kyoto'"),
            {"key": key},
        )
    return key


class TestRateLimit:
    def test_a_bucket_fills_up_again(self) -> None:
        now = [0.0]
        limit = RateLimit(2, 2, clock=lambda: now[0])
        assert [limit.take("a") for _ in range(3)] == [0, 0, 0.5]
        now[0] = 0.5
        assert limit.take("a") == 0
        assert limit.take("b") == 0

    def test_it_never_holds_more_than_it_may(self) -> None:
        limit = RateLimit(1, 1, clock=lambda: 0.0, most=10)
        for number in range(1_000):
            limit.take(str(number))
        assert len(limit) == 10


def test_browsers_are_told_apart() -> None:
    from hotdash.connectors.clickstream.devices import device_of

    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
    tablet = "Mozilla/5.0 (Linux; Android 15; SM-X900) Chrome/140 Safari/537.36"
    told = [device_of(each) for each in (BROWSER, phone, tablet, "curl/8.0", None)]
    assert told == ["desktop", "mobile", "tablet", "bot", "bot"]
