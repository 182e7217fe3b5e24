"""The shapes of the knowledge index in the API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape
from hotdash.insights.knowledge.documents import Kind


class PassageShape(Shape):
    """As it stands in its source; shop is null for what is of the house."""

    document: UUID
    shop: str | None
    kind: Kind
    title: str
    where: Annotated[str, Field(description="The title with the headings above the passage.")]
    text: str
    link: str | None
    date: Annotated[datetime, Field(description="Of when the source is.")]
    score: str
    found_by: list[Literal["words", "vectors"]]


class IndexBuildShape(Shape):
    shop: str | None
    built_at: datetime
    model: str
    mock: bool
    dimensions: int
    documents: int
    passages: int
    changed: int
    removed: int
    embedded: int
    seconds: str


class IndexShape(Shape):
    mock: Annotated[bool, Field(description="Vectors are hashed words, and come from no model.")]
    model: str
    vectors: Annotated[
        Literal["pgvector", "exact", "none"],
        Field(description="How they are compared; none where no model answered."),
    ]
    documents: Annotated[dict[Kind, int], Field(description="That the asker may find, by kind.")]
    builds: list[IndexBuildShape]


class KnowledgeAnswer(Shape):
    shop: str
    question: str
    passages: list[PassageShape]
    index: IndexShape


class SiteCrawlShape(Shape):
    site: str
    began_at: datetime
    ended_at: datetime
    stopped: Annotated[str, Field(description="Why it ended: done, or which bound was met.")]
    asked: int
    unchanged: int
    missing: int
    forbidden: int
    failed: int
    bytes: int


class MissingPageShape(Shape):
    url: str
    status: int
    linked_from: str | None
    asked_at: datetime


class KnowledgeState(Shape):
    shop: str
    index: IndexShape
    cut_documents: Annotated[
        list[str],
        Field(description="Titles of those with so many passages that only the first are found."),
    ]
    crawl: SiteCrawlShape | None
    missing_pages: list[MissingPageShape]
