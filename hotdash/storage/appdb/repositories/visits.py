"""What the web server has to know at every request: who asks, what they may see, what is current."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
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
    session: Session, token_hash: bytes, at: datetime, shop_id: str | None = None
) -> Visit | None:
    row = session.execute(
        text(
            "select user_id, name, email, has_password, last_seen_at, shops, edition"
            " from app.visit(:token_hash, :at, :shop_id)"
        ),
        {"token_hash": token_hash, "at": at, "shop_id": shop_id},
    ).one_or_none()
    if row is None:
        return None
    shops = {
        shop_id: VisitedShop(
            shop_id, facts["name"], facts["timezone"], facts["currency"], Role(facts["role"])
        )
        for shop_id, facts in sorted(row.shops.items())
    }
    return Visit(
        row.user_id, row.name, row.email, row.has_password, row.last_seen_at, shops, row.edition
    )


def close_my_other_sessions(session: Session, kept: bytes) -> None:
    session.execute(select(func.app.close_my_other_sessions(kept)))
