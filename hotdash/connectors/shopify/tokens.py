"""The access token of a shop: as it was entered, or one that expires and is renewed just before it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hotdash.base.clock import Clock, iso_utc, parse_iso
from hotdash.connectors.shopify.errors import ShopifyAccessError
from hotdash.connectors.shopify.oauth import ShopifyOAuth, Tokens
from hotdash.connectors.spec import Access, TokenKeeper

RENEWED_BEFORE = timedelta(minutes=5)
Fields = Mapping[str, str]


def fields_of(tokens: Tokens) -> dict[str, str]:
    """How tokens lie among the fields of a credential."""
    told = {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_at": iso_utc(tokens.expires_at) if tokens.expires_at else None,
        "granted_scopes": ",".join(tokens.scopes),
    }
    return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class ShopifyTokens:
    """The store is asked each time: another process may have renewed it, and its token is the one that counts."""

    fields: Fields = field(repr=False)
    keeper: TokenKeeper = field(repr=False)
    clock: Clock
    oauth: ShopifyOAuth

    @classmethod
    def of(cls, access: Access) -> "ShopifyTokens":
        return cls(access.fields, access.keeper, access.clock, ShopifyOAuth.of(access))

    def current(self) -> str:
        if not self.fields.get("refresh_token"):
            return self.fields["access_token"]
        return self.keeper.exchange(self._is_fresh, self._renew)["access_token"]

    def _is_fresh(self, stored: Fields) -> bool:
        """A credential that somebody replaced by a lasting token never expires."""
        if not stored.get("refresh_token"):
            return True
        told = stored.get("expires_at")
        return told is not None and self.clock.now() < parse_iso(told) - RENEWED_BEFORE

    def _renew(self, stored: Fields) -> Fields:
        if not self.oauth.client_id or not self.oauth.client_secret:
            raise ShopifyAccessError(
                self.oauth.shop,
                "its token has expired, and without the app's client id and secret "
                "(settings shopify_client_id and shopify_client_secret) there is no new one.",
            )
        renewed = self.oauth.renew(stored["refresh_token"], self.clock.now())
        return {**stored, **fields_of(renewed)}
