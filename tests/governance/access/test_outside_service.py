"""A sign-in service that hangs costs a few threads a few seconds, and then nobody anything."""

import base64
import json
import time
from collections.abc import Callable, Iterator
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
TIMED_PATIENCE = 3.0
CROWD = 40
SILENT = "does not answer"
CROWDED = "as many as may wait"


@pytest.fixture
def silent() -> Iterator[SilentService]:
    with silent_service() as service:
        yield service


@pytest.fixture
def ticks() -> list[float]:
    return [100.0]


@pytest.fixture
def provider(silent: SilentService, ticks: list[float]) -> OidcProvider:
    return provider_of(silent, ticks)


def provider_of(
    silent: SilentService, ticks: list[float], patience: float = PATIENCE
) -> OidcProvider:
    client = OidcClient(silent.address, "an-app", None, "x", "http://127.0.0.1/back")
    return OidcProvider(client, lambda: ticks[-1], patience)


def refusal(provider: OidcProvider) -> str:
    with pytest.raises(UnavailableError) as refused:
        provider.sign_in_address(Pending.new("/", NOW))
    return str(refused.value)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def assert_asked(silent: SilentService, times: int) -> None:
    """A connection stands before the service has taken it."""
    until(lambda: silent.connections >= times)
    assert silent.connections == times


class TestAServiceThatNeverAnswers:
    def test_is_given_up_in_bounded_time(self, silent: SilentService, ticks: list[float]) -> None:
        provider, began = provider_of(silent, ticks, TIMED_PATIENCE), time.monotonic()
        assert SILENT in refusal(provider)
        assert TIMED_PATIENCE * 0.9 < time.monotonic() - began < TIMED_PATIENCE * 3

    def test_holds_few_of_a_crowd_and_is_asked_once(
        self, silent: SilentService, ticks: list[float]
    ) -> None:
        """Nobody's patience ends here: whoever is refused while it is silent did not wait for it."""
        provider = provider_of(silent, ticks, 300.0)
        with ThreadPoolExecutor(CROWD) as crowd:
            asked = [crowd.submit(refusal, provider) for _ in range(CROWD)]
            try:
                until(lambda: sum(each.done() for each in asked) == CROWD - MOST_AT_ONCE)
                assert all(CROWDED in each.result() for each in asked if each.done())
                assert_asked(silent, 1)
            finally:
                silent.hang_up()
        assert sum(SILENT in each.result() for each in asked) == MOST_AT_ONCE
        assert_asked(silent, 1)

    def test_is_left_alone_for_a_while_and_then_asked_again(
        self, provider: OidcProvider, silent: SilentService, ticks: list[float]
    ) -> None:
        refusal(provider)
        assert_asked(silent, 1)
        ticks.append(100.0 + LEFT_ALONE_SECONDS - 0.1)
        assert SILENT in refusal(provider)
        assert_asked(silent, 1)
        ticks.append(100.0 + LEFT_ALONE_SECONDS)
        assert SILENT in refusal(provider)
        assert_asked(silent, 2)

    def test_gives_its_places_back(
        self, provider: OidcProvider, silent: SilentService, ticks: list[float]
    ) -> None:
        for number in range(MOST_AT_ONCE + 1):
            ticks.append(1000.0 * (number + 1))
            assert SILENT in refusal(provider)
            assert_asked(silent, number + 1)


def test_what_drips_in_is_no_answer() -> None:
    with silent_service(drips=b" ") as dripping:
        service, began = OutsideService(patience=TIMED_PATIENCE), time.monotonic()
        with pytest.raises(UnavailableError, match="does not end"), service.turn():
            service.document(f"{dripping.address}/keys")
        assert time.monotonic() - began < TIMED_PATIENCE * 3


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
