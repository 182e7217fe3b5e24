"""Decisions and facts as a mirror should have them, row by row, and which of them still wait to be sent."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import MirrorRow
from hotdash.storage.appdb.repositories.mirror_outbox import WAITING
from hotdash.storage.appdb.repositories.mirror_rows import JSON_KIND, MirroredTable, table_of

_AT_ONCE = 1_000


def rows_to_mirror(
    session: Session, mirrored: MirroredTable, shop_id: str
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """By id, each with whether it still waits. JSON comes as its text, so that no digit changes."""
    source = table_of(mirrored)
    key = source.columns[mirrored.id]
    columns = [
        as_type(source.columns[name], Text).label(name)
        if kind == JSON_KIND
        else source.columns[name].label(name)
        for name, kind in mirrored.columns.items()
    ]
    waits = (
        select(MirrorRow.entity_id)
        .where(
            MirrorRow.shop_id == source.columns["shop_id"],
            MirrorRow.entity == mirrored.name,
            MirrorRow.entity_id == key,
            MirrorRow.status == WAITING,
        )
        .exists()
    )
    query = select(*columns, waits.label("is_waiting")).where(source.columns["shop_id"] == shop_id)
    streamed = session.execute(query.order_by(key).execution_options(yield_per=_AT_ONCE))
    for row in streamed.mappings():
        yield {name: row[name] for name in mirrored.columns}, row["is_waiting"]


def standing(
    session: Session, mirrored: MirroredTable, shop_id: str, ids: Collection[str]
) -> set[str]:
    """Those of the ids that are ours by now; no more of them than one statement takes."""
    source = table_of(mirrored)
    key = source.columns[mirrored.id]
    wanted = [UUID(each) for each in ids]
    found = session.scalars(
        select(key).where(source.columns["shop_id"] == shop_id, key.in_(wanted))
    )
    return {str(each) for each in found}
