"""A project's keys, which are worth nothing once rotated: signed tokens that say a role, and newer ones that do not."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.supabase.errors import bad_claims, bad_token

ANON, SERVICE = "anon", "service_role"
PROJECT = "simulatedprojectref"
_ISSUED = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
_EXPIRES = int(datetime(2040, 1, 1, tzinfo=UTC).timestamp())


class Keys:
    """They open nothing anywhere else. The same rotations make the same keys."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self.rotations = 0

    @property
    def anon(self) -> str:
        return self.signed({"role": ANON, "iat": _ISSUED, "exp": _EXPIRES})

    @property
    def service(self) -> str:
        return self.signed({"role": SERVICE, "iat": _ISSUED, "exp": _EXPIRES})

    @property
    def publishable(self) -> str:
        return f"sb_publishable_simulated{self.rotations}"

    @property
    def secret(self) -> str:
        return f"sb_secret_simulated{self.rotations}"

    def told(self) -> dict[str, str]:
        return {
            ANON: self.anon,
            SERVICE: self.service,
            "publishable": self.publishable,
            "secret": self.secret,
        }

    def opens(self, key: str) -> bool:
        return any(hmac.compare_digest(key, known) for known in self.told().values())

    def role_of_key(self, key: str) -> str:
        """The gateway makes a token of a key that is none."""
        roles = {self.publishable: ANON, self.secret: SERVICE}
        return roles[key] if key in roles else self.role_of(key)

    def role_of(self, token: str) -> str:
        """What PostgREST makes of a bearer token."""
        parts = token.split(".")
        if len(parts) != 3:
            raise bad_token(f"Expected 3 parts in JWT; got {len(parts)}")
        if not hmac.compare_digest(self._signature(f"{parts[0]}.{parts[1]}"), parts[2]):
            raise bad_token("No suitable key or wrong key type")
        claims: Mapping[str, Any] = json.loads(_decoded(parts[1]))
        now = self._clock.now().timestamp()
        if claims.get("exp", now) < now:
            raise bad_claims("JWT expired")
        if claims.get("iat", now) > now:
            raise bad_claims("JWT issued at future")
        return str(claims.get("role", ANON))

    def signed(self, claims: Mapping[str, Any]) -> str:
        whole = {"iss": "supabase", "ref": PROJECT, **claims}
        head = _encoded(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        body = f"{head}.{_encoded(json.dumps(whole).encode())}"
        return f"{body}.{self._signature(body)}"

    def _signature(self, body: str) -> str:
        secret = f"simulated-secret-{self.rotations}".encode()
        return _encoded(hmac.new(secret, body.encode(), hashlib.sha256).digest())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
