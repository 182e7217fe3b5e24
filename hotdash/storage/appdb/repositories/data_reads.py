"""Who read what kind of a shop's data how often, by day: added up in the web server, kept here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import orjson
import psycopg
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import DataRead


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """The door is the session of a browser or the token of a program."""

    shop_id: str
    day: date
    actor: str
    kind: str
    door: str
    reads: int
    last_at: datetime


def count_reads(connection: psycopg.Connection, counted: Sequence[ReadRecord]) -> None:
    told = orjson.dumps([asdict(each) for each in counted]).decode()
    connection.execute("select app.count_reads(%s::jsonb)", [told])


def list_reads(session: Session, shops: Sequence[str], first: date, last: date) -> list[ReadRecord]:
    found = session.scalars(
        select(DataRead)
        .where(DataRead.shop_id.in_(shops), DataRead.day.between(first, last))
        .order_by(DataRead.shop_id, DataRead.day, DataRead.actor, DataRead.kind, DataRead.door)
    )
    return [
        ReadRecord(row.shop_id, row.day, row.actor, row.kind, row.door, row.reads, row.last_at)
        for row in found
    ]
