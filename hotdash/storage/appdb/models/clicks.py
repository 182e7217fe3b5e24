"""The click collector's own tables: who may write, what waits for the next run, what was only counted."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.shops import SHOP_KEY


class ClickSite(Base):
    """The key is public: it stands in the shop's pages and says whose clicks these are."""

    __tablename__ = "click_sites"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    site_key: Mapped[str] = mapped_column(unique=True)
    origins: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Click(Base):
    """One event as the collector accepted it; `written_in` is the transaction that wrote it."""

    __tablename__ = "clicks"
    __table_args__ = (
        Index("clicks_once", "shop_id", "event_id", unique=True),
        Index("clicks_by_transaction", "shop_id", "written_in", "click_id"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    click_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    written_in: Mapped[int] = mapped_column(
        BigInteger(), server_default=text("((pg_current_xact_id())::text)::bigint")
    )
    event_id: Mapped[str]
    received_at: Mapped[datetime]
    event: Mapped[dict[str, Any]]


class ClickCount(Base):
    """What was not kept, by hour: bots, visits without consent, events nobody can read."""

    __tablename__ = "click_counts"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    events: Mapped[int] = mapped_column(BigInteger())
