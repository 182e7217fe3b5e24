"""What another service signed: read with its own keys, by no algorithm but those that were agreed."""

import base64
import json
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, cast

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, OctKey

from hotdash.base.errors import ForbiddenError, UnavailableError
from hotdash.governance.access.outside_service import OutsideService

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

    def __init__(
        self,
        url: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
        service: OutsideService | None = None,
    ) -> None:
        self._url = url
        self._clock = clock
        self._service = service or OutsideService(clock)
        self._lock = threading.Lock()
        self._held: tuple[KeySet, float] | None = None

    def read(self, token: str) -> dict[str, Any]:
        """What is no signed token at all costs no question to the service."""
        check_form(token, self.algorithms)
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
        held = self._held_for(lasts)
        if held is not None:
            return held
        url = self._url()
        with self._service.turn(), self._lock:
            # Whoever was here just now may have fetched them.
            held = self._held_for(lasts)
            if held is None:
                held = _key_set(self._service.document(url))
                self._held = (held, self._clock())
            return held

    def _held_for(self, lasts: float) -> KeySet | None:
        held = self._held
        return held[0] if held is not None and self._clock() - held[1] <= lasts else None


class SharedSecret:
    """One secret that both sides know."""

    algorithms = SIGNED_BY_SECRET

    def __init__(self, secret: str) -> None:
        self._key = OctKey.import_key(secret)

    def read(self, token: str) -> dict[str, Any]:
        check_form(token, self.algorithms)
        try:
            return _read(token, self._key, self.algorithms)
        except (JoseError, ValueError) as error:
            raise not_believed("its signature or its form is wrong") from error


Keys = PublishedKeys | SharedSecret


def check_form(token: str, algorithms: Collection[str]) -> None:
    """Three parts, of which the first two are documents, and an algorithm that was agreed."""
    if len(token) > _LONGEST_TOKEN:
        raise not_believed("it is too long")
    parts = token.split(".")
    if len(parts) != 3 or not parts[2]:
        raise not_believed("it is no signed token")
    header = _part(parts[0])
    _part(parts[1])
    if header.get("alg") not in algorithms or not isinstance(header.get("kid", ""), str):
        raise not_believed("its signature or its form is wrong")


def _part(written: str) -> dict[str, Any]:
    try:
        told: Any = json.loads(base64.urlsafe_b64decode(f"{written}{'=' * (-len(written) % 4)}"))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise not_believed("it is no signed token")
    return cast("dict[str, Any]", told)


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
    return dict(jwt.decode(token, key, algorithms=algorithms).claims)


def _key_set(document: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(cast(Any, document))
    except (JoseError, ValueError, KeyError) as error:
        raise UnavailableError(
            "The sign-in service shows keys that cannot be read.",
            hint="Ask whoever runs it, or sign in with a password or a one-time link.",
        ) from error
