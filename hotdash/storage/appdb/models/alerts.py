"""What was found wrong, when somebody was told, and when it was over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.shops import SHOP_KEY

IS_OPEN = "resolved_at is null"
IS_UNTOLD = "opening_told_at is null or (resolved_at is not null and resolving_told_at is null)"


class Alert(Base):
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
    build_id: Mapped[UUID]
    sentence: Mapped[str]
    mend: Mapped[str]
    owner: Mapped[str]
    opened_at: Mapped[datetime]
    opening_told_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolving_told_at: Mapped[datetime | None]
