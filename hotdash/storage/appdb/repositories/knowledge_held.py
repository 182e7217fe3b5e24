"""Vectors held in memory from one build to the next: to read them all for each question takes longer than to compare them."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy
from numpy.typing import NDArray
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import KnowledgeBuild, KnowledgeDocument, KnowledgePassage
from hotdash.storage.appdb.repositories.knowledge_readable import Key, Readable

Vectors = NDArray[numpy.float32]
MOST_BYTES = 512_000_000
"""In one process, of all shops together; a shop that alone has more is read for each question."""
_AT_ONCE = 4_096
_HEADER_BYTES = 20
"""Of an array with one dimension, as array_send writes it."""
_SENT = numpy.dtype([("length", ">i4"), ("number", ">f4")])


@dataclass(frozen=True, slots=True)
class _Scope:
    """A shop, or the house, as its last build left it."""

    shop_id: str | None
    build_id: UUID
    model: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class _Held:
    """Rows have the length one, so that a product is a likeness."""

    build_id: UUID
    keys: Sequence[Key]
    needs: NDArray[numpy.str_]
    kinds: NDArray[numpy.str_]
    rows: Vectors

    def likest(
        self, rights: Collection[str], kinds: Collection[str], asked: Vectors, most: int
    ) -> list[tuple[float, Key]]:
        is_shown = numpy.isin(self.needs, sorted(rights))
        if kinds:
            is_shown &= numpy.isin(self.kinds, sorted(kinds))
        likeness = numpy.where(is_shown, self.rows @ asked, -numpy.inf)
        first: list[int] = numpy.argsort(-likeness, kind="stable")[:most].tolist()
        return [(float(likeness[at]), self.keys[at]) for at in first if is_shown[at]]


@dataclass
class HeldVectors:
    """Of one database; which of them somebody sees is asked for in their own transaction, each time."""

    most_bytes: int = MOST_BYTES
    _held: OrderedDict[tuple[str | None, str], _Held] = field(
        default_factory=OrderedDict[tuple[str | None, str], _Held], init=False
    )
    _reading: threading.Lock = field(default_factory=threading.Lock, init=False)

    def likest(
        self, session: Session, readable: Readable, model: str, asked: Vectors, most: int
    ) -> list[Key]:
        found: list[tuple[float, Key]] = []
        for scope in _scopes(session, model, len(asked)):
            rights = readable.opened(scope.shop_id)
            if rights:
                found += self._of(session, scope).likest(rights, readable.kinds, asked, most)
        found.sort(key=lambda each: -each[0])
        return [key for _, key in found[:most]]

    def _of(self, session: Session, scope: _Scope) -> _Held:
        """One reads and the others wait: what is large must not be in memory twice."""
        named = (scope.shop_id, scope.model)
        with self._reading:
            held = self._held.pop(named, None)
            if held is None or held.build_id != scope.build_id:
                held = _read(session, scope)
            if held.rows.nbytes <= self.most_bytes:
                self._held[named] = held
                self._make_room()
            return held

    @property
    def bytes(self) -> int:
        return sum(each.rows.nbytes for each in self._held.values())

    def _make_room(self) -> None:
        """What was asked for longest ago goes first."""
        while self.bytes > self.most_bytes:
            self._held.popitem(last=False)


_OF_ENGINE: WeakKeyDictionary[Engine, HeldVectors] = WeakKeyDictionary()
_MAKING = threading.Lock()


def held_of(session: Session) -> HeldVectors:
    engine = session.connection().engine
    with _MAKING:
        return _OF_ENGINE.setdefault(engine, HeldVectors())


def numbers(sent: Sequence[bytes], dimensions: int) -> Vectors:
    """Each number stands behind its length, most significant byte first."""
    joined = b"".join(bytes(each)[_HEADER_BYTES:] for each in sent)
    told = numpy.frombuffer(joined, _SENT)["number"].reshape(len(sent), dimensions)
    return told.astype(numpy.float32)


def of_length_one(vectors: Vectors) -> Vectors:
    """A text without words has none, and is like nothing."""
    lengths = numpy.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / numpy.where(lengths > 0, lengths, 1).astype(numpy.float32)


def _scopes(session: Session, model: str, dimensions: int) -> list[_Scope]:
    """Row-level security leaves those whose passages this transaction may see."""
    found = session.execute(
        select(KnowledgeBuild.shop_id, KnowledgeBuild.build_id).where(
            KnowledgeBuild.model == model, KnowledgeBuild.dimensions == dimensions
        )
    )
    return [_Scope(row.shop_id, row.build_id, model, dimensions) for row in found]


def _read(session: Session, scope: _Scope) -> _Held:
    keys: list[Key] = []
    needs: list[str] = []
    kinds: list[str] = []
    parts: list[Vectors] = []
    for rows in _batches(session, scope):
        keys += [(row.document_id, row.place) for row in rows]
        needs += [row.needs for row in rows]
        kinds += [row.kind for row in rows]
        parts.append(of_length_one(numbers([row.sent for row in rows], scope.dimensions)))
    empty = numpy.zeros((0, scope.dimensions), dtype=numpy.float32)
    return _Held(
        scope.build_id,
        keys,
        numpy.array(needs, dtype=numpy.str_),
        numpy.array(kinds, dtype=numpy.str_),
        numpy.concatenate([empty, *parts]),
    )


def _batches(session: Session, scope: _Scope) -> Iterator[Sequence[Any]]:
    column = KnowledgePassage.shop_id
    asked = (
        select(
            KnowledgePassage.document_id,
            KnowledgePassage.place,
            KnowledgePassage.needs,
            KnowledgeDocument.kind,
            func.array_send(KnowledgePassage.vector).label("sent"),
        )
        .join(KnowledgeDocument, KnowledgeDocument.document_id == KnowledgePassage.document_id)
        .where(
            column.is_(None) if scope.shop_id is None else column == scope.shop_id,
            KnowledgePassage.model == scope.model,
            func.cardinality(KnowledgePassage.vector) == scope.dimensions,
        )
    )
    yield from session.execute(asked, execution_options={"yield_per": _AT_ONCE}).partitions()
