"""The weekly packets, kept as they were sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY


class KeptPacket(Base):
    """Its bytes change for nothing but an erasure; that it was sent is written once."""

    __tablename__ = "packets"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)
    publication_id: Mapped[UUID | None]
    as_of: Mapped[datetime]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    headline: Mapped[str] = mapped_column(Words())
    document: Mapped[bytes] = mapped_column(deferred=True)
    html: Mapped[bytes] = mapped_column(deferred=True)
    pdf: Mapped[bytes] = mapped_column(deferred=True)
    notebook: Mapped[bytes] = mapped_column(deferred=True)
