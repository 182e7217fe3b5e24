"""What can be searched for and cited, and what the shops' own sites answered."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, BigInteger, Computed, ForeignKey, Index, Numeric
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY

_NUMBERS: ARRAY[float] = ARRAY(REAL[float]())
DOCUMENT_KEY = "app.knowledge_documents.document_id"
_WORDS = (
    "setweight(to_tsvector('english', heading), 'A') || setweight(to_tsvector('simple', heading), 'A')"
    " || setweight(to_tsvector('english', body), 'D') || setweight(to_tsvector('simple', body), 'D')"
)


class KnowledgeDocument(Base):
    """One text that can be found; without a shop it is of the house, and every member reads it."""

    __tablename__ = "knowledge_documents"
    __table_args__ = (
        Index(
            *("knowledge_documents_once", "shop_id", "kind", "name"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        {"schema": "app"},
    )

    shop_id: Mapped[str | None] = mapped_column(ForeignKey(SHOP_KEY))
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    needs: Mapped[str]
    title: Mapped[str] = mapped_column(Words())
    link: Mapped[str | None]
    dated_at: Mapped[datetime]
    text_sha256: Mapped[str]
    indexed_at: Mapped[datetime]


class KnowledgePassage(Base):
    """A piece of a document, short enough to be cited, with the vector of one model."""

    __tablename__ = "knowledge_passages"
    __table_args__ = (
        Index("knowledge_passages_by_shop", "shop_id", "needs"),
        Index("knowledge_passages_by_words", "words", postgresql_using="gin"),
        {"schema": "app"},
    )

    shop_id: Mapped[str | None] = mapped_column(ForeignKey(SHOP_KEY))
    document_id: Mapped[UUID] = mapped_column(
        ForeignKey(DOCUMENT_KEY, ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    needs: Mapped[str]
    heading: Mapped[str] = mapped_column(Words())
    body: Mapped[str] = mapped_column(Words())
    model: Mapped[str | None]
    vector: Mapped[list[float] | None] = mapped_column(_NUMBERS)
    words: Mapped[Any] = mapped_column(
        TSVECTOR(), Computed(_WORDS, persisted=True), deferred=True, nullable=False
    )


class KnowledgeBuild(Base):
    """How the index of the house, or of one shop, stands since it was built last."""

    __tablename__ = "knowledge_builds"
    __table_args__ = (
        Index(
            *("knowledge_builds_once", "shop_id"), unique=True, postgresql_nulls_not_distinct=True
        ),
        {"schema": "app"},
    )

    build_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[str | None] = mapped_column(ForeignKey(SHOP_KEY))
    built_at: Mapped[datetime]
    model: Mapped[str]
    is_mock: Mapped[bool]
    dimensions: Mapped[int]
    documents: Mapped[int]
    passages: Mapped[int]
    changed: Mapped[int]
    removed: Mapped[int]
    embedded: Mapped[int]
    seconds: Mapped[Decimal] = mapped_column(Numeric())


class SitePage(Base):
    """What one address of a shop's own site answered last."""

    __tablename__ = "site_pages"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[int]
    linked_from: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    title: Mapped[str] = mapped_column(Words())
    body: Mapped[str] = mapped_column(Words())
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class SiteCrawl(Base):
    """How the last crawl of a shop's own site went, and why it ended."""

    __tablename__ = "site_crawls"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    site: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    stopped: Mapped[str]
    asked: Mapped[int]
    unchanged: Mapped[int]
    missing: Mapped[int]
    forbidden: Mapped[int]
    failed: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger())
