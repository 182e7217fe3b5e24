"""What was found wrong, when somebody was told, what people did about it, and when it was over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY

IS_OPEN = "resolved_at is null"
IS_DELIVERED = "status = 'delivered'"
IS_UNTOLD = "opening_told_at is null or (resolved_at is not null and resolving_told_at is null)"


class Alert(Base):
    """One row per thing that is wrong of a shop, from its first word to its end."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("alerts_open", "shop_id", "check_name", unique=True, postgresql_where=text(IS_OPEN)),
        Index("alerts_untold", "shop_id", postgresql_where=text(IS_UNTOLD)),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(primary_key=True)
    check_name: Mapped[str]
    severity: Mapped[str]
    # Only an alert of a check comes from a build.
    build_id: Mapped[UUID | None]
    sentence: Mapped[str] = mapped_column(Words())
    mend: Mapped[str] = mapped_column(Words())
    owner: Mapped[str]
    opened_at: Mapped[datetime]
    opening_told_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolving_told_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(server_default=text("'check'::text"))
    runbook: Mapped[str | None]
    group_key: Mapped[str | None]


def _of_alert() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["shop_id", "alert_id"], ["app.alerts.shop_id", "app.alerts.alert_id"]
    )


class AlertEvent(Base):
    """One row per thing that happened to an alert: told, acknowledged, silenced, ended."""

    __tablename__ = "alert_events"
    __table_args__ = (
        _of_alert(),
        Index("alert_events_by_alert", "shop_id", "alert_id", "at"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID]
    at: Mapped[datetime]
    event: Mapped[str]
    actor: Mapped[str]
    note: Mapped[str | None] = mapped_column(Words())
    until: Mapped[datetime | None]


class AlertDelivery(Base):
    """Written as attempted before a message leaves; delivered once per message and channel."""

    __tablename__ = "alert_deliveries"
    __table_args__ = (
        _of_alert(),
        Index("alert_deliveries_by_alert", "shop_id", "alert_id", "at"),
        Index(
            "alert_deliveries_once",
            "message_key",
            "channel",
            unique=True,
            postgresql_where=text(IS_DELIVERED),
        ),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID]
    channel: Mapped[str]
    message_key: Mapped[str]
    group_id: Mapped[UUID | None]
    attempt: Mapped[int]
    at: Mapped[datetime]
    status: Mapped[str]
    error: Mapped[str | None] = mapped_column(Words())


class AlertChannel(Base):
    """Where messages go; the key to it is sealed."""

    __tablename__ = "alert_channels"
    __table_args__ = ({"schema": "app"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    ciphertext: Mapped[bytes]
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    updated_at: Mapped[datetime]


class AlertRules(Base):
    """What a shop put in place of the installation's rules: whole, the newest holds; none is the file again."""

    __tablename__ = "alert_rules"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(Words())
    rules: Mapped[dict[str, Any] | None]
