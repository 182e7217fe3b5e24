"""The settings of the knowledge index as what makes its vectors, and as what is read at night."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hotdash.base.settings import Embeddings, Settings
from hotdash.insights.knowledge.embeddings.contract import Embedder
from hotdash.insights.knowledge.embeddings.mock import MockEmbedder

if TYPE_CHECKING:
    from hotdash.entrypoints.wiring import Installation
    from hotdash.jobs.build_knowledge import KnowledgeDesk


def embedder_of(settings: Settings, *, patient: bool) -> Embedder:
    """Whoever asks a question waits for it; whoever builds the index can wait longer."""
    if settings.embeddings is Embeddings.LOCAL:
        from hotdash.insights.knowledge.embeddings.local import LocalEmbedder

        return LocalEmbedder(Path(settings.embedding_model or ""))
    if settings.embeddings is Embeddings.ENDPOINT:
        from hotdash.insights.knowledge.embeddings.endpoint import EndpointEmbedder

        key = settings.embedding_key
        return EndpointEmbedder(
            settings.embedding_url or "",
            settings.embedding_model or "",
            key.get_secret_value() if key else None,
            attempts=4 if patient else 1,
            seconds=60.0 if patient else 5.0,
        )
    return MockEmbedder()


def knowledge_desk(house: "Installation") -> "KnowledgeDesk":
    from hotdash.insights.knowledge.crawling.crawl import Limits
    from hotdash.jobs.build_knowledge import KnowledgeDesk

    settings = house.settings
    return KnowledgeDesk(
        house.database,
        house.clock,
        settings.home,
        embedder_of(settings, patient=True),
        settings.knowledge_sites,
        Limits(
            pages=settings.knowledge_crawl_pages,
            seconds=settings.knowledge_crawl_minutes * 60.0,
        ),
    )


def read_and_index(house: "Installation") -> None:
    """What is not read keeps nothing from being indexed; it is told at the end."""
    from hotdash.jobs.build_knowledge import build_knowledge
    from hotdash.jobs.crawl_sites import crawl_sites, require_read
    from hotdash.pipeline.lease import Patience

    desk = knowledge_desk(house)
    crawled = crawl_sites(desk, reach=house.reach_of_page)
    build_knowledge(desk, patience=Patience(timedelta(minutes=30)))
    require_read(crawled)
