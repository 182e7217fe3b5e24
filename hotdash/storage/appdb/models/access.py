"""Ways in beside the session, requests that are known already, and who read what how often."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.identity import USER_KEY
from hotdash.storage.appdb.models.shops import SHOP_KEY


class ApiToken(Base):
    """Acts as its holder, within its scopes and shops; only its hash is kept."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("api_tokens_by_user", "user_id"), {"schema": "app"})

    token_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(USER_KEY, ondelete="CASCADE"))
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    requests_per_minute: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    window_began: Mapped[datetime | None]
    window_used: Mapped[int] = mapped_column(server_default=text("0"))


class ApiTokenShop(Base):
    """One row per shop that a token of a program opens."""

    __tablename__ = "api_token_shops"
    __table_args__ = (Index("api_token_shops_by_token", "token_id"), {"schema": "app"})

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY, ondelete="CASCADE"), primary_key=True)
    token_id: Mapped[UUID] = mapped_column(
        ForeignKey("app.api_tokens.token_id", ondelete="CASCADE"), primary_key=True
    )


# The issuer under which Supabase's users are bound: row-level security knows them by it.
SUPABASE = "supabase"


class ExternalIdentity(Base):
    """Whom another service means by its own number for somebody."""

    __tablename__ = "external_identities"
    __table_args__ = (
        UniqueConstraint("issuer", "user_id"),
        Index("external_identities_by_user", "user_id"),
        {"schema": "app"},
    )

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(USER_KEY, ondelete="CASCADE"))
    bound_at: Mapped[datetime]
    window_began: Mapped[datetime | None]
    window_used: Mapped[int] = mapped_column(server_default=text("0"))
    rule_shops: Mapped[list[str] | None]


class RequestKey(Base):
    """A write that its sender named, so that sending it twice does it once."""

    __tablename__ = "request_keys"
    __table_args__ = (Index("request_keys_by_time", "began_at"), {"schema": "app"})

    caller: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    admitted: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    status: Mapped[int | None]
    content_type: Mapped[str | None]
    body: Mapped[bytes | None]


class DataRead(Base):
    """How often somebody read one kind of a shop's data on a day."""

    __tablename__ = "data_reads"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY, ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    door: Mapped[str] = mapped_column(primary_key=True)
    reads: Mapped[int] = mapped_column(BigInteger())
    last_at: Mapped[datetime]
