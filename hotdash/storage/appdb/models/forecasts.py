"""Forecasts of a shop's series, and the plan of its stock."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.shops import SHOP_KEY

_CHANCE = Numeric(6, 4)


class KeptForecast(Base):
    """What was foretold of a series on a day; an older one stays beside what came."""

    __tablename__ = "forecasts"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    known_to: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    publication_id: Mapped[UUID | None]
    document: Mapped[dict[str, Any]]


class StockPlan(Base):
    """How long an item lasts and what to order, by the newest forecast alone."""

    __tablename__ = "stock_plans"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    inventory_item_id: Mapped[int] = mapped_column(BigInteger(), primary_key=True)
    as_of_day: Mapped[date]
    made_at: Mapped[datetime]
    sku: Mapped[str | None]
    product_title: Mapped[str | None]
    variant_title: Mapped[str | None]
    supplier: Mapped[str | None]
    method: Mapped[str]
    is_intermittent: Mapped[bool]
    is_own_range: Mapped[bool]
    available: Mapped[int]
    incoming: Mapped[int]
    lead_time_days: Mapped[int]
    service_percent: Mapped[int]
    pack_size: Mapped[int]
    daily: Mapped[Decimal]
    expected_28d: Mapped[Decimal]
    low_28d: Mapped[Decimal]
    high_28d: Mapped[Decimal]
    out_on: Mapped[date | None]
    out_earliest: Mapped[date | None]
    out_latest: Mapped[date | None]
    run_out: Mapped[Decimal] = mapped_column(_CHANCE)
    run_out_noticed: Mapped[Decimal] = mapped_column(_CHANCE)
    is_warned: Mapped[bool]
    units_short: Mapped[Decimal]
    money_at_risk: Mapped[Decimal | None]
    reorder_point: Mapped[int]
    reorder_quantity: Mapped[int]
    order_cost: Mapped[Decimal | None]
    overstock_units: Mapped[int]
    overstock_value: Mapped[Decimal | None]
    is_dead: Mapped[bool]
    dead_value: Mapped[Decimal | None]
