"""Supabase's access tokens at our API: whoever it signed in there is the person bound to its number here."""

from datetime import datetime
from typing import Any

from hotdash.base.errors import HotdashError
from hotdash.governance.access.signed_words import Keys, check_claims
from hotdash.governance.access.tokens import may_name_somebody, normal_email
from hotdash.storage.appdb.models import SUPABASE
from hotdash.storage.appdb.repositories import external_people, visits
from hotdash.storage.appdb.repositories.visits import Visit
from hotdash.storage.appdb.session import Database

AUDIENCE = "authenticated"
REQUESTS_PER_MINUTE = 600


class VouchedPeople:
    """An address in the token binds only where whoever runs it says that addresses are confirmed."""

    def __init__(
        self, database: Database, keys: Keys, *, issuer: str | None, trusts_email: bool
    ) -> None:
        self._database = database
        self._keys = keys
        self._issuer = issuer
        self._trusts_email = trusts_email

    def find_visit(
        self, token: str, now: datetime, shop_id: str | None, *, counts: bool
    ) -> Visit | None:
        try:
            claims = self._believed(token, now)
        except HotdashError as error:
            if error.http_status >= 500:
                raise
            return None
        visit = self._visit(claims["sub"], now, shop_id, counts=counts)
        if visit is None and self._bind(claims, now):
            visit = self._visit(claims["sub"], now, shop_id, counts=counts)
        return visit

    def _believed(self, token: str, now: datetime) -> dict[str, Any]:
        claims = self._keys.read(token)
        expected = {"aud": AUDIENCE, "role": AUDIENCE}
        if self._issuer is not None:
            expected["iss"] = self._issuer
        check_claims(claims, int(now.timestamp()), **expected)
        return claims

    def _visit(
        self, subject: str, now: datetime, shop_id: str | None, *, counts: bool
    ) -> Visit | None:
        with self._database.glance() as connection:
            return visits.find_external_visit(
                connection,
                (SUPABASE, subject),
                now,
                shop_id,
                counts=counts,
                most=REQUESTS_PER_MINUTE,
            )

    def _bind(self, claims: dict[str, Any], now: datetime) -> bool:
        email = claims.get("email")
        if not self._trusts_email or claims.get("is_anonymous") or not may_name_somebody(email):
            return False
        with self._database.as_user(None) as session:
            bound = external_people.bind_invited(
                session, SUPABASE, claims["sub"], normal_email(str(email)), now
            )
        return bound is not None
