"""Decisions and facts as a mirror should have them, row by row, and which of them still wait to be sent."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Text, Uuid, column, false, select, table, text
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Integer, Numeric, TypeDecorator, TypeEngine

from hotdash.storage.appdb.models import DashboardFact, Decision
from hotdash.storage.secrets import Vault

# A client's key to its own request is not mirrored.
_LEFT_OUT = frozenset({"idempotency_key"})
_AT_ONCE = 1_000
_OUTBOX = table(
    "mirror_outbox",
    column("shop_id", Text),
    column("entity", Text),
    column("entity_id", Uuid),
    column("status", Text),
    schema="app",
)
_TABLES = {
    "decisions": cast(Table, Decision.__table__),
    "dashboard_facts": cast(Table, DashboardFact.__table__),
}


@dataclass(frozen=True, slots=True)
class MirroredTable:
    """Kinds are instant, number, json, id or text."""

    name: str
    key: str
    instant: str
    kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MirrorDoor:
    url: str
    key: str = field(repr=False)


def _kind(kind: TypeEngine[Any]) -> str:
    plain: Any = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    kinds: tuple[tuple[Any, str], ...] = (
        (DateTime, "instant"),
        (JSONB, "json"),
        (Integer, "number"),
        (Numeric, "number"),
    )
    for known, name in kinds:
        if isinstance(plain, known):
            return name
    return "id" if plain.python_type is UUID else "text"


def _described(name: str, key: str, instant: str) -> MirroredTable:
    columns = [each for each in _TABLES[name].columns if each.name not in _LEFT_OUT]
    return MirroredTable(name, key, instant, {each.name: _kind(each.type) for each in columns})


MIRRORED = (
    _described("decisions", "decision_id", "decided_at"),
    _described("dashboard_facts", "fact_id", "occurred_at"),
)


def mirror_door(session: Session, vault: Vault) -> MirrorDoor | None:
    """Of the one project that is written to; None where none is connected."""
    if not _stands(session, "mirrors"):
        return None
    found = session.execute(text("select url, ciphertext from app.mirrors limit 1")).first()
    if found is None:
        return None
    return MirrorDoor(found.url, vault.open(bytes(found.ciphertext), f"mirror {found.url}")["key"])


def rows_to_mirror(
    session: Session, mirrored: MirroredTable, shop_id: str
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """By key, each with whether it still waits. JSON comes as its text, so that no digit changes."""
    source = _TABLES[mirrored.name]
    key = source.columns[mirrored.key]
    columns = [
        as_type(source.columns[name], Text).label(name)
        if kind == "json"
        else source.columns[name].label(name)
        for name, kind in mirrored.kinds.items()
    ]
    waits: Any = false()
    if _stands(session, "mirror_outbox"):
        waits = (
            select(_OUTBOX.c.entity_id)
            .where(
                _OUTBOX.c.shop_id == source.columns["shop_id"],
                _OUTBOX.c.entity == mirrored.name,
                _OUTBOX.c.entity_id == key,
                _OUTBOX.c.status == "waiting",
            )
            .exists()
        )
    query = select(*columns, waits.label("is_waiting")).where(source.columns["shop_id"] == shop_id)
    streamed = session.execute(query.order_by(key).execution_options(yield_per=_AT_ONCE))
    for row in streamed.mappings():
        yield {name: row[name] for name in mirrored.kinds}, row["is_waiting"]


def standing(
    session: Session, mirrored: MirroredTable, shop_id: str, ids: Collection[str]
) -> set[str]:
    """Those of the ids that are ours by now."""
    source = _TABLES[mirrored.name]
    key = source.columns[mirrored.key]
    wanted = [UUID(each) for each in ids]
    found = session.scalars(
        select(key).where(source.columns["shop_id"] == shop_id, key.in_(wanted))
    )
    return {str(each) for each in found}


def _stands(session: Session, name: str) -> bool:
    """An installation that mirrors nothing may have no such table."""
    found = session.scalar(text("select to_regclass(:name) is not null"), {"name": f"app.{name}"})
    return bool(found)
