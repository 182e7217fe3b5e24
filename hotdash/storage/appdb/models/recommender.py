"""What was done to a shop's model of its answers, and the model as it was last worked out of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.shops import SHOP_KEY


class RecommenderEvent(Base):
    """Appended only: begun anew, frozen, let go on, or begun from what other shops have in common."""

    __tablename__ = "recommender_events"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    event: Mapped[str]
    actor: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class RecommenderModel(Base):
    """One row per shop, which the log of its answers makes anew at any time."""

    __tablename__ = "recommender_models"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    made_at: Mapped[datetime]
    answers: Mapped[int]
    card: Mapped[dict[str, Any]]
    model: Mapped[dict[str, Any]]
    sums: Mapped[dict[str, Any]]
