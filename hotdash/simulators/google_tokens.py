"""Google's token address: keys and consents are really verified, and what is revoked opens nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute

from hotdash.simulators.control import asked_of
from hotdash.simulators.doors import Refusals
from hotdash.simulators.faults import Fault, FaultKind
from hotdash.simulators.orders import Shop
from hotdash.simulators.simulation import Simulation

TOKEN_ROUTE = "token"
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LASTS = timedelta(seconds=3_599)
_LONGEST_ASSERTION = 3_600
_SKEW_ALLOWED = 300


@lru_cache(maxsize=1)
def _signing_key() -> RSAKey:
    """One key for every simulated service account of this process."""
    return RSAKey.generate_key(2048)


def google_error(code: int, status: str, message: str, **headers: str) -> Response:
    """The shape in which Google's APIs refuse."""
    told = {"error": {"code": code, "message": message, "status": status}}
    return JSONResponse(told, code, headers={k.replace("_", "-"): v for k, v in headers.items()})


def unauthenticated() -> Response:
    return google_error(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token.",
    )


def insufficient_scopes() -> Response:
    return google_error(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")


def google_refusals(too_much: str) -> Refusals:
    """The faults in Google's shapes; `too_much` is what this vendor says when too much is asked at once."""

    def limited(fault: Fault) -> Response:
        return google_error(429, "RESOURCE_EXHAUSTED", too_much, retry_after=str(fault.seconds))

    return {
        FaultKind.TOO_MANY_REQUESTS: limited,
        FaultKind.THROTTLED: limited,
        FaultKind.ACCESS_DENIED: lambda _fault: unauthenticated(),
        FaultKind.INTERNAL_ERROR: lambda _fault: google_error(
            500, "INTERNAL", "Internal error encountered."
        ),
        FaultKind.SERVER_ERROR: lambda fault: google_error(
            fault.status, "UNAVAILABLE", "The service is currently unavailable."
        ),
    }


@dataclass(frozen=True)
class Granted:
    """Whom an access token stands for, what it may do, and until when."""

    shop_id: str
    scopes: frozenset[str]
    expires_at: datetime


class TokenDesk:
    """Gives one Google-like vendor's tokens out: mount `routes` in its app and `switches` in its switches."""

    def __init__(self, simulation: Simulation, vendor: str, scopes: Sequence[str]) -> None:
        self._simulation = simulation
        self._vendor = vendor
        self._scopes = tuple(scopes)
        self.routes: Sequence[BaseRoute] = (
            HttpRoute(f"/{TOKEN_ROUTE}", self._answer, methods=["POST"]),
        )
        self.switches: Sequence[BaseRoute] = (HttpRoute("/tokens", self._switch, methods=["POST"]),)
        self.reset()

    def reset(self) -> None:
        self._granted: dict[str, Granted] = {}
        self._revoked: set[str] = set()
        self._consented: dict[str, tuple[str, ...]] = {}
        self._given = 0

    def service_account(self, shop: Shop, address: str) -> dict[str, str]:
        """The field with the JSON that Google lets one download."""
        told = {
            "type": "service_account",
            "project_id": "hotdash-simulated",
            "private_key_id": f"simulated-{shop.vendor_id}",
            "private_key": _signing_key().as_pem(private=True).decode(),
            "client_email": self._email(shop.shop_id),
            "client_id": str(shop.vendor_id),
            "token_uri": f"{address}/{TOKEN_ROUTE}",
        }
        return {"service_account_json": json.dumps(told)}

    def consent(self, shop: Shop, address: str) -> dict[str, str]:
        """The fields of a person who consented to an OAuth client."""
        return {
            "client_id": f"{self._vendor}.apps.googleusercontent.example",
            "client_secret": f"simulated-{self._vendor}-secret",
            "refresh_token": self._refresh_token(shop.shop_id),
            "token_url": f"{address}/{TOKEN_ROUTE}",
        }

    def grant_of(self, http: Request) -> Granted | None:
        """Who asks; nobody where the bearer is unknown, has run out or was revoked."""
        kind, _, token = http.headers.get("authorization", "").partition(" ")
        granted = self._granted_to(token) if kind == "Bearer" else None
        if granted is None or granted.shop_id in self._revoked:
            return None
        return granted if self._simulation.clock.now() < granted.expires_at else None

    def standing_token(self, shop_id: str) -> str:
        """For programs that sign in elsewhere, as an MCP host does: it runs out only when revoked."""
        return f"ya29.simulated-{self._vendor}-{shop_id}-standing"

    def _granted_to(self, token: str) -> Granted | None:
        for shop in self._simulation.shops:
            if token == self.standing_token(shop.shop_id):
                scopes = self._consented.get(shop.shop_id, self._scopes)
                forever = self._simulation.clock.now() + _LASTS
                return Granted(shop.shop_id, frozenset(scopes), forever)
        return self._granted.get(token)

    async def _answer(self, http: Request) -> Response:
        form = await http.form()
        asked = {name: value for name, value in form.items() if isinstance(value, str)}
        if asked.get("grant_type") == _JWT_GRANT:
            return self._for_assertion(asked.get("assertion", ""), str(http.url))
        if asked.get("grant_type") == "refresh_token":
            return self._for_consent(asked)
        return _refusal("unsupported_grant_type", "Invalid grant_type")

    def _for_assertion(self, assertion: str, address: str) -> Response:
        try:
            claims = jwt.decode(assertion, _signing_key(), algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return _refusal("invalid_grant", "Invalid JWT Signature.")
        shop_id = self._shop_of_email(str(claims.get("iss")))
        if shop_id is None or shop_id in self._revoked:
            return _refusal("invalid_grant", "Invalid grant: account not found")
        if claims.get("aud") != address:
            return _refusal("invalid_grant", "Invalid JWT: wrong audience.")
        if not self._is_timely(claims):
            return _refusal(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a "
                "reasonable timeframe. Check your iat and exp values in the JWT claim.",
            )
        asked = str(claims.get("scope", "")).split()
        if not asked or not set(asked) <= set(self._scopes):
            return _refusal("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        allowed = self._consented.get(shop_id, self._scopes)
        return self._give(shop_id, [scope for scope in asked if scope in allowed])

    def _is_timely(self, claims: Mapping[str, Any]) -> bool:
        now = self._simulation.clock.now().timestamp()
        try:
            issued, expires = int(claims["iat"]), int(claims["exp"])
        except (KeyError, TypeError, ValueError):
            return False
        return (
            0 < expires - issued <= _LONGEST_ASSERTION
            and issued - _SKEW_ALLOWED <= now <= expires + _SKEW_ALLOWED
        )

    def _for_consent(self, asked: Mapping[str, str]) -> Response:
        known = (
            f"{self._vendor}.apps.googleusercontent.example",
            f"simulated-{self._vendor}-secret",
        )
        if (asked.get("client_id"), asked.get("client_secret")) != known:
            return _refusal("invalid_client", "The OAuth client was not found.", 401)
        told = asked.get("refresh_token")
        shops = (shop.shop_id for shop in self._simulation.shops)
        shop_id = next((each for each in shops if self._refresh_token(each) == told), None)
        if shop_id is None or shop_id in self._revoked:
            return _refusal("invalid_grant", "Token has been expired or revoked.")
        return self._give(shop_id, self._consented.get(shop_id, self._scopes))

    def _give(self, shop_id: str, scopes: Sequence[str]) -> Response:
        self._given += 1
        token = f"ya29.simulated-{self._vendor}-{shop_id}-{self._given}"
        expires_at = self._simulation.clock.now() + _LASTS
        self._granted[token] = Granted(shop_id, frozenset(scopes), expires_at)
        told = {
            "access_token": token,
            "expires_in": int(_LASTS.total_seconds()),
            "scope": " ".join(scopes),
            "token_type": "Bearer",
        }
        return JSONResponse(told)

    async def _switch(self, http: Request) -> Response:
        """Revoke a shop's key or give it back, take scopes away, let every token given out run out."""
        asked = await asked_of(http)
        if "revoked" in asked:
            change = self._revoked.add if asked["revoked"] else self._revoked.discard
            change(asked["shop"])
        if "scopes" in asked:
            self._consented[asked["shop"]] = tuple(asked["scopes"])
        if asked.get("expire"):
            self._granted.clear()
        return JSONResponse({})

    def _email(self, shop_id: str) -> str:
        return f"{self._vendor.replace('_', '-')}-{shop_id}@hotdash-simulated.example"

    def _shop_of_email(self, email: str) -> str | None:
        shops = (shop.shop_id for shop in self._simulation.shops)
        return next((each for each in shops if self._email(each) == email), None)

    def _refresh_token(self, shop_id: str) -> str:
        return f"1//simulated-{self._vendor}-{shop_id}"


def _refusal(error: str, description: str, status: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)
