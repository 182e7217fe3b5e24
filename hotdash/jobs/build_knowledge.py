"""Bring the knowledge index up to its sources: the house's own first, then each shop's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.logging import get_logger, told_as
from hotdash.insights.knowledge.build import Build
from hotdash.insights.knowledge.crawling.crawl import Limits
from hotdash.insights.knowledge.embeddings.contract import Embedder
from hotdash.insights.knowledge.house import house_documents
from hotdash.jobs.knowledge_sources import shop_documents
from hotdash.pipeline.lease import Patience, hold_lease
from hotdash.storage.appdb.repositories.knowledge import BuildRecord
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.session import Database

RESOURCE = "knowledge index"
_log = get_logger(__name__)


def _silent(_done: int, /) -> None:
    """For who shows no progress."""


@dataclass(frozen=True)
class KnowledgeDesk:
    """What building and crawling work with; `sites` are the shops' own addresses, by shop."""

    database: Database
    clock: Clock
    home: Path
    embedder: Embedder
    sites: dict[str, str] = field(default_factory=dict[str, str])
    limits: Limits = field(default_factory=Limits)


def build_knowledge(
    desk: KnowledgeDesk,
    *,
    shops: Sequence[str] | None = None,
    patience: Patience | None = None,
    told: Callable[[int], None] = _silent,
) -> list[BuildRecord]:
    """One at a time; one shop's trouble keeps no other waiting, and the job still fails."""
    with desk.database.jobs() as session:
        everybody = [each.shop_id for each in list_shops(session)]
    built: list[BuildRecord] = []
    failed: list[Exception] = []
    with hold_lease(desk.database, RESOURCE, desk.clock, patience=patience):
        build = Build(desk.database, desk.embedder, desk.clock.now(), told)
        for shop_id in (None, *(everybody if shops is None else shops)):
            try:
                sources = (
                    house_documents()
                    if shop_id is None
                    else shop_documents(desk.database, shop_id, desk.home)
                )
                built.append(build.of(shop_id, sources))
            except Exception as error:
                _log.error("knowledge_failed", shop=shop_id, error=told_as(error))
                failed.append(error)
    if failed:
        raise failed[0]
    return built
