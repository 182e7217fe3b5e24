"""Which passages answer a question, by words and by vectors; asked in the reader's own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy
from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import KnowledgeDocument, KnowledgePassage
from hotdash.storage.appdb.repositories.knowledge_held import (
    Vectors,
    held_of,
    numbers,
    of_length_one,
)
from hotdash.storage.appdb.repositories.knowledge_readable import Key, Readable

PGVECTOR, EXACT = "pgvector", "exact"

# Where the extension lies, if it is there and this login may use it.
_EXTENSION = text(
    "select quote_ident(n.nspname) from pg_catalog.pg_extension as e"
    " join pg_catalog.pg_namespace as n on n.oid = e.extnamespace"
    " where e.extname = 'vector' and has_schema_privilege(n.oid, 'usage')"
)
# So many more are compared exactly as are asked for: of those held some may be gone or written over by now.
_SPARE = 60


@dataclass(frozen=True, slots=True)
class PassageRecord:
    shop_id: str | None
    document_id: UUID
    place: int
    kind: str
    name: str
    title: str
    heading: str
    body: str
    link: str | None
    dated_at: datetime


def by_words(session: Session, readable: Readable, question: str, most: int) -> list[Key]:
    told = readable.as_told() | {"question": question, "most": most}
    found = session.execute(text(_statement("knowledge_words")), told)
    return [(row.document_id, row.place) for row in found]


def vectors_by(session: Session) -> tuple[str, str | None]:
    """How vectors are compared here, and where the extension lies."""
    schema = session.scalar(_EXTENSION)
    return (EXACT, None) if schema is None else (PGVECTOR, schema)


def by_vector(
    session: Session, readable: Readable, model: str, asked: Vectors, most: int, least: float
) -> list[Key]:
    """Memory names those that come into question; what they say now, and who may read them, the database."""
    alike = of_length_one(asked)
    likest = held_of(session).likest(session, readable, model, alike, most + _SPARE)
    if not likest:
        return []
    told = readable.as_told() | {
        "model": model,
        "dimensions": len(asked),
        "documents": [document for document, _ in likest],
        "places": [place for _, place in likest],
    }
    _, schema = vectors_by(session)
    if schema is not None:
        return _in_database(session, schema, told, alike, most, least)
    return _here(session, told, alike, most, least)


def _in_database(
    session: Session, schema: str, told: dict[str, Any], asked: Vectors, most: int, least: float
) -> list[Key]:
    kind = f"{schema}.vector"
    apart = f"cast(passages.vector as {kind}) operator({schema}.<=>) cast(cast(:asked as real[]) as {kind})"
    statement = _statement("knowledge_vectors").format(
        # Of a text without words the likeness is no number, and that would come first.
        told=f"nullif(1 - ({apart}), 'NaN') as likeness",
        ending="order by likeness desc nulls last, passages.document_id, passages.place limit :most",
    )
    found = session.execute(text(statement), told | {"asked": asked.tolist(), "most": most})
    return [(row.document_id, row.place) for row in found if (row.likeness or 0) > least]


def _here(
    session: Session, told: dict[str, Any], asked: Vectors, most: int, least: float
) -> list[Key]:
    statement = _statement("knowledge_vectors").format(
        told="pg_catalog.array_send(passages.vector) as sent",
        ending="order by passages.document_id, passages.place",
    )
    rows = session.execute(text(statement), told).all()
    if not rows:
        return []
    likeness = of_length_one(numbers([row.sent for row in rows], len(asked))) @ asked
    order: list[int] = numpy.argsort(-likeness, kind="stable")[:most].tolist()
    return [(rows[at].document_id, rows[at].place) for at in order if likeness[at] > least]


def passages_of(session: Session, keys: Sequence[Key]) -> dict[Key, PassageRecord]:
    if not keys:
        return {}
    key = tuple_(KnowledgePassage.document_id, KnowledgePassage.place)
    return {
        (each.document_id, each.place): each for each in _passages(session, key.in_(list(keys)))
    }


def document_passages(
    session: Session, readable: Readable, document_id: UUID
) -> list[PassageRecord]:
    """All of one document in their order, or nothing where this reader may not see it."""
    found = _passages(session, KnowledgePassage.document_id == document_id)
    needs = session.scalar(
        select(KnowledgeDocument.needs).where(KnowledgeDocument.document_id == document_id)
    )
    return [each for each in found if needs in readable.opened(each.shop_id)]


def _passages(session: Session, wanted: Any) -> list[PassageRecord]:
    found = session.execute(
        select(KnowledgePassage, KnowledgeDocument)
        .join(KnowledgeDocument, KnowledgeDocument.document_id == KnowledgePassage.document_id)
        .where(wanted)
        .order_by(KnowledgePassage.document_id, KnowledgePassage.place)
    )
    return [
        PassageRecord(
            *(document.shop_id, document.document_id, passage.place, document.kind),
            *(document.name, document.title, passage.heading, passage.body),
            *(document.link, document.dated_at),
        )
        for passage, document in found
    ]


@cache
def _statement(name: str) -> str:
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
