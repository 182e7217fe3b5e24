"""How long things are kept, as the worker last read it in the policy of its home."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base


class NotedDays(Base):
    """One row per store: a schedule of the database's own knows no file of the home."""

    __tablename__ = "kept_days"
    __table_args__ = ({"schema": "app"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]
    noted_at: Mapped[datetime]
