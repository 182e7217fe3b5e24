"""What the web server has to know at every request: who asks, what they may see, what is current."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from hotdash.base.roles import Permission, Role

Ask = Callable[[LiteralString, Sequence[Any]], Awaitable[Sequence[tuple[Any, ...]]]]


@dataclass(frozen=True, slots=True)
class VisitedShop:
    shop_id: str
    name: str
    timezone: str
    currency: str
    role: Role


_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests a minute allows, how many it saw, and when the next minute begins."""

    allowed: int
    used: int
    ends_at: datetime

    @property
    def is_over(self) -> bool:
        return self.used > self.allowed

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)


@dataclass(frozen=True, slots=True)
class Visit:
    """edition changes with everything the answers about the shop asked for depend on.

    Scopes of None are all that the role allows; admissions are what this visit was let in for.
    """

    user_id: UUID
    name: str
    email: str
    has_password: bool
    last_seen_at: datetime
    shops: Mapping[str, VisitedShop]
    edition: str | None
    token_id: UUID | None = None
    scopes: frozenset[Permission] | None = None
    quota: Quota | None = None
    admissions: list[tuple[str, Permission]] = field(
        default_factory=list[tuple[str, Permission]], compare=False
    )


@dataclass(frozen=True, slots=True)
class SessionAsked:
    """The session that a browser showed, and the shop that was asked for."""

    token_hash: bytes
    shop_id: str | None


def find_visit(
    connection: psycopg.Connection, token_hash: bytes, at: datetime, shop_id: str | None = None
) -> Visit | None:
    asked = SessionAsked(token_hash, shop_id)
    return find_visits(connection, [asked], at).get(asked)


def find_visits(
    connection: psycopg.Connection, asked: Sequence[SessionAsked], at: datetime
) -> dict[SessionAsked, Visit]:
    """Of the sessions that are open at this time; the others are left out."""
    return _visits_of(asked, connection.execute(_VISITS, _told_by(asked, at)))


async def look_up_visits(
    ask: Ask, asked: Sequence[SessionAsked], at: datetime
) -> dict[SessionAsked, Visit]:
    """The same from the event loop."""
    return _visits_of(asked, await ask(_VISITS, _told_by(asked, at)))


def _told_by(asked: Sequence[SessionAsked], at: datetime) -> list[Any]:
    return [[each.token_hash for each in asked], [each.shop_id for each in asked], at]


def _visits_of(
    asked: Sequence[SessionAsked], rows: Iterable[tuple[Any, ...]]
) -> dict[SessionAsked, Visit]:
    return {
        asked[number - 1]: Visit(
            *(user_id, name, email, has_password, last_seen_at, _visited(shops), edition)
        )
        for number, user_id, name, email, has_password, last_seen_at, shops, edition in rows
    }


_VISITS = """
select
  asked.number, visit.user_id, visit.name, visit.email, visit.has_password, visit.last_seen_at,
  visit.shops, visit.edition
from unnest(%s::bytea[], %s::text[]) with ordinality as asked (token_hash, shop_id, number)
cross join lateral app.visit(asked.token_hash, %s, asked.shop_id) as visit
"""


def find_token_visit(
    connection: psycopg.Connection,
    token_hash: bytes,
    at: datetime,
    shop_id: str | None,
    *,
    counts: bool,
) -> Visit | None:
    """Of whoever holds a token that is neither over nor revoked; asking counts as one request."""
    row = connection.execute(
        f"select {_COUNTED} from app.token_visit(%s, %s, %s, %s)",
        [token_hash, at, shop_id, counts],
    ).fetchone()
    return _counted(row)


def find_external_visit(
    connection: psycopg.Connection,
    identity: tuple[str, str],
    at: datetime,
    shop_id: str | None,
    *,
    counts: bool,
    most: int,
) -> Visit | None:
    """The same of somebody whom another service vouches for, named by issuer and subject."""
    row = connection.execute(
        f"select {_COUNTED} from app.external_visit(%s, %s, %s, %s, %s, %s)",
        [*identity, at, shop_id, counts, most],
    ).fetchone()
    return _counted(row)


_COUNTED = (
    "user_id, name, email, has_password, last_seen_at, shops, edition, token_id, scopes, allowed,"
    " used, window_began"
)


def _counted(row: tuple[Any, ...] | None) -> Visit | None:
    if row is None:
        return None
    *person, shops, edition, token_id, scopes, allowed, used, began = row
    known = {each.value for each in Permission}
    granted = None if scopes is None else frozenset(Permission(s) for s in scopes if s in known)
    quota = Quota(allowed, used, began + _WINDOW)
    user_id, name, email, has_password, last_seen_at = person
    return Visit(
        *(user_id, name, email, has_password, last_seen_at, _visited(shops), edition),
        token_id=token_id,
        scopes=granted,
        quota=quota,
    )


def _visited(shops: Mapping[str, Mapping[str, str]]) -> dict[str, VisitedShop]:
    return {
        shop_id: VisitedShop(
            shop_id, facts["name"], facts["timezone"], facts["currency"], Role(facts["role"])
        )
        for shop_id, facts in sorted(shops.items())
    }
