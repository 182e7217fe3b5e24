"""What came in by webhook, what vendors ask about people, and the passes to connect a shop."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.identity import USER_KEY
from hotdash.storage.appdb.models.shops import SHOP_KEY

IS_WAITING = "applied_at is null"


class WebhookDelivery(Base):
    """One row per entity a delivery is about: only what it takes to ask the vendor again, no body."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index(
            "webhook_deliveries_waiting",
            *("shop_id", "vendor", "signal_id"),
            postgresql_where=text(IS_WAITING),
        ),
        Index("webhook_deliveries_by_age", "received_at", postgresql_using="brin"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    signal_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True))
    topic: Mapped[str]
    table_name: Mapped[str | None]
    vendor_id: Mapped[str | None]
    triggered_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    load_id: Mapped[str | None]


class ComplianceRequest(Base):
    """What a vendor asks us to tell or erase about a person or a shop, by their ids only."""

    __tablename__ = "compliance_requests"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str]
    customer_id: Mapped[str | None]
    order_ids: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class InstallPass(Base):
    """One row per way in that an installation of the Shopify app was given."""

    __tablename__ = "install_passes"
    __table_args__ = (Index("install_passes_by_user", "user_id"), {"schema": "app"})

    pass_hash: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    vendor: Mapped[str]
    account: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(USER_KEY, ondelete="CASCADE"))
    link_hash: Mapped[bytes | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
