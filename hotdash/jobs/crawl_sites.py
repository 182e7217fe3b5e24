"""Every night: each shop's own site is read where its address is known, then the index is brought up to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.logging import get_logger, told_as
from hotdash.base.reach import Reach
from hotdash.insights.knowledge.crawling.crawl import Crawl, Stopped
from hotdash.jobs.build_knowledge import KnowledgeDesk
from hotdash.storage.appdb.repositories import site_pages
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.repositories.site_pages import CrawlRecord, PageRecord
from hotdash.storage.appdb.session import Database

_log = get_logger(__name__)


class CrawlError(HotdashError):
    code = "crawl_failed"


def crawl_sites(
    desk: KnowledgeDesk, *, reach: Reach, shops: Sequence[str] | None = None
) -> list[CrawlRecord]:
    """One site's trouble keeps no other waiting."""
    crawled: list[CrawlRecord] = []
    for shop_id, address in _sites(desk, shops).items():
        began = desk.clock.now()
        try:
            record = _crawl(desk, reach, shop_id, address)
        except Exception as error:
            _log.error("crawl_failed", shop=shop_id, error=told_as(error))
            record = _broken_off(shop_id, address, began, desk.clock.now())
        with desk.database.jobs() as session:
            site_pages.save_crawl(session, record)
        _log.info("crawled", shop=shop_id, stopped=record.stopped, asked=record.asked)
        crawled.append(record)
    return crawled


def require_read(crawled: Sequence[CrawlRecord]) -> None:
    failed = [each for each in crawled if Stopped(each.stopped).is_failure]
    if failed:
        told = ", ".join(f"{each.site} of {each.shop_id} ({each.stopped})" for each in failed)
        raise CrawlError(
            f"Not read: {told}.",
            hint="Open the address in a browser; knowledge_sites says which it is. out_of_reach "
            "means that its name leads into the network around this machine; for failed the log "
            "says what broke it off.",
        )


def _sites(desk: KnowledgeDesk, shops: Sequence[str] | None) -> Mapping[str, str]:
    with desk.database.jobs() as session:
        known = [each.shop_id for each in list_shops(session)]
    wanted = known if shops is None else shops
    unknown = [each for each in wanted if each not in known]
    without = [each for each in wanted if each not in desk.sites]
    if unknown or (shops is not None and without):
        raise NotFoundError(
            f"Of {', '.join(unknown or without)} no site is known.",
            hint="Name it in hotdash.toml under [knowledge_sites], by the shop's id.",
            field="shop",
        )
    return {shop_id: desk.sites[shop_id] for shop_id in wanted if shop_id in desk.sites}


def _crawl(desk: KnowledgeDesk, reach: Reach, shop_id: str, address: str) -> CrawlRecord:
    """Each page is kept as it is read: a crawl that is killed goes on from there tomorrow."""
    with desk.database.jobs() as session:
        known = {each.url: each for each in site_pages.pages_of(session, shop_id)}
    return Crawl(
        shop_id,
        address,
        known,
        partial(_keep, desk.database),
        partial(_forget, desk.database, shop_id),
        desk.clock,
        reach,
        desk.limits,
    ).run()


def _broken_off(shop_id: str, address: str, began: datetime, ended: datetime) -> CrawlRecord:
    return CrawlRecord(
        shop_id=shop_id,
        site=address,
        began_at=began,
        ended_at=ended,
        stopped=Stopped.FAILED.value,
        asked=0,
        unchanged=0,
        missing=0,
        forbidden=0,
        failed=0,
        bytes=0,
    )


def _keep(database: Database, page: PageRecord) -> None:
    with database.jobs() as session:
        site_pages.save_page(session, page)


def _forget(database: Database, shop_id: str, urls: list[str]) -> None:
    with database.jobs() as session:
        site_pages.forget_pages(session, shop_id, urls)
