"""Bring the index of one shop, or of the house, up to its sources: only what changed is taken in and embedded again."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hotdash.insights.knowledge.documents import SourceDocument
from hotdash.insights.knowledge.embeddings.contract import Embedder
from hotdash.insights.knowledge.passages import passages_of
from hotdash.storage.appdb.repositories import knowledge
from hotdash.storage.appdb.repositories.knowledge import BuildRecord, NewDocument
from hotdash.storage.appdb.session import Database

AT_ONCE = 256


def _silent(_done: int, /) -> None:
    """For who shows no progress."""


@dataclass(frozen=True)
class Build:
    """Each document is taken in by a transaction of its own: killed anywhere, the index is whole and goes on."""

    database: Database
    embedder: Embedder
    now: datetime
    told: Callable[[int], None] = _silent

    def of(self, shop_id: str | None, sources: Iterable[SourceDocument]) -> BuildRecord:
        began = time.monotonic()
        changed, removed = self._take_in(shop_id, sources)
        embedded, dimensions = self._embed(shop_id)
        with self.database.jobs() as session:
            documents, passages = knowledge.count_indexed(session, shop_id)
            before = [each for each in knowledge.list_builds(session) if each.shop_id == shop_id]
            same = [each for each in before if each.model == self.embedder.model]
            record = BuildRecord(
                shop_id=shop_id,
                built_at=self.now,
                model=self.embedder.model,
                is_mock=self.embedder.is_mock,
                dimensions=dimensions or (same[0].dimensions if same else 0),
                documents=documents,
                passages=passages,
                changed=changed,
                removed=removed,
                embedded=embedded,
                seconds=Decimal(f"{time.monotonic() - began:.3f}"),
            )
            knowledge.save_build(session, record)
        return record

    def _take_in(self, shop_id: str | None, sources: Iterable[SourceDocument]) -> tuple[int, int]:
        """What no source tells any more leaves last, when all of them were read."""
        with self.database.jobs() as session:
            known = knowledge.known_documents(session, shop_id)
        left, changed = set(known), 0
        for source in sources:
            key = (source.kind.value, source.name)
            left.discard(key)
            if key in known and known[key].text_sha256 == source.text_sha256:
                continue
            with self.database.jobs() as session:
                knowledge.replace_document(session, self._document(shop_id, source), self.now)
            changed += 1
            self.told(1)
        if left:
            with self.database.jobs() as session:
                knowledge.remove_documents(session, shop_id, left)
        return changed, len(left)

    def _document(self, shop_id: str | None, source: SourceDocument) -> NewDocument:
        return NewDocument(
            shop_id=shop_id,
            kind=source.kind.value,
            name=source.name,
            needs=source.needs.value,
            title=source.title,
            link=source.link,
            dated_at=source.dated_at or self.now,
            text_sha256=source.text_sha256,
            passages=passages_of(source.title, source.text),
        )

    def _embed(self, shop_id: str | None) -> tuple[int, int]:
        """No transaction is open while a model is asked; what is written over meanwhile is the next build's."""
        embedded, dimensions, model = 0, 0, self.embedder.model
        after: knowledge.Key | None = None
        while True:
            with self.database.jobs() as session:
                waiting = knowledge.waiting_passages(session, shop_id, model, AT_ONCE, after)
            if not waiting:
                return embedded, dimensions
            after = waiting[-1].key
            vectors = self.embedder.embed([f"{each.heading}\n{each.body}" for each in waiting])
            dimensions = vectors.shape[1]
            with self.database.jobs() as session:
                kept = knowledge.keep_vectors(
                    session, model, list(zip(waiting, vectors.tolist(), strict=True))
                )
            embedded += kept
            self.told(kept)
