"""Signing in at another service: OpenID Connect, authorization code with PKCE, state and nonce."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from hotdash.base.address import is_loopback
from hotdash.base.errors import SettingsError, UnavailableError
from hotdash.base.roles import Role
from hotdash.governance.access.outside_service import (
    PATIENCE_SECONDS,
    OutsideService,
    json_of,
)
from hotdash.governance.access.signed_words import (
    PublishedKeys,
    check_claims,
    not_believed,
)
from hotdash.governance.access.tokens import may_name_somebody

PENDING_FOR = timedelta(minutes=10)
_LONGEST_CODE = 4096
_SCOPE = "openid email profile"
_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class DomainRule:
    """Whoever has a verified address of this domain comes in with this role, in these shops."""

    domain: str
    role: Role
    shops: Sequence[str]

    @classmethod
    def parse(cls, told: str) -> "DomainRule":
        """example.com=viewer@shop-a+shop-b"""
        domain, _, rest = told.strip().partition("=")
        role, _, shops = rest.partition("@")
        named = tuple(each for each in shops.split("+") if each)
        if not domain or "." not in domain or not named or role not in set(Role) - {Role.OWNER}:
            raise SettingsError(
                f"The rule {told.strip()!r} of oidc_domains cannot be read.",
                hint="Write it like example.com=viewer@shop-a+shop-b; owner is given by hand only.",
                field="oidc_domains",
            )
        return cls(domain.lower(), Role(role), named)


@dataclass(frozen=True, slots=True)
class OidcClient:
    """As the service knows this installation."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    name: str
    redirect_uri: str
    rules: Sequence[DomainRule] = ()
    # Then they are asked for there again, however long a sign-in lasts otherwise.
    session_lasts: timedelta = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Pending:
    """What this browser has to bring back, or nobody comes in."""

    state: str
    nonce: str
    verifier: str = field(repr=False)
    next: str
    began_at: datetime

    @classmethod
    def new(cls, next_address: str, now: datetime) -> "Pending":
        tokens = [secrets.token_urlsafe(32) for _ in range(3)]
        return cls(*tokens, next=next_address, began_at=now)


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody as the service vouches for them."""

    issuer: str
    subject: str
    email: str | None
    is_verified: bool
    name: str


class OidcProvider:
    def __init__(
        self,
        client: OidcClient,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.client = client
        self._service = OutsideService(clock, patience)
        self._keys = PublishedKeys(lambda: self._endpoint("jwks_uri"), clock, self._service)
        self._lock = threading.Lock()
        self._discovered: dict[str, Any] | None = None

    def sign_in_address(self, pending: Pending) -> str:
        challenge = hashlib.sha256(pending.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uri,
            "scope": _SCOPE,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = self._endpoint("authorization_endpoint")
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"

    def prove(self, pending: Pending, told: Mapping[str, str], now: datetime) -> Proven:
        """What came back to us, exchanged for words that the service signed."""
        if now - pending.began_at > PENDING_FOR:
            raise not_believed("this sign-in began too long ago")
        if not secrets.compare_digest(told.get("state", "").encode(), pending.state.encode()):
            raise not_believed("it answers another sign-in than this browser's")
        if told.get("iss", self.client.issuer) != self.client.issuer:
            raise not_believed("it comes from another service")
        code = told.get("code", "")
        if not code:
            raise not_believed(f"the service answered {told.get('error', 'nothing')[:60]!r}")
        if len(code) > _LONGEST_CODE or not (code.isascii() and code.isprintable()):
            raise not_believed("what came back is no code")
        claims = self._keys.read(self._exchange(code, pending.verifier))
        check_claims(
            claims,
            int(now.timestamp()),
            iss=self.client.issuer,
            aud=self.client.client_id,
            nonce=pending.nonce,
        )
        if claims.get("azp", self.client.client_id) != self.client.client_id:
            raise not_believed("it was made for another application")
        return _proven(self.client.issuer, claims)

    def _exchange(self, code: str, verifier: str) -> str:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uri,
            "code_verifier": verifier,
            "client_id": self.client.client_id,
        }
        secret, basic = self.client.client_secret, None
        if secret is not None:
            if "client_secret_post" in self._document().get(
                "token_endpoint_auth_methods_supported", ()
            ):
                asked["client_secret"] = secret
            else:
                basic = httpx.BasicAuth(self.client.client_id, secret)
        endpoint = self._endpoint("token_endpoint")
        with self._service.turn():
            token = json_of(self._service.submit(endpoint, asked, basic)).get("id_token")
        if not isinstance(token, str):
            raise not_believed("it did not take the code")
        return token

    def _endpoint(self, name: str) -> str:
        address = self._document().get(name)
        if not isinstance(address, str) or not _is_private(address):
            raise UnavailableError(
                f"The sign-in service names no {name} that can be used.",
                hint="It must be an https address; see the setting oidc_issuer.",
                field="oidc_issuer",
            )
        return address

    def _document(self) -> dict[str, Any]:
        if self._discovered is not None:
            return self._discovered
        with self._service.turn(), self._lock:
            if self._discovered is None:
                self._discovered = self._discover()
            return self._discovered

    def _discover(self) -> dict[str, Any]:
        found = self._service.document(f"{self.client.issuer.rstrip('/')}{_DISCOVERY}")
        if found.get("issuer") != self.client.issuer:
            raise UnavailableError(
                "The sign-in service calls itself by another name than oidc_issuer says.",
                hint="Set oidc_issuer to exactly the issuer in its discovery document.",
                field="oidc_issuer",
            )
        return found


def _proven(issuer: str, claims: Mapping[str, Any]) -> Proven:
    email = claims.get("email")
    return Proven(
        issuer,
        str(claims["sub"]),
        email if isinstance(email, str) else None,
        # Some services write it as text.
        claims.get("email_verified") in (True, "true") and may_name_somebody(email),
        str(claims.get("name") or ""),
    )


def _is_private(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
