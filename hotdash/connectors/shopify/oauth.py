"""Shopify's OAuth: to its consent page, back with a code, and from the code to tokens that expire."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode

import httpx

from hotdash.base.http import TransientError, open_client
from hotdash.connectors.calling import Caller, Measured, json_of, send
from hotdash.connectors.shopify.client import VENDOR
from hotdash.connectors.shopify.errors import ShopifyAccessError
from hotdash.connectors.spec import Access

# A renewal that names no lifetime still made a token that ends; an hour is what they last.
USUAL_LIFETIME = timedelta(hours=1)
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.myshopify\.com")
_OK = 200


@dataclass(frozen=True)
class Tokens:
    """Without a refresh token the access token lasts until somebody takes it away."""

    access_token: str = field(repr=False)
    scopes: Sequence[str]
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


def is_shop_domain(text: str) -> bool:
    return _DOMAIN.fullmatch(text) is not None


def is_signed(query: str, secret: str) -> bool:
    """Whether Shopify signed this query: all of it but the signature itself, sorted.

    Its own libraries write the sorted query in two ways, with values escaped and without.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    told = [value for name, value in pairs if name == "hmac"]
    rest = sorted((name, value) for name, value in pairs if name not in ("hmac", "signature"))
    plain = "&".join(f"{_escaped(name, '%&=')}={_escaped(value, '%&')}" for name, value in rest)
    forms = (plain, urlencode(rest), urlencode(rest, quote_via=quote))
    fits = [
        hmac.compare_digest(_hex(form, secret).encode(), told[0].encode()) if told else False
        for form in forms
    ]
    return bool(secret) and len(told) == 1 and any(fits)


@dataclass(frozen=True)
class ShopifyOAuth:
    """One shop's doors for tokens. `base_url` is the shop's own address unless a simulator's is named."""

    shop: str
    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    caller: Caller = field(repr=False)

    @classmethod
    def of(cls, access: Access) -> "ShopifyOAuth":
        domain = access.fields["domain"]
        return cls(
            shop=domain,
            base_url=access.base_url(f"https://{domain}"),
            client_id=access.fields.get("client_id", ""),
            client_secret=access.fields.get("client_secret", ""),
            caller=Caller.of(VENDOR, access),
        )

    def authorize_url(self, scopes: Sequence[str], redirect_uri: str, state: str) -> str:
        asked = {
            "client_id": self.client_id,
            "scope": ",".join(scopes),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self.base_url}/admin/oauth/authorize?{urlencode(asked)}"

    def exchange(self, code: str, now: datetime) -> Tokens:
        return self._tokens("ExchangeCode", {"code": code, "expiring": "1"}, now)

    def renew(self, refresh_token: str, now: datetime) -> Tokens:
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        renewed = self._tokens("RenewToken", asked, now)
        return Tokens(
            renewed.access_token,
            renewed.scopes,
            renewed.refresh_token or refresh_token,
            renewed.expires_at or now + USUAL_LIFETIME,
        )

    def _tokens(self, operation: str, asked: Mapping[str, str], now: datetime) -> Tokens:
        app = {"client_id": self.client_id, "client_secret": self.client_secret}
        url = f"{self.base_url}/admin/oauth/access_token"
        with open_client(read_timeout=20.0) as http:

            def ask(_measured: Measured) -> Mapping[str, Any]:
                request = http.build_request(
                    "POST", url, data={**app, **asked}, headers={"Accept": "application/json"}
                )
                return self._judged(send(http, request))

            return _read(self.caller.call(operation, ask), now)

    def _judged(self, response: httpx.Response) -> Mapping[str, Any]:
        if response.status_code != _OK:
            raise ShopifyAccessError(
                self.shop,
                f"it grants no token (HTTP {response.status_code}: {_reason(response)}). "
                "Connect the shop anew.",
            )
        answer: Any = json_of(response)
        if not isinstance(answer, dict) or "access_token" not in answer:
            raise TransientError("an answer without a token")
        return cast("Mapping[str, Any]", answer)


def _read(answer: Mapping[str, Any], now: datetime) -> Tokens:
    lasts = answer.get("expires_in")
    return Tokens(
        access_token=str(answer["access_token"]),
        scopes=[each for each in str(answer.get("scope") or "").split(",") if each],
        refresh_token=answer.get("refresh_token"),
        expires_at=now + timedelta(seconds=float(lasts)) if lasts else None,
    )


def _reason(response: httpx.Response) -> str:
    """The vendor's word for it, never what was sent."""
    try:
        return str(response.json()["error"])[:80]
    except (ValueError, KeyError, TypeError):
        return "no reason told"


def _hex(message: str, secret: str) -> str:
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def _escaped(text: str, marks: str) -> str:
    for mark in marks:
        text = text.replace(mark, quote(mark, safe=""))
    return text
