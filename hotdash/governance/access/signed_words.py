"""What another service signed: read with its own keys, by no algorithm but those that were agreed."""

import threading
import time
from collections.abc import Callable, Collection
from typing import Any, cast

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, OctKey

from hotdash.base.errors import ForbiddenError, UnavailableError
from hotdash.base.http import open_client, why

# A service that changes its keys names a new one; one that is asked for nonsense is not asked again.
_KEYS_LAST_SECONDS = 600.0
_ASK_AGAIN_SECONDS = 30.0
SIGNED_BY_KEY_PAIR = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
SIGNED_BY_SECRET = ("HS256",)
_LONGEST_TOKEN = 16_384


class UnbelievableError(ForbiddenError):
    """Signed by nobody known, for somebody else, or over."""

    code = "not_believed"


def not_believed(why_not: str) -> UnbelievableError:
    return UnbelievableError(
        f"What the sign-in service says cannot be believed: {why_not}.",
        hint="Sign in again; if it stays so, compare its address and client id with the settings.",
    )


class PublishedKeys:
    """A key set behind an address, asked for again when it is old or a key in it is missing."""

    algorithms = SIGNED_BY_KEY_PAIR

    def __init__(self, url: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._held: tuple[KeySet, float] | None = None

    def read(self, token: str) -> dict[str, Any]:
        try:
            return _read(token, self._keys(_KEYS_LAST_SECONDS), self.algorithms)
        except InvalidKeyIdError:
            try:
                return _read(token, self._keys(_ASK_AGAIN_SECONDS), self.algorithms)
            except JoseError as error:
                raise not_believed("nobody known has signed it") from error
        except (JoseError, ValueError) as error:
            raise not_believed("its signature or its form is wrong") from error

    def _keys(self, lasts: float) -> KeySet:
        with self._lock:
            if self._held is None or self._clock() - self._held[1] > lasts:
                self._held = (_key_set(fetch_document(self._url())), self._clock())
            return self._held[0]


class SharedSecret:
    """One secret that both sides know."""

    algorithms = SIGNED_BY_SECRET

    def __init__(self, secret: str) -> None:
        self._key = OctKey.import_key(secret)

    def read(self, token: str) -> dict[str, Any]:
        try:
            return _read(token, self._key, self.algorithms)
        except (JoseError, ValueError) as error:
            raise not_believed("its signature or its form is wrong") from error


Keys = PublishedKeys | SharedSecret


def fetch_document(url: str) -> dict[str, Any]:
    try:
        with open_client(read_timeout=10.0) as client:
            answer = client.get(url)
            answer.raise_for_status()
            document: Any = answer.json()
    except httpx.TransportError as error:
        raise _unreachable(url, why(error)) from error
    except (httpx.HTTPStatusError, ValueError) as error:
        raise _unreachable(url, type(error).__name__) from error
    if not isinstance(document, dict):
        raise _unreachable(url, "no document")
    return cast("dict[str, Any]", document)


def check_claims(claims: dict[str, Any], now: int, **expected: Any) -> None:
    """Time with a minute of grace, and each expected claim with its one value."""
    options = {name: {"essential": True, "value": value} for name, value in expected.items()}
    registry = jwt.JWTClaimsRegistry(
        now=now, leeway=60, exp={"essential": True}, sub={"essential": True}, **cast(Any, options)
    )
    try:
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise not_believed(f"{getattr(error, 'claim', None) or 'a claim'} is not right") from error
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise not_believed("it names nobody")


def _read(token: str, key: KeySet | OctKey, algorithms: Collection[str]) -> dict[str, Any]:
    if len(token) > _LONGEST_TOKEN:
        raise not_believed("it is too long")
    return dict(jwt.decode(token, key, algorithms=algorithms).claims)


def _key_set(document: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(cast(Any, document))
    except (JoseError, ValueError, KeyError) as error:
        raise UnavailableError(
            "The sign-in service shows keys that cannot be read.",
            hint="Ask whoever runs it, or sign in with a password or a one-time link.",
        ) from error


def _unreachable(url: str, reason: str) -> UnavailableError:
    return UnavailableError(
        f"The sign-in service at {url} does not answer: {reason}.",
        hint="Wait a moment; a password or a one-time link works without it.",
    )
