"""A sign-in service that hangs costs a few threads a few seconds, and then nobody anything."""

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from hotdash.base.errors import ForbiddenError, HotdashError, UnavailableError
from hotdash.governance.access.oidc import OidcClient, OidcProvider, Pending
from hotdash.governance.access.outside_service import (
    LEFT_ALONE_SECONDS,
    MOST_AT_ONCE,
    OutsideService,
)
from hotdash.governance.access.signed_words import PublishedKeys
from tests.fixtures.silent_service import SilentService, silent_service

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PATIENCE = 0.8
AT_ONCE = PATIENCE / 2
CROWD = 40


@pytest.fixture
def silent() -> Iterator[SilentService]:
    with silent_service() as service:
        yield service


@pytest.fixture
def ticks() -> list[float]:
    return [100.0]


@pytest.fixture
def provider(silent: SilentService, ticks: list[float]) -> OidcProvider:
    client = OidcClient(silent.address, "an-app", None, "x", "http://127.0.0.1/back")
    return OidcProvider(client, lambda: ticks[-1], PATIENCE)


def timed(provider: OidcProvider) -> float:
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        provider.sign_in_address(Pending.new("/", NOW))
    return time.monotonic() - began


class TestAServiceThatNeverAnswers:
    def test_is_given_up_in_bounded_time(self, provider: OidcProvider) -> None:
        assert PATIENCE * 0.9 < timed(provider) < PATIENCE * 3

    def test_holds_few_of_a_crowd_and_is_asked_once(
        self, provider: OidcProvider, silent: SilentService
    ) -> None:
        with ThreadPoolExecutor(CROWD) as crowd:
            took = list(crowd.map(lambda _: timed(provider), range(CROWD)))
        assert len([each for each in took if each > AT_ONCE]) <= MOST_AT_ONCE
        assert max(took) < PATIENCE * 3
        assert silent.connections == 1

    def test_is_left_alone_for_a_while_and_then_asked_again(
        self, provider: OidcProvider, silent: SilentService, ticks: list[float]
    ) -> None:
        timed(provider)
        ticks.append(100.0 + LEFT_ALONE_SECONDS - 0.1)
        assert timed(provider) < AT_ONCE
        assert silent.connections == 1
        ticks.append(100.0 + LEFT_ALONE_SECONDS)
        assert timed(provider) > AT_ONCE
        assert silent.connections == 2

    def test_gives_its_places_back(
        self, provider: OidcProvider, silent: SilentService, ticks: list[float]
    ) -> None:
        for number in range(MOST_AT_ONCE + 1):
            ticks.append(1000.0 * (number + 1))
            assert timed(provider) > AT_ONCE
        assert silent.connections == MOST_AT_ONCE + 1


def test_what_drips_in_is_no_answer() -> None:
    with silent_service(drips=b" ") as dripping:
        service, began = OutsideService(patience=PATIENCE), time.monotonic()
        with pytest.raises(UnavailableError, match="does not end"), service.turn():
            service.document(f"{dripping.address}/keys")
        assert time.monotonic() - began < PATIENCE * 3


def test_nothing_but_a_few_may_wait() -> None:
    """Each waits for another thing, so that the lock of one does not hold them."""
    service = OutsideService(patience=PATIENCE)
    turns = [service.turn() for _ in range(MOST_AT_ONCE)]
    for each in turns:
        each.__enter__()
    with pytest.raises(UnavailableError, match="as many as may wait"), service.turn():
        pass
    for each in turns:
        each.__exit__(None, None, None)
    with service.turn():
        pass


def part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


RIGHT = part({"alg": "RS256", "kid": "k"})
GARBAGE = [
    "",
    "ey.no.jwt",
    "..",
    "a" * 20_000,
    f"{RIGHT}.{part({})}",
    f"{RIGHT}.{part({})}.",
    f"{RIGHT}.{part([])}.c2ln",
    f"{RIGHT}.{'[' * 5000}.c2ln",
    f"{part('RS256')}.{part({})}.c2ln",
    f"{part({'alg': 'none'})}.{part({})}.c2ln",
    f"{part({'alg': 'HS256'})}.{part({})}.c2ln",
    f"{part({'alg': ['RS256']})}.{part({})}.c2ln",
    f"{part({'alg': 'RS256', 'kid': {}})}.{part({})}.c2ln",
    f"{RIGHT}.{part({})}.c2ln.more",
    "\N{SNOWMAN}.\N{SNOWMAN}.\N{SNOWMAN}",
]


@pytest.mark.parametrize("token", GARBAGE, ids=lambda each: str(each)[:20])
def test_what_is_no_signed_token_asks_nobody(silent: SilentService, token: str) -> None:
    keys = PublishedKeys(
        lambda: f"{silent.address}/keys", service=OutsideService(patience=PATIENCE)
    )
    with pytest.raises(ForbiddenError):
        keys.read(token)
    assert silent.connections == 0


def test_what_might_be_one_does(silent: SilentService) -> None:
    keys = PublishedKeys(
        lambda: f"{silent.address}/keys", service=OutsideService(patience=PATIENCE)
    )
    with pytest.raises(UnavailableError):
        keys.read(f"{RIGHT}.{part({})}.c2ln")
    assert silent.connections == 1


@pytest.mark.parametrize(
    "told", [{}, {"code": ""}, {"code": "x" * 5000}, {"code": "a\nb"}, {"code": "\N{SNOWMAN}"}]
)
def test_a_code_that_is_none_asks_nobody(
    provider: OidcProvider, silent: SilentService, told: dict[str, str]
) -> None:
    pending = Pending.new("/", NOW)
    with pytest.raises(HotdashError) as refused:
        provider.prove(pending, {"state": pending.state} | told, NOW)
    assert refused.value.http_status == 403
    assert silent.connections == 0
