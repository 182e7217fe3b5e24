"""What is to be copied to the mirror, and the project it is copied to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY


class MirrorRow(Base):
    """Entered by a trigger in the transaction that adds the decision or fact, whoever adds it."""

    __tablename__ = "mirror_outbox"
    __table_args__ = (
        Index("mirror_outbox_waiting", "position", postgresql_where=text("status = 'waiting'")),
        Index("mirror_outbox_dead", "position", postgresql_where=text("status = 'dead'")),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    entity: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger(), Identity(always=True))
    status: Mapped[str] = mapped_column(server_default=text("'waiting'::text"))
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    attempted_at: Mapped[datetime | None]
    # Only those where the row stood alone: what else went wrong is not its fault.
    refusals: Mapped[int] = mapped_column(server_default=text("0"))
    code: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Words())
    settled_at: Mapped[datetime | None]


class Mirror(Base):
    """A project with its key sealed; one at most is written to."""

    __tablename__ = "mirrors"
    __table_args__ = ({"schema": "app"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    ciphertext: Mapped[bytes]
    connected_at: Mapped[datetime]
    state: Mapped[str]
    since: Mapped[datetime]
    code: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Words())
    mend: Mapped[str | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    resumes_at: Mapped[datetime | None]
    tables_checked_at: Mapped[datetime | None]
    written_at: Mapped[datetime | None]
