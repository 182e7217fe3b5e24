"""What each address of a shop's own site answered last, and how its last crawl went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import SiteCrawl, SitePage


@dataclass(frozen=True, slots=True)
class PageRecord:
    shop_id: str
    url: str
    status: int
    linked_from: str | None
    etag: str | None
    last_modified: str | None
    title: str
    body: str
    asked_at: datetime
    changed_at: datetime

    @property
    def is_missing(self) -> bool:
        return self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


@dataclass(frozen=True, slots=True)
class CrawlRecord:
    shop_id: str
    site: str
    began_at: datetime
    ended_at: datetime
    stopped: str
    asked: int
    unchanged: int
    missing: int
    forbidden: int
    failed: int
    bytes: int


def pages_of(session: Session, shop_id: str) -> list[PageRecord]:
    rows = session.scalars(
        select(SitePage).where(SitePage.shop_id == shop_id).order_by(SitePage.url)
    )
    return [_page(row) for row in rows]


def missing_pages(session: Session, shop_id: str, limit: int) -> list[PageRecord]:
    rows = session.scalars(
        select(SitePage)
        .where(
            SitePage.shop_id == shop_id,
            SitePage.status.in_((HTTPStatus.NOT_FOUND, HTTPStatus.GONE)),
        )
        .order_by(SitePage.url)
        .limit(limit)
    )
    return [_page(row) for row in rows]


def save_page(session: Session, page: PageRecord) -> None:
    values = {name: getattr(page, name) for name in PageRecord.__dataclass_fields__}
    session.execute(
        insert(SitePage)
        .values(values)
        .on_conflict_do_update(index_elements=[SitePage.shop_id, SitePage.url], set_=values)
    )


def forget_pages(session: Session, shop_id: str, urls: Collection[str]) -> None:
    session.execute(
        delete(SitePage).where(SitePage.shop_id == shop_id, SitePage.url.in_(list(urls)))
    )


def save_crawl(session: Session, crawl: CrawlRecord) -> None:
    values = {name: getattr(crawl, name) for name in CrawlRecord.__dataclass_fields__}
    session.execute(
        insert(SiteCrawl)
        .values(values)
        .on_conflict_do_update(index_elements=[SiteCrawl.shop_id], set_=values)
    )


def last_crawl(session: Session, shop_id: str) -> CrawlRecord | None:
    row = session.get(SiteCrawl, shop_id, populate_existing=True)
    if row is None:
        return None
    return CrawlRecord(**{name: getattr(row, name) for name in CrawlRecord.__dataclass_fields__})


def _page(row: SitePage) -> PageRecord:
    return PageRecord(**{name: getattr(row, name) for name in PageRecord.__dataclass_fields__})
