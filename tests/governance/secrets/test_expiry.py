"""When a key ends, in words; what no key tells stays unknown."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest

from hotdash.governance.secrets.expiry import Ending, end_of_token

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def token(claims: object) -> str:
    return f"e30.{urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.sig"


def test_a_signed_token_says_when_it_ends() -> None:
    assert end_of_token(token({"exp": 1_800_000_000})) == datetime(2027, 1, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "secret",
    ["", "sb_secret_abc", "a.b.c", token([]), token({"exp": "soon"}), token({"exp": 1e30})],
)
def test_anything_else_says_nothing(secret: str) -> None:
    assert end_of_token(secret) is None


@pytest.mark.parametrize(
    ("left", "is_soon", "is_urgent", "says"),
    [
        (timedelta(days=15), False, False, "ends in 15 days"),
        (timedelta(days=14), True, False, "ends in 14 days"),
        (timedelta(days=2), True, True, "ends in 2 days"),
        (timedelta(hours=30), True, True, "ends within two days"),
        (timedelta(0), True, True, "ended at 2026-11-20"),
    ],
)
def test_it_is_told_in_time(left: timedelta, is_soon: bool, is_urgent: bool, says: str) -> None:
    ending = Ending("the mirror", NOW + left, "Make another.")
    assert (ending.is_soon(NOW), ending.is_urgent(NOW)) == (is_soon, is_urgent)
    assert says in ending.sentence(NOW)
