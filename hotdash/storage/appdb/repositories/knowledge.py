"""The index of what can be searched for: documents come and go whole, their vectors come afterwards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, text, tuple_
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models import KnowledgeBuild, KnowledgeDocument, KnowledgePassage

Vector = Sequence[float]
Key = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class NewDocument:
    """`shop_id` is None for what is of the house; passages are pairs of heading and body."""

    shop_id: str | None
    kind: str
    name: str
    needs: str
    title: str
    link: str | None
    dated_at: datetime
    text_sha256: str
    passages: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """By what a document that is there is compared with its source."""

    document_id: UUID
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A passage whose vector is absent or another model's."""

    document_id: UUID
    place: int
    heading: str
    body: str

    @property
    def key(self) -> Key:
        return self.document_id, self.place


@dataclass(frozen=True, slots=True)
class BuildRecord:
    shop_id: str | None
    built_at: datetime
    model: str
    is_mock: bool
    dimensions: int
    documents: int
    passages: int
    changed: int
    removed: int
    embedded: int
    seconds: Decimal


def known_documents(session: Session, shop_id: str | None) -> dict[tuple[str, str], Known]:
    """By kind and name."""
    found = session.scalars(select(KnowledgeDocument).where(_of(shop_id)))
    return {(row.kind, row.name): Known(row.document_id, row.text_sha256) for row in found}


def replace_document(session: Session, document: NewDocument, at: datetime) -> None:
    """It is there whole, or as it was before: both in the caller's transaction."""
    remove_documents(session, document.shop_id, [(document.kind, document.name)])
    document_id = new_id()
    told = {name: getattr(document, name) for name in _FIELDS}
    session.execute(
        insert(KnowledgeDocument).values(told | {"document_id": document_id, "indexed_at": at})
    )
    rows = [
        {
            "shop_id": document.shop_id,
            "document_id": document_id,
            "place": place,
            "needs": document.needs,
            "heading": heading,
            "body": body,
        }
        for place, (heading, body) in enumerate(document.passages)
    ]
    if rows:
        session.execute(insert(KnowledgePassage), rows)


_FIELDS = tuple(name for name in NewDocument.__dataclass_fields__ if name != "passages")


def remove_documents(
    session: Session, shop_id: str | None, named: Collection[tuple[str, str]]
) -> None:
    for kind, name in named:
        session.execute(
            delete(KnowledgeDocument).where(
                _of(shop_id), KnowledgeDocument.kind == kind, KnowledgeDocument.name == name
            )
        )


def waiting_passages(
    session: Session, shop_id: str | None, model: str, limit: int, after: Key | None = None
) -> list[Waiting]:
    """In the order of their keys, of which the next batch begins behind the last."""
    of_scope = (
        KnowledgePassage.shop_id.is_(None)
        if shop_id is None
        else KnowledgePassage.shop_id == shop_id
    )
    behind = [] if after is None else [tuple_(*_KEY) > tuple_(*after)]
    rows = session.execute(
        select(*_KEY, KnowledgePassage.heading, KnowledgePassage.body)
        .where(
            of_scope,
            or_(KnowledgePassage.vector.is_(None), KnowledgePassage.model.is_distinct_from(model)),
            *behind,
        )
        .order_by(*_KEY)
        .limit(limit)
    )
    return [Waiting(*row) for row in rows]


_KEY = (KnowledgePassage.document_id, KnowledgePassage.place)
_KEEP_VECTOR = text(
    """
    update app.knowledge_passages set model = :model, vector = cast(:vector as real[])
    where document_id = :document_id and place = :place and heading = :heading and body = :body
    """
)


def keep_vectors(session: Session, model: str, vectors: Sequence[tuple[Waiting, Vector]]) -> int:
    """How many: only of a passage that still says what was embedded."""
    done = session.connection().execute(
        _KEEP_VECTOR,
        [
            {
                "model": model,
                "vector": list(vector),
                "document_id": passage.document_id,
                "place": passage.place,
                "heading": passage.heading,
                "body": passage.body,
            }
            for passage, vector in vectors
        ],
    )
    return done.rowcount


def count_indexed(session: Session, shop_id: str | None) -> tuple[int, int]:
    """Documents and passages."""
    documents = session.scalar(
        select(func.count()).select_from(KnowledgeDocument).where(_of(shop_id))
    )
    passages = session.scalar(
        select(func.count())
        .select_from(KnowledgePassage)
        .join(KnowledgeDocument, KnowledgeDocument.document_id == KnowledgePassage.document_id)
        .where(_of(shop_id))
    )
    return documents or 0, passages or 0


def save_build(session: Session, record: BuildRecord) -> None:
    """Under a new id each time: by it whoever holds vectors knows that theirs are old."""
    told = {name: getattr(record, name) for name in BuildRecord.__dataclass_fields__}
    values = told | {"build_id": new_id()}
    placed = postgresql.insert(KnowledgeBuild).values(values)
    session.execute(
        placed.on_conflict_do_update(index_elements=[KnowledgeBuild.shop_id], set_=values)
    )


def list_builds(session: Session) -> list[BuildRecord]:
    """The house's own first; of the shops only those that the transaction may see."""
    rows = session.scalars(
        select(KnowledgeBuild).order_by(KnowledgeBuild.shop_id.asc().nulls_first())
    )
    return [
        BuildRecord(**{name: getattr(row, name) for name in BuildRecord.__dataclass_fields__})
        for row in rows
    ]


def count_kinds(session: Session, rights: Mapping[str, Collection[str]]) -> dict[str, int]:
    """How many documents of each kind a reader with these rights by shop may find."""
    found = session.execute(
        select(KnowledgeDocument.kind, func.count())
        .where(_readable(rights))
        .group_by(KnowledgeDocument.kind)
        .order_by(KnowledgeDocument.kind)
    )
    return {row[0]: row[1] for row in found}


def titles_with_passages(
    session: Session, rights: Mapping[str, Collection[str]], passages: int
) -> list[str]:
    """Of the documents that have so many, as far as a reader with these rights by shop may find them."""
    last = KnowledgePassage.place == passages - 1
    found = session.scalars(
        select(KnowledgeDocument.title)
        .join(KnowledgePassage, KnowledgePassage.document_id == KnowledgeDocument.document_id)
        .where(_readable(rights), last)
        .order_by(KnowledgeDocument.title)
    )
    return list(found)


def _readable(rights: Mapping[str, Collection[str]]) -> ColumnElement[bool]:
    everywhere = {right for held in rights.values() for right in held}
    return or_(
        KnowledgeDocument.shop_id.is_(None) & KnowledgeDocument.needs.in_(everywhere),
        *(
            (KnowledgeDocument.shop_id == shop_id) & KnowledgeDocument.needs.in_(held)
            for shop_id, held in rights.items()
        ),
    )


def _of(shop_id: str | None) -> ColumnElement[bool]:
    column = KnowledgeDocument.shop_id
    return column.is_(None) if shop_id is None else column == shop_id
