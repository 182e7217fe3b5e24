"""Shops, the keys to their vendors, and what they decided: policies, the numbers they run by, exchange rates."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Numeric, func
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words

SHOP_KEY = "app.shops.shop_id"


class Shop(Base):
    """One row per shop of this installation."""

    __tablename__ = "shops"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    vendor_domain: Mapped[str]
    timezone: Mapped[str]
    currency: Mapped[str]
    plan_tier: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Credential(Base):
    """One row per shop and vendor: the sealed keys that open its source."""

    __tablename__ = "credentials"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    ciphertext: Mapped[bytes]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MetricPolicy(Base):
    """The newest decision for a day holds; earlier ones stay as history."""

    __tablename__ = "metric_policies"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    policy: Mapped[str] = mapped_column(primary_key=True)
    effective_from: Mapped[date] = mapped_column(primary_key=True)
    decided_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    value: Mapped[str]
    decided_by: Mapped[str]
    reason: Mapped[str] = mapped_column(Words())


class OperatingSetting(Base):
    """The newest decision for a day holds; a subject of '' is the whole shop."""

    __tablename__ = "operating_settings"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    setting: Mapped[str] = mapped_column(primary_key=True)
    applies_to: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    effective_from: Mapped[date] = mapped_column(primary_key=True)
    decided_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    value: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str]
    reason: Mapped[str] = mapped_column(Words())


class ExchangeRate(Base):
    """One unit of base is rate units of quote; the newest row for a day and pair holds, or takes them back."""

    __tablename__ = "exchange_rates"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    base: Mapped[str] = mapped_column(primary_key=True)
    quote: Mapped[str] = mapped_column(primary_key=True)
    imported_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    rate: Mapped[Decimal | None] = mapped_column(Numeric(18, 10))
    imported_by: Mapped[str]
