"""What the web server has to know at every request: who asks, what they may see, what is current."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotdash.base.roles import Role


@dataclass(frozen=True, slots=True)
class VisitedShop:
    shop_id: str
    name: str
    timezone: str
    currency: str
    role: Role


@dataclass(frozen=True, slots=True)
class Visit:
    """edition changes with everything the answers about the shop asked for depend on."""

    user_id: UUID
    name: str
    email: str
    has_password: bool
    last_seen_at: datetime
    shops: Mapping[str, VisitedShop]
    edition: str | None


def find_visit(
    connection: psycopg.Connection, token_hash: bytes, at: datetime, shop_id: str | None = None
) -> Visit | None:
    row = connection.execute(
        "select user_id, name, email, has_password, last_seen_at, shops, edition"
        " from app.visit(%s, %s, %s)",
        [token_hash, at, shop_id],
    ).fetchone()
    if row is None:
        return None
    user_id, name, email, has_password, last_seen_at, shops, edition = row
    visited = {
        shop_id: VisitedShop(
            shop_id, facts["name"], facts["timezone"], facts["currency"], Role(facts["role"])
        )
        for shop_id, facts in sorted(shops.items())
    }
    return Visit(user_id, name, email, has_password, last_seen_at, visited, edition)


def close_my_other_sessions(session: Session, kept: bytes) -> None:
    session.execute(select(func.app.close_my_other_sessions(kept)))
