"""One question, one reader, the passages that answer it: by words and by vectors together, each with its source."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.roles import Permission
from hotdash.insights.knowledge.documents import Kind
from hotdash.insights.knowledge.embeddings.contract import Embedder, EmbeddingError, Vectors
from hotdash.insights.knowledge.passages import MOST as MOST_PASSAGES
from hotdash.storage.appdb.repositories.knowledge import (
    BuildRecord,
    count_kinds,
    list_builds,
    titles_with_passages,
)
from hotdash.storage.appdb.repositories.knowledge_readable import Key, Readable
from hotdash.storage.appdb.repositories.knowledge_search import (
    PassageRecord,
    by_vector,
    by_words,
    document_passages,
    passages_of,
    vectors_by,
)

Reading = Callable[[], AbstractContextManager[Session]]
LONGEST_QUESTION = 400
MOST = 50
_LOOKED_AT = 60
_OF_ONE_DOCUMENT = 2
# From the paper on reciprocal rank fusion: low places count little against being in both lists.
_DAMPING = 60
_LEAST_LIKENESS = 0.05
NONE = "none"


class QuestionError(HotdashError):
    code = "invalid_question"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, by what they may do in each of their shops."""

    rights: Mapping[str, Collection[Permission]]

    def readable(self, shops: Collection[str] | None, kinds: Sequence[Kind]) -> Readable:
        rights = {
            shop_id: frozenset(each.value for each in held)
            for shop_id, held in self.rights.items()
            if shops is None or shop_id in shops
        }
        return Readable(rights, tuple(each.value for each in kinds))


@dataclass(frozen=True, slots=True)
class Passage:
    """`where` is the title with the headings above; found by words, by vectors, or by both."""

    document_id: UUID
    shop_id: str | None
    kind: Kind
    title: str
    where: str
    text: str
    link: str | None
    dated_at: datetime
    score: float
    found_by: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "document": str(self.document_id),
            "shop": self.shop_id,
            "kind": self.kind.value,
            "title": self.title,
            "where": self.where,
            "text": self.text,
            "link": self.link,
            "date": iso_utc(self.dated_at),
            "score": f"{self.score:.5f}",
            "found_by": list(self.found_by),
        }


@dataclass(frozen=True, slots=True)
class State:
    """Of what the reader may see; vectors say how they are compared, and none that no model answered."""

    builds: Sequence[BuildRecord]
    documents: Mapping[str, int]
    model: str
    is_mock: bool
    vectors: str

    def as_json(self) -> dict[str, Any]:
        return {
            "mock": self.is_mock,
            "model": self.model,
            "vectors": self.vectors,
            "documents": dict(self.documents),
            "builds": [
                {
                    "shop": each.shop_id,
                    "built_at": iso_utc(each.built_at),
                    "model": each.model,
                    "mock": each.is_mock,
                    "dimensions": each.dimensions,
                    "documents": each.documents,
                    "passages": each.passages,
                    "changed": each.changed,
                    "removed": each.removed,
                    "embedded": each.embedded,
                    "seconds": f"{each.seconds:f}",
                }
                for each in self.builds
            ],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    passages: Sequence[Passage]
    state: State

    def as_json(self) -> dict[str, Any]:
        return {
            "passages": [each.as_json() for each in self.passages],
            "index": self.state.as_json(),
        }


def search(
    reading: Reading,
    reader: Reader,
    question: str,
    embedder: Embedder,
    *,
    shops: Collection[str] | None = None,
    kinds: Sequence[Kind] = (),
    limit: int = 8,
) -> Answer:
    """The model is asked before a transaction begins; where it does not answer, words alone are looked for."""
    asked = _question(question)
    vector = _vector(embedder, asked)
    readable = reader.readable(shops, kinds)
    with reading() as session:
        words = by_words(session, readable, asked, _LOOKED_AT)
        likes = (
            []
            if vector is None
            else by_vector(session, readable, embedder.model, vector, _LOOKED_AT, _LEAST_LIKENESS)
        )
        ranked = _fused({"words": words, "vectors": likes})
        found = passages_of(session, [key for key, _, _ in ranked])
        state = _state(session, reader, embedder, has_vector=vector is not None)
    chosen = _few_of_each(
        [(found[key], score, by) for key, score, by in ranked if key in found], limit
    )
    return Answer([_passage(*each) for each in chosen], state)


def read_document(session: Session, reader: Reader, document_id: UUID) -> list[PassageRecord]:
    """All of it in order; nothing where there is none that this reader may see."""
    return document_passages(session, reader.readable(None, ()), document_id)


def index_state(session: Session, reader: Reader, embedder: Embedder) -> State:
    return _state(session, reader, embedder, has_vector=True)


def cut_titles(session: Session, reader: Reader) -> list[str]:
    """Of documents with as many passages as are kept: what stands behind them is not found."""
    return titles_with_passages(session, reader.readable(None, ()).rights, MOST_PASSAGES)


def _question(told: str) -> str:
    question = " ".join(told.replace("\0", " ").split())
    if not question or len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"A question has 1 to {LONGEST_QUESTION} characters; this one has {len(question)}.",
            hint="Ask in a sentence or a few words.",
            field="q",
        )
    return question


def _vector(embedder: Embedder, question: str) -> Vectors | None:
    try:
        return embedder.embed([question])[0]
    except (EmbeddingError, UnavailableError):
        return None


def _fused(lists: Mapping[str, Sequence[Key]]) -> list[tuple[Key, float, tuple[str, ...]]]:
    """Reciprocal rank fusion; equal scores stand in the order of the first list."""
    scores: dict[Key, float] = {}
    found_by: dict[Key, list[str]] = {}
    for name, keys in lists.items():
        for place, key in enumerate(keys, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (_DAMPING + place)
            found_by.setdefault(key, []).append(name)
    ordered = sorted(scores, key=lambda key: -scores[key])
    return [(key, scores[key], tuple(found_by[key])) for key in ordered]


_Ranked = tuple[PassageRecord, float, tuple[str, ...]]


def _few_of_each(ranked: Sequence[_Ranked], limit: int) -> list[_Ranked]:
    """A long document must not push all others out."""
    taken: Counter[UUID] = Counter()
    chosen: list[_Ranked] = []
    for each in ranked:
        document_id = each[0].document_id
        if taken[document_id] < _OF_ONE_DOCUMENT and len(chosen) < limit:
            taken[document_id] += 1
            chosen.append(each)
    return chosen


def _passage(record: PassageRecord, score: float, found_by: tuple[str, ...]) -> Passage:
    return Passage(
        document_id=record.document_id,
        shop_id=record.shop_id,
        kind=Kind(record.kind),
        title=record.title,
        where=record.heading,
        text=record.body,
        link=record.link,
        dated_at=record.dated_at,
        score=score,
        found_by=found_by,
    )


def _state(session: Session, reader: Reader, embedder: Embedder, *, has_vector: bool) -> State:
    builds = [
        each
        for each in list_builds(session)
        if each.shop_id is None or each.shop_id in reader.rights
    ]
    documents = count_kinds(session, reader.readable(None, ()).rights)
    how, _ = vectors_by(session)
    return State(builds, documents, embedder.model, embedder.is_mock, how if has_vector else NONE)
