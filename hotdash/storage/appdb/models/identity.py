"""People, the shops they belong to and how they sign in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.base.roles import Role
from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.shops import SHOP_KEY

USER_KEY = "app.users.user_id"


class User(Base):
    """One row per person who may sign in."""

    __tablename__ = "users"
    __table_args__ = ({"schema": "app"},)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    may_have_password: Mapped[bool] = mapped_column(server_default=text("true"))

    @property
    def can_use_password(self) -> bool:
        return self.may_have_password and self.password_hash is not None


class Membership(Base):
    """One row per person and shop, with the role held there."""

    __tablename__ = "memberships"
    __table_args__ = (Index("memberships_by_user", "user_id", "shop_id"), {"schema": "app"})

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey(USER_KEY, ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    by_rule: Mapped[bool] = mapped_column(server_default=text("false"))

    @property
    def as_role(self) -> Role:
        return Role(self.role)


class UserSession(Base):
    """One row per sign-in of a browser, by the hash of its token."""

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_by_user", "user_id"), {"schema": "app"})

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(USER_KEY, ondelete="CASCADE"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInLink(Base):
    """One row per one-time sign-in link, by the hash of its token."""

    __tablename__ = "sign_in_links"
    __table_args__ = (Index("sign_in_links_by_user", "user_id"), {"schema": "app"})

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(USER_KEY, ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One row per try to sign in, so that guessing is slowed; addresses as hashes."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("sign_in_attempts_by_account", "email_hash", "at"),
        Index("sign_in_attempts_by_address", "address", "at"),
        {"schema": "app"},
    )

    attempt_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    email_hash: Mapped[bytes]
    address: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]
