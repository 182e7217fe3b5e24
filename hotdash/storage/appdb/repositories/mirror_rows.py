"""Which columns of a decision and a fact are mirrored, and a row of them as the JSON that is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, Table, Text, func, literal, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON, DateTime, Integer, Numeric, TypeDecorator, TypeEngine

from hotdash.storage.appdb.models import DashboardFact, Decision

DECISIONS, FACTS = "decisions", "dashboard_facts"
# A fact belongs to no scope of its own.
SCOPE_OF_FACTS = "ops"
# A client's key to its own request says nothing about the decision.
_LEFT_OUT = frozenset({"idempotency_key"})
JSON_KIND = "jsonb"
_SQL_FILE = Path(__file__).with_suffix(".sql")


@dataclass(frozen=True, slots=True)
class MirroredTable:
    """Columns by the type that Postgres calls them by; `instant` is the one that says when it was."""

    name: str
    instant: str
    key: tuple[str, ...]
    columns: Mapping[str, str]

    @property
    def id(self) -> str:
        """Within a shop."""
        return self.key[1]


def _described(table: Table, instant: str) -> MirroredTable:
    columns = {each.name: _kind(each) for each in _mirrored(table)}
    key = tuple(each.name for each in table.primary_key)
    return MirroredTable(table.name, instant, key, columns)


def _mirrored(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if each.name not in _LEFT_OUT]


def _kind(column: Column[Any]) -> str:
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    for known, name in (
        (DateTime, "timestamp with time zone"),
        (JSON, JSON_KIND),
        (Integer, "integer"),
        (Numeric, "numeric"),
    ):
        if isinstance(kind, known):
            return name
    return "uuid" if kind.python_type is UUID else "text"


_TABLES = {
    DECISIONS: cast(Table, Decision.__table__),
    FACTS: cast(Table, DashboardFact.__table__),
}
MIRRORED = {
    name: _described(_TABLES[name], instant)
    for name, instant in ((DECISIONS, "decided_at"), (FACTS, "occurred_at"))
}


def table_of(mirrored: MirroredTable) -> Table:
    return _TABLES[mirrored.name]


def tables_sql(moved: Sequence[str] = ()) -> str:
    """The statements that make the right tables in the project; those of these names make way."""
    away = [f"alter table public.{name} rename to {name}_before_mirror;\n" for name in moved]
    return "".join(away) + ("\n" if away else "") + _SQL_FILE.read_text(encoding="utf-8")


def bodies_of(
    session: Session, entity: str, ids: Sequence[UUID]
) -> dict[tuple[str, UUID], tuple[str, str]]:
    """By shop and id, of which two shops may have the same, the scope and the row as JSON, written by the database, so that no digit changes."""
    table = _TABLES[entity]
    pairs = [
        part for each in _mirrored(table) for part in (literal(each.name, Text).cast(Text), each)
    ]
    body = as_type(func.jsonb_build_object(*pairs), Text)
    key = (table.columns["shop_id"], table.columns[MIRRORED[entity].id])
    scope = table.columns["scope"] if entity == DECISIONS else literal(SCOPE_OF_FACTS).cast(Text)
    found = session.execute(select(*key, scope, body).where(key[1].in_(ids)))
    return {(row[0], row[1]): (row[2], row[3]) for row in found}
