"""Supabase's own access tokens at our API: only where set up, only well signed, only of people bound here."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from hotdash.governance.access.signed_words import SharedSecret
from hotdash.governance.access.vouched import VouchedPeople
from hotdash.storage.appdb.models import SUPABASE
from hotdash.storage.appdb.repositories import external_people
from tests.fixtures.storefront import KYOTO, OWNER, ROD, Storefront
from tests.fixtures.web import Web, web_in_front_of

SECRET = "a-secret-of-a-project-that-is-long-enough-0123"
SUBJECT = "5c2b8f3e-0000-4000-8000-00000000a0da"
METRICS = f"/api/v1/metrics/revenue/days?shop={ROD}"


def door(storefront: Storefront, home: Path, *, trusts_email: bool) -> Web:
    people = VouchedPeople(
        storefront.database,
        SharedSecret(SECRET),
        issuer="https://project.example/auth/v1",
        trusts_email=trusts_email,
    )
    return web_in_front_of(storefront, home, vouched=people)


def token(web: Web, secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    now = web.storefront.clock.now()
    claims = {
        "iss": "https://project.example/auth/v1",
        "aud": "authenticated",
        "role": "authenticated",
        "sub": SUBJECT,
        "email": OWNER,
        "exp": int((now + timedelta(hours=1)).timestamp()),
    } | changes
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm}, told, OctKey.import_key(secret), [algorithm])


def ask(web: Web, held: str, address: str = METRICS) -> int:
    web.as_program(held)
    return web.client.get(address).status_code


@pytest.fixture
def bound(storefront: Storefront, web_home: Path) -> Web:
    web = door(storefront, web_home, trusts_email=False)
    with storefront.database.jobs() as session:
        external_people.bind(
            session, SUPABASE, SUBJECT, storefront.user_id(OWNER), storefront.clock.now()
        )
    return web


def test_whoever_is_bound_comes_in_with_their_role_and_their_shops(bound: Web) -> None:
    assert ask(bound, token(bound)) == 200
    assert ask(bound, token(bound), METRICS.replace(ROD, KYOTO)) == 404
    assert bound.client.get(METRICS).headers["ratelimit-limit"] == "600"
    bound.client.headers.pop("authorization")
    assert bound.client.get(METRICS).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "anon"},
        {"aud": None},
        {"role": "anon"},
        {"role": "service_role"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"sub": "somebody-else"},
        {"secret": "another-secret-that-is-just-as-long-98765"},
        {"algorithm": "HS512"},
    ],
    ids=str,
)
def test_anything_else_stays_out(bound: Web, changes: dict[str, Any]) -> None:
    assert ask(bound, token(bound, **changes)) == 401


def test_who_is_disabled_stays_out(bound: Web) -> None:
    bound.storefront.disable(OWNER)
    assert ask(bound, token(bound)) == 401


def test_an_address_binds_only_where_it_is_confirmed(
    storefront: Storefront, web_home: Path
) -> None:
    careful = door(storefront, web_home, trusts_email=False)
    assert ask(careful, token(careful)) == 401
    trusting = door(storefront, web_home, trusts_email=True)
    assert ask(trusting, token(trusting, is_anonymous=True)) == 401
    assert ask(trusting, token(trusting, email="nobody@hot-rod.example")) == 401
    alike = "\N{KELVIN SIGN}enji@kyoto.example"
    assert ask(trusting, token(trusting, email=alike, sub="look-alike")) == 401
    assert ask(trusting, token(trusting)) == 200
    assert ask(trusting, token(trusting, sub="an-impostor")) == 401, "bound once, bound for good"
    assert ask(careful, token(careful, email=None)) == 200


def test_it_cannot_make_tokens_of_ours(bound: Web) -> None:
    bound.as_program(token(bound))
    asked = {"name": "x", "shops": [ROD], "scopes": ["see_metrics"]}
    assert bound.client.post("/api/v1/tokens", json=asked).status_code == 403


def test_without_the_setting_nobody_is_vouched_for(web: Web) -> None:
    assert ask(web, token(web)) == 401
