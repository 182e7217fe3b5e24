"""The archive of weekly packets: one per shop and week, its bytes written once but for who is erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.storage.appdb.models.packets import KeptPacket


class Form(StrEnum):
    """By the ending of its file."""

    HTML = "html"
    PDF = "pdf"
    JSON = "json"
    NOTEBOOK = "ipynb"


@dataclass(frozen=True, slots=True)
class PacketRecord:
    shop_id: str
    week: str
    publication: UUID | None
    as_of: datetime
    made_at: datetime
    sent_at: datetime | None
    headline: str


_COLUMNS = {
    Form.HTML: KeptPacket.html,
    Form.PDF: KeptPacket.pdf,
    Form.JSON: KeptPacket.document,
    Form.NOTEBOOK: KeptPacket.notebook,
}


def keep_packet(session: Session, record: PacketRecord, files: dict[Form, bytes]) -> bool:
    """Whether it is the first of its week: what is kept already stays as it is."""
    values = {
        "shop_id": record.shop_id,
        "week": record.week,
        "publication_id": record.publication,
        "as_of": record.as_of,
        "made_at": record.made_at,
        "headline": record.headline,
    } | {column.key: files[form] for form, column in _COLUMNS.items()}
    kept = session.execute(
        insert(KeptPacket).values(values).on_conflict_do_nothing().returning(KeptPacket.week)
    )
    return kept.first() is not None


def keep_otherwise(session: Session, shop_id: str, week: str, files: Mapping[Form, bytes]) -> None:
    """After somebody whom it told of was erased."""
    values = {column.key: files[form] for form, column in _COLUMNS.items()}
    session.execute(
        update(KeptPacket)
        .where(KeptPacket.shop_id == shop_id, KeptPacket.week == week)
        .values(values)
    )


def note_sent(session: Session, shop_id: str, week: str, at: datetime) -> None:
    session.execute(
        update(KeptPacket)
        .where(KeptPacket.shop_id == shop_id, KeptPacket.week == week, KeptPacket.sent_at.is_(None))
        .values(sent_at=at)
    )


def list_packets(
    session: Session, shop_id: str, *, before: str | None = None, limit: int
) -> list[PacketRecord]:
    """The newest week first; the names of weeks sort as the weeks do."""
    query = select(KeptPacket).where(KeptPacket.shop_id == shop_id)
    if before is not None:
        query = query.where(KeptPacket.week < before)
    found = session.scalars(query.order_by(KeptPacket.week.desc()).limit(limit))
    return [_record(row) for row in found]


def last_weeks(session: Session, shop_id: str | None, until: datetime) -> list[PacketRecord]:
    """Of each shop, or of that one, the newest that was kept before."""
    query = select(KeptPacket).where(KeptPacket.made_at < until)
    if shop_id is not None:
        query = query.where(KeptPacket.shop_id == shop_id)
    newest = query.ext(distinct_on(KeptPacket.shop_id)).order_by(
        KeptPacket.shop_id, KeptPacket.week.desc()
    )
    return [_record(row) for row in session.scalars(newest)]


def find_packet(session: Session, shop_id: str, week: str) -> PacketRecord | None:
    row = session.get(KeptPacket, (shop_id, week))
    return None if row is None else _record(row)


def get_packet(session: Session, shop_id: str, week: str) -> PacketRecord:
    found = find_packet(session, shop_id, week)
    if found is None:
        raise _not_kept(shop_id, week)
    return found


def packet_file(session: Session, shop_id: str, week: str, form: Form) -> bytes:
    found = session.scalars(
        select(_COLUMNS[form]).where(KeptPacket.shop_id == shop_id, KeptPacket.week == week)
    ).first()
    if found is None:
        raise _not_kept(shop_id, week)
    return found


def _not_kept(shop_id: str, week: str) -> NotFoundError:
    return NotFoundError(
        f"No packet of {shop_id} is kept of week {week}.",
        hint="Choose one of the list, or make it: `hotdash packet make --keep`.",
        field="week",
    )


def _record(row: KeptPacket) -> PacketRecord:
    return PacketRecord(
        row.shop_id,
        row.week,
        row.publication_id,
        row.as_of,
        row.made_at,
        row.sent_at,
        row.headline,
    )
