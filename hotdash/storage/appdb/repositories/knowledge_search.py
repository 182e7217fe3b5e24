"""Which passages answer a question, by words and by vectors; asked in the reader's own transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy
from numpy.typing import NDArray
from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import KnowledgeDocument, KnowledgePassage

Key = tuple[UUID, int]
Vectors = NDArray[numpy.float32]
PGVECTOR, EXACT = "pgvector", "exact"

# Where the extension lies, if it is there and this login may use it.
_EXTENSION = text(
    "select quote_ident(n.nspname) from pg_catalog.pg_extension as e"
    " join pg_catalog.pg_namespace as n on n.oid = e.extnamespace"
    " where e.extname = 'vector' and has_schema_privilege(n.oid, 'usage')"
)
_HEADER_BYTES = 20
"""Of an array with one dimension, as array_send writes it."""


@dataclass(frozen=True, slots=True)
class Readable:
    """By shop, which rights its reader has; of the house whatever any of them opens."""

    rights: Mapping[str, Collection[str]]
    kinds: Sequence[str] = ()

    def as_told(self) -> dict[str, Any]:
        pairs = sorted((shop, right) for shop, held in self.rights.items() for right in held)
        return {
            "shops": [shop for shop, _ in pairs],
            "rights": [right for _, right in pairs],
            "kinds": list(self.kinds),
        }


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
    """All of them are compared: what row-level security hides cannot crowd out what is shown."""
    told = readable.as_told() | {"model": model, "dimensions": len(asked)}
    _, schema = vectors_by(session)
    if schema is not None:
        return _in_database(session, schema, told, asked, most, least)
    return _here(session, told, asked, most, least)


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
    matrix = _numbers([bytes(row.sent) for row in rows], len(asked))
    lengths = numpy.linalg.norm(matrix, axis=1) * numpy.linalg.norm(asked)
    likeness = matrix @ asked / numpy.where(lengths > 0, lengths, 1)
    order: list[int] = numpy.argsort(-likeness, kind="stable")[:most].tolist()
    return [(rows[at].document_id, rows[at].place) for at in order if likeness[at] > least]


def _numbers(sent: Sequence[bytes], dimensions: int) -> Vectors:
    """Each number stands behind its length, most significant byte first."""
    pair = numpy.dtype([("length", ">i4"), ("number", ">f4")])
    joined = b"".join(each[_HEADER_BYTES:] for each in sent)
    return (
        numpy.frombuffer(joined, pair)["number"]
        .reshape(len(sent), dimensions)
        .astype(numpy.float32)
    )


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
    return [each for each in found if _may_read(readable, each.shop_id, needs)]


def _may_read(readable: Readable, shop_id: str | None, needs: str | None) -> bool:
    if shop_id is not None:
        return needs in readable.rights.get(shop_id, ())
    return any(needs in held for held in readable.rights.values())


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
