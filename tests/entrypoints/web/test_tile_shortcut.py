"""Whoever asks for a tile in the same words again is answered as before, though FastAPI is not asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from hotdash.entrypoints.web import known_tiles
from hotdash.storage.appdb.repositories import identity
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD
from tests.fixtures.web import Web

TILE = "/api/v1/tiles/sales-pulse"
ADDRESS = f"{TILE}?shop={ROD}&range=7d&compare=year"
IN_OTHER_WORDS = f"{TILE}?compare=year&range=7d&shop={ROD}"


class AskedFastApiError(Exception):
    pass


@contextmanager
def without_fastapi(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    async def refuse(*_asked: object) -> None:
        raise AskedFastApiError

    with monkeypatch.context() as patched:
        patched.setattr(APIRoute, "handle", refuse)
        yield


@pytest.fixture
def owner(fresh_web: Web) -> Web:
    fresh_web.sign_in(OWNER)
    return fresh_web


def told(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """All of it, except what names this one request."""
    headers = [each for each in answer.headers.multi_items() if each[0] != "x-request-id"]
    return answer.status_code, headers, answer.content


def refused(answer: httpx.Response) -> dict[str, Any]:
    return answer.json()["error"] | {"ref": "", "status": answer.status_code}


def is_known(web: Web, query: str) -> bool:
    words = {"path": TILE, "query_string": query.encode()}
    return web.parts.known_tiles.find(words) is not None


class TestAnAddressThatIsKnown:
    def test_is_answered_with_the_same_bytes(
        self, owner: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = owner.client.get(ADDRESS)
        with without_fastapi(monkeypatch):
            again = owner.client.get(ADDRESS)
        assert first.status_code == 200
        assert told(again) == told(first)
        assert again.headers["x-request-id"] != first.headers["x-request-id"]

    def test_is_answered_with_nothing_to_who_has_it(
        self, owner: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = {"if-none-match": owner.client.get(IN_OTHER_WORDS).headers["etag"]}
        first = owner.client.get(ADDRESS, headers=known)
        with without_fastapi(monkeypatch):
            again = owner.client.get(ADDRESS, headers=known)
        assert first.status_code == 304
        assert told(again) == told(first)

    def test_is_counted_by_its_route_and_as_read(
        self, owner: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        owner.client.get(ADDRESS)
        with without_fastapi(monkeypatch):
            owner.client.get(ADDRESS)
        route = 'method="GET",route="/api/v1/tiles/{tile}",status="200"'
        assert f"hotdash_http_requests_total{{{route}}} 2.0" in owner.client.get("/metrics").text
        [(key, (reads, _))] = owner.parts.reads._counted.items()  # pyright: ignore[reportPrivateUsage]
        assert (key[0], key[3:], reads) == (ROD, ("tiles", "session"), 2)

    def test_is_refused_to_who_is_not_signed_in(self, fresh_web: Web) -> None:
        never_known = refused(fresh_web.client.get(ADDRESS))
        fresh_web.sign_in(OWNER)
        fresh_web.client.get(ADDRESS)
        fresh_web.client.cookies.clear()
        assert refused(fresh_web.client.get(ADDRESS)) == never_known
        assert never_known["code"] == "signed_out"

    def test_is_refused_to_who_lost_the_shop(self, web: Web) -> None:
        web.sign_in(OWNER)
        web.client.get(ADDRESS)
        with web.storefront.database.jobs() as session:
            identity.remove_member(session, ROD, web.storefront.user_id(OWNER))
        known = refused(web.client.get(ADDRESS))
        assert refused(web.client.get(IN_OTHER_WORDS)) == known
        assert (known["status"], known["code"]) == (404, "not_found")

    def test_is_refused_to_whose_shop_it_is_not(self, fresh_web: Web) -> None:
        foreign = f"{TILE}?shop={KYOTO}"
        fresh_web.sign_in(OWNER)
        never_known = refused(fresh_web.client.get(foreign))
        fresh_web.sign_in(AGENCY)
        assert fresh_web.client.get(foreign).status_code == 200
        fresh_web.sign_in(OWNER)
        assert refused(fresh_web.client.get(foreign)) == never_known
        assert (never_known["status"], never_known["code"]) == (404, "not_found")

    def test_is_asked_by_token_where_one_is_shown(self, owner: Web) -> None:
        owner.client.get(ADDRESS)
        dead = owner.client.get(ADDRESS, headers={"authorization": "Bearer hotdash_dead"})
        assert (dead.status_code, dead.json()["error"]["code"]) == (401, "invalid_token")

    def test_is_no_address_for_anything_but_reading(self, owner: Web) -> None:
        owner.client.get(ADDRESS)
        for method in ("HEAD", "POST"):
            assert owner.client.request(method, ADDRESS).status_code == 405


class TestWhatIsRemembered:
    def test_is_nothing_that_a_stranger_asked(self, fresh_web: Web) -> None:
        assert fresh_web.client.get(ADDRESS).status_code == 401
        assert not is_known(fresh_web, f"shop={ROD}&range=7d&compare=year")

    def test_is_nothing_that_cannot_be_read(self, owner: Web) -> None:
        query = f"shop={ROD}&range=8d"
        assert owner.client.get(f"{TILE}?{query}").status_code == 422
        assert not is_known(owner, query)

    def test_is_nothing_long(self, owner: Web) -> None:
        short, long = (f"shop={ROD}&more={'x' * length}" for length in (10, 300))
        for query in (short, long):
            assert owner.client.get(f"{TILE}?{query}").status_code == 200
        assert (is_known(owner, short), is_known(owner, long)) == (True, False)

    def test_is_the_latest(self, owner: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(known_tiles, "_REMEMBERED", 2)
        queries = [f"shop={ROD}&more={number}" for number in range(3)]
        for query in queries:
            assert owner.client.get(f"{TILE}?{query}").status_code == 200
        assert [is_known(owner, query) for query in queries] == [False, True, True]
