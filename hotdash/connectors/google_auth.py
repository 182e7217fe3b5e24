"""Signing in to Google: a service account's key or a person's consent becomes a token that lasts an hour."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from hotdash.base.address import is_loopback
from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.base.reach import Reach
from hotdash.connectors.calling import (
    Caller,
    Measured,
    VendorAccessError,
    VendorAnswerError,
    json_of,
    send,
)
from hotdash.connectors.spec import CredentialField

TOKEN_URL = "https://oauth2.googleapis.com/token"
TOKEN_OPERATION = "token"
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_RENEWED_BEFORE = timedelta(seconds=60)
_ASSERTED_FOR = timedelta(hours=1)
_OK = 200
_LONGEST_TOLD = 200

# Those that stand in keys Google made, old ones included.
_GOOGLES_HOSTS = ("oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com")

SERVICE_ACCOUNT = "service_account_json"
CONSENT = ("client_id", "client_secret", "refresh_token")


def refuse_strange_token_address(told: str, stored: str, reach: Reach) -> None:
    """A key is a file that says where it is sent: only to Google, unless the machine said elsewhere."""
    url = _service_account(told).url
    if url == _told_at_the_machine(stored) or _is_googles(url) or _is_own(url, reach):
        return
    raise HotdashError(
        "The key's token_uri is no address of Google.",
        hint=f"Take the JSON file as Google gave it; its token_uri is {TOKEN_URL}. Another is "
        "said at the machine: `hotdash connect`.",
        field=SERVICE_ACCOUNT,
    )


def _told_at_the_machine(stored: str) -> str | None:
    try:
        return _service_account(stored).url
    except HotdashError:
        return None


def _is_googles(url: str) -> bool:
    parts = _parts(url)
    return parts is not None and parts.scheme == "https" and parts.host in _GOOGLES_HOSTS


def _is_own(url: str, reach: Reach) -> bool:
    parts = _parts(url)
    return reach is Reach.PUBLIC_OR_LOOPBACK and parts is not None and is_loopback(parts.host)


def _parts(url: str) -> httpx.URL | None:
    """Read as the client that will call it reads it."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        return None


GOOGLE_FIELDS: tuple[CredentialField, ...] = (
    CredentialField(
        SERVICE_ACCOUNT,
        "the service account's key, the whole JSON file",
        "Make one in the Google Cloud console: IAM → Service accounts → Keys. "
        "Leave it empty when you sign in with client_id, client_secret and refresh_token.",
        secret=True,
        required=False,
        check_of_page=refuse_strange_token_address,
    ),
    CredentialField(
        "client_id",
        "the OAuth client's id, without a service account",
        "It stands in the Google Cloud console under APIs & Services → Credentials.",
        required=False,
    ),
    CredentialField(
        "client_secret",
        "the OAuth client's secret",
        "It stands beside the client's id.",
        secret=True,
        required=False,
    ),
    CredentialField(
        "refresh_token",
        "the refresh token of the person who consented",
        "It comes once, when the consent is given with access_type=offline.",
        secret=True,
        required=False,
    ),
)


class _Grant(Protocol):
    """What is shown to Google for a token, and what to do when it is refused."""

    @property
    def url(self) -> str: ...

    @property
    def mend(self) -> str: ...

    def form(self, now: datetime, scopes: Sequence[str]) -> dict[str, str]: ...


@dataclass(frozen=True)
class _ServiceAccount:
    url: str
    email: str
    key_id: str | None
    key: RSAKey = field(repr=False)
    mend: str = (
        "Make a new key for the service account, store its JSON anew, and see that this "
        "machine's clock is right."
    )

    def form(self, now: datetime, scopes: Sequence[str]) -> dict[str, str]:
        header = {"alg": "RS256", "typ": "JWT"}
        if self.key_id:
            header["kid"] = self.key_id
        claims = {
            "iss": self.email,
            "scope": " ".join(scopes),
            "aud": self.url,
            "iat": int(now.timestamp()),
            "exp": int((now + _ASSERTED_FOR).timestamp()),
        }
        return {"grant_type": _JWT_GRANT, "assertion": jwt.encode(header, claims, self.key)}


@dataclass(frozen=True)
class _Consent:
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    mend: str = "Sign in with Google again and store the new refresh_token (and its client) anew."

    def form(self, now: datetime, scopes: Sequence[str]) -> dict[str, str]:
        """What was consented to is fixed: the answer says which scopes that is."""
        del now, scopes
        return {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
        }


@dataclass(frozen=True)
class _Token:
    text: str = field(repr=False)
    scopes: tuple[str, ...]
    fresh_until: datetime


class GoogleTokens:
    """One account's access token, asked for when it is needed and again shortly before it runs out."""

    def __init__(
        self,
        fields: Mapping[str, str],
        caller: Caller,
        http: httpx.Client,
        clock: Clock,
        scopes: Sequence[str],
    ) -> None:
        self._grant = _grant_of(fields)
        self._caller = caller
        self._http = http
        self._clock = clock
        self._scopes = tuple(scopes)
        self._held: _Token | None = None

    def bearer(self) -> str:
        return self._token().text

    def granted(self) -> tuple[str, ...]:
        """The scopes that Google says the token carries; those asked for where it does not say."""
        return self._token().scopes

    def forget(self) -> None:
        """After a 401: the token was revoked before its time, the next one is asked for anew."""
        self._held = None

    def _token(self) -> _Token:
        if self._held is None or self._clock.now() >= self._held.fresh_until:
            self._held = self._caller.call(TOKEN_OPERATION, self._exchange)
        return self._held

    def _exchange(self, _measured: Measured) -> _Token:
        asked_at = self._clock.now()
        form = self._grant.form(asked_at, self._scopes)
        response = send(self._http, self._http.build_request("POST", self._grant.url, data=form))
        if response.status_code != _OK:
            raise self._refused(response)
        told = json_of(response)
        try:
            lasts = timedelta(seconds=int(told["expires_in"]))
            granted = tuple(str(told["scope"]).split()) if "scope" in told else self._scopes
            return _Token(str(told["access_token"]), granted, asked_at + lasts - _RENEWED_BEFORE)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise VendorAnswerError(
                f"Google's token address answered {self._caller.shop_id} without a token.",
                hint="Check token_uri in the key's JSON, or token_url.",
            ) from error

    def _refused(self, response: httpx.Response) -> VendorAccessError:
        return VendorAccessError(
            f"Google does not let {self._caller.vendor} of {self._caller.shop_id} sign in: "
            f"{_said(response)}.",
            hint=self._grant.mend,
        )


def _said(response: httpx.Response) -> str:
    """`invalid_grant (why)`, or the status where the answer has no such words."""
    try:
        told: Any = json.loads(response.content)
        words = [str(told[key]) for key in ("error", "error_description") if told.get(key)]
    except (ValueError, TypeError, AttributeError, KeyError):
        words = []
    if not words:
        return f"HTTP {response.status_code}"
    code, *why = (word.rstrip(".")[:_LONGEST_TOLD] for word in words)
    return f"{code} ({why[0]})" if why else code


def _grant_of(fields: Mapping[str, str]) -> _Grant:
    if fields.get(SERVICE_ACCOUNT):
        return _service_account(fields[SERVICE_ACCOUNT])
    missing = [name for name in CONSENT if not fields.get(name)]
    if missing:
        raise HotdashError(
            f"Google needs {SERVICE_ACCOUNT}, or {', '.join(CONSENT)}; "
            f"missing: {', '.join(missing)}.",
            hint="Enter a service account's key, or all three of an OAuth client.",
            field=missing[0],
        )
    return _Consent(fields.get("token_url") or TOKEN_URL, *(fields[name] for name in CONSENT))


def _service_account(text: str) -> _ServiceAccount:
    try:
        told: Any = json.loads(text)
        if not isinstance(told, dict):
            raise TypeError("not an object")
        key = cast("Mapping[str, Any]", told)
        return _ServiceAccount(
            url=str(key.get("token_uri") or TOKEN_URL),
            email=str(key["client_email"]),
            key_id=key.get("private_key_id"),
            key=RSAKey.import_key(str(key["private_key"])),
        )
    except (ValueError, TypeError, KeyError, JoseError):
        # The cause would carry parts of the key into a traceback.
        raise HotdashError(
            "The service account's key cannot be read.",
            hint="Store the whole JSON file as Google gave it, with client_email and private_key.",
            field=SERVICE_ACCOUNT,
        ) from None
