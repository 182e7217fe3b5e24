"""Signing in to Google, against a token address that verifies what it is shown."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from hotdash.base.clock import FixedClock
from hotdash.base.errors import HotdashError
from hotdash.base.http import Call, RetryPolicy
from hotdash.connectors.calling import Caller, VendorAccessError, VendorUnavailableError
from hotdash.connectors.google_auth import GoogleTokens
from hotdash.connectors.spec import Access
from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.doors import FaultyDoors
from hotdash.simulators.faults import Fault, FaultKind
from hotdash.simulators.google_tokens import TokenDesk
from hotdash.simulators.simulation import Simulation
from hotdash.simulators.world import World

READ = "https://www.googleapis.com/auth/analytics.readonly"
EDIT = "https://www.googleapis.com/auth/analytics.edit"
ADDRESS = "http://google.test/ga4"
HASTY = RetryPolicy(attempts=7, shortest_wait=0.001, longest_wait=0.01)


@dataclass
class Google:
    """The token address, a client of it, and a clock that both read."""

    simulation: Simulation
    desk: TokenDesk
    http: TestClient
    clock: FixedClock
    calls: list[Call] = field(default_factory=list[Call])

    def service_account(self) -> dict[str, str]:
        return self.desk.service_account(self.simulation.shops[0], ADDRESS)

    def consent(self) -> dict[str, str]:
        return self.desk.consent(self.simulation.shops[0], ADDRESS)

    def tokens(self, fields: Mapping[str, str], *scopes: str) -> GoogleTokens:
        access = Access("hot-rod-an", fields, self.clock, observe=self.calls.append, policy=HASTY)
        caller = Caller.of("ga4", access)
        return GoogleTokens(fields, caller, self.http, self.clock, scopes or (READ,))

    def advance(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.simulation.clock.set(self.clock.now())

    def switch(self, **what: object) -> None:
        self.http.post(f"{ADDRESS}/_switches/tokens", json=what).raise_for_status()


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    now = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    simulation = Simulation(World(20, 7, now), SimulatedClock(now, frozen=True), tmp_path)
    desk = TokenDesk(simulation, "ga4", (READ, EDIT))
    doors = FaultyDoors(
        Starlette(routes=[*desk.routes, Mount("/_switches", routes=list(desk.switches))]),
        simulation,
        "ga4",
        lambda _http: ("token", None),
    )
    with TestClient(Starlette(routes=[Mount("/ga4", doors)])) as http:
        yield Google(simulation, desk, http, FixedClock(now))


@pytest.mark.parametrize("way", ["service_account", "consent"])
class TestBothWays:
    def test_a_token_is_given(self, google: Google, way: str) -> None:
        tokens = google.tokens(getattr(google, way)())
        assert tokens.bearer().startswith("ya29.")
        assert READ in tokens.granted()

    def test_it_is_kept_until_shortly_before_it_runs_out(self, google: Google, way: str) -> None:
        tokens = google.tokens(getattr(google, way)())
        first = tokens.bearer()
        google.advance(timedelta(minutes=58))
        assert tokens.bearer() == first
        google.advance(timedelta(minutes=1))
        assert tokens.bearer() != first
        assert [call.operation for call in google.calls] == ["token", "token"]

    def test_a_forgotten_one_is_asked_for_anew(self, google: Google, way: str) -> None:
        tokens = google.tokens(getattr(google, way)())
        first = tokens.bearer()
        tokens.forget()
        assert tokens.bearer() != first

    def test_a_revoked_one_is_one_call_and_a_clear_error(self, google: Google, way: str) -> None:
        fields = getattr(google, way)()
        google.switch(shop="hot-rod-an", revoked=True)
        with pytest.raises(VendorAccessError, match="invalid_grant") as refused:
            google.tokens(fields).bearer()
        assert len(google.calls) == 1
        told = f"{refused.value!r} {refused.value} {refused.value.hint}"
        public = ("token_url", "client_id")
        secrets = [
            line
            for name, value in fields.items()
            if name not in public
            for line in value.replace("\\n", "\n").splitlines()
        ]
        assert not [secret for secret in secrets if secret in told]

    def test_only_what_was_granted_counts(self, google: Google, way: str) -> None:
        google.switch(shop="hot-rod-an", scopes=[EDIT])
        assert google.tokens(getattr(google, way)(), READ, EDIT).granted() == (EDIT,)

    def test_what_fails_for_a_moment_is_tried_again(self, google: Google, way: str) -> None:
        for kind in (FaultKind.SERVER_ERROR, FaultKind.TOO_MANY_REQUESTS, FaultKind.TRUNCATED):
            google.simulation.faults.add(Fault(kind, times=1))
        assert google.tokens(getattr(google, way)()).bearer()
        assert len(google.calls) == 4


class TestServiceAccount:
    def changed(self, google: Google, **changes: str) -> dict[str, str]:
        key = json.loads(google.service_account()["service_account_json"])
        return {"service_account_json": json.dumps({**key, **changes})}

    def test_a_key_of_somebody_else_signs_nothing(self, google: Google) -> None:
        other = RSAKey.generate_key(2048).as_pem(private=True).decode()
        with pytest.raises(VendorAccessError, match="Invalid JWT Signature"):
            google.tokens(self.changed(google, private_key=other)).bearer()

    def test_an_unknown_account_is_refused(self, google: Google) -> None:
        with pytest.raises(VendorAccessError, match="account not found"):
            google.tokens(self.changed(google, client_email="nobody@x.example")).bearer()

    def test_a_clock_that_goes_wrong_is_named(self, google: Google) -> None:
        google.clock.advance(timedelta(hours=3))
        with pytest.raises(VendorAccessError, match="clock is right"):
            google.tokens(google.service_account()).bearer()

    def test_a_scope_nobody_knows_is_refused(self, google: Google) -> None:
        with pytest.raises(VendorAccessError, match="invalid_scope"):
            google.tokens(google.service_account(), "https://x.example/scope").bearer()

    @pytest.mark.parametrize("text", ["{", "[]", "{}", '{"client_email": "a", "private_key": "b"}'])
    def test_an_unreadable_key_is_named(self, google: Google, text: str) -> None:
        with pytest.raises(HotdashError, match="cannot be read") as refused:
            google.tokens({"service_account_json": text})
        assert refused.value.field == "service_account_json"


class TestConsent:
    def test_each_missing_field_is_named(self, google: Google) -> None:
        with pytest.raises(HotdashError, match="missing: client_secret, refresh_token"):
            google.tokens({"client_id": "x"})

    def test_another_secret_is_refused(self, google: Google) -> None:
        with pytest.raises(VendorAccessError, match="invalid_client"):
            google.tokens({**google.consent(), "client_secret": "wrong"}).bearer()


def test_when_nobody_answers_nothing_is_lost(google: Google) -> None:
    google.simulation.faults.add(Fault(FaultKind.SERVER_ERROR))
    with pytest.raises(VendorUnavailableError, match="token"):
        google.tokens(google.service_account()).bearer()
    assert len(google.calls) == HASTY.attempts
