"""Shopify's OAuth doors: consent at once, codes that work once, tokens that end, refresh tokens that rotate."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.orders import epoch

CLIENT_ID = "simulated-app"
CLIENT_SECRET = "simulated-secret"
SCOPES = ("read_orders", "read_all_orders", "read_customers", "read_products")
TOKEN_LASTS = timedelta(hours=1)
REFRESH_LASTS = timedelta(days=90)
_CODE_LASTS = timedelta(minutes=1)


@dataclass
class OAuthDesk:
    """One shop's codes and tokens. Forgiving, a used refresh token may be used again until its heir is."""

    domain: str
    clock: SimulatedClock
    granted: Sequence[str] = SCOPES
    lasts: timedelta = TOKEN_LASTS
    is_forgiving: bool = False
    renewed: int = 0
    refused: int = 0
    _numbers: int = 0
    _codes: dict[str, float] = field(default_factory=dict[str, float])
    _tokens: dict[str, float] = field(default_factory=dict[str, float])
    _refresh: dict[str, float] = field(default_factory=dict[str, float])
    _heirs: dict[str, str] = field(default_factory=dict[str, str])

    def accepts(self, token: str | None) -> bool:
        return self._now < self._tokens.get(token or "", 0)

    def code(self) -> str:
        code = self._new("code")
        self._codes[code] = self._now + _CODE_LASTS.total_seconds()
        return code

    def revoke(self) -> None:
        """The app was uninstalled, or somebody took its tokens away."""
        for kept in (self._codes, self._tokens, self._refresh, self._heirs):
            kept.clear()

    def redeem(self, code: str, *, expiring: bool) -> dict[str, Any] | None:
        if self._now >= self._codes.pop(code, 0):
            return None
        return self._granted(expiring=expiring)

    def renew(self, refresh_token: str) -> dict[str, Any] | None:
        if self._now >= self._refresh.get(refresh_token, 0) or self._is_spent(refresh_token):
            self.refused += 1
            return None
        self.renewed += 1
        granted = self._granted(expiring=True)
        for parent, heir in list(self._heirs.items()):
            if heir == refresh_token:
                del self._heirs[parent], self._refresh[parent]
        self._heirs[refresh_token] = granted["refresh_token"]
        return granted

    def _is_spent(self, refresh_token: str) -> bool:
        return refresh_token in self._heirs and not self.is_forgiving

    def _granted(self, *, expiring: bool) -> dict[str, Any]:
        token = self._new("token")
        told: dict[str, Any] = {"access_token": token, "scope": ",".join(self.granted)}
        if not expiring:
            self._tokens[token] = float("inf")
            return told
        refresh = self._new("refresh")
        self._tokens[token] = self._now + self.lasts.total_seconds()
        self._refresh[refresh] = self._now + REFRESH_LASTS.total_seconds()
        return {
            **told,
            "expires_in": int(self.lasts.total_seconds()),
            "refresh_token": refresh,
            "refresh_token_expires_in": int(REFRESH_LASTS.total_seconds()),
        }

    def _new(self, kind: str) -> str:
        self._numbers += 1
        told = hashlib.sha256(f"{self.domain} {kind} {self._numbers}".encode()).hexdigest()[:24]
        return {"token": "shpat_", "refresh": "shprt_"}.get(kind, "") + told

    @property
    def _now(self) -> float:
        return self.clock.now().timestamp()


def consent(desk: OAuthDesk, http: Request) -> Response:
    """The merchant says yes without being asked, and Shopify signs what it sends back."""
    asked = http.query_params
    if asked.get("client_id") != CLIENT_ID or not asked.get("redirect_uri"):
        return JSONResponse({"error": "invalid_client"}, 400)
    host = base64.urlsafe_b64encode(f"{desk.domain}/admin".encode()).decode().rstrip("=")
    told = {
        "code": desk.code(),
        "host": host,
        "shop": desk.domain,
        "state": asked.get("state", ""),
        "timestamp": str(epoch(desk.clock.now())),
    }
    return RedirectResponse(f"{asked['redirect_uri']}?{signed_query(told)}", 302)


async def token(desk: OAuthDesk, http: Request) -> Response:
    asked = dict(parse_qsl((await http.body()).decode()))
    known = (asked.get("client_id"), asked.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
    if not known:
        return JSONResponse({"error": "invalid_client"}, 401)
    if asked.get("grant_type") == "refresh_token":
        granted = desk.renew(asked.get("refresh_token", ""))
    else:
        granted = desk.redeem(asked.get("code", ""), expiring=asked.get("expiring") == "1")
    return JSONResponse(granted) if granted else JSONResponse({"error": "invalid_grant"}, 400)


def signed_query(told: dict[str, str], secret: str = CLIENT_SECRET) -> str:
    query = urlencode(sorted(told.items()))
    signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    return f"{query}&hmac={signature}"
