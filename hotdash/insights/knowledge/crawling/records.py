"""What an answer leaves behind of a page, and what the next night's question tells of it."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from hotdash.insights.knowledge.crawling.fetch import Fetched
from hotdash.insights.knowledge.crawling.page import Page
from hotdash.storage.appdb.repositories.site_pages import PageRecord


def conditions(known: PageRecord | None) -> dict[str, str]:
    if known is None or known.status != HTTPStatus.OK:
        return {}
    told = {"if-none-match": known.etag, "if-modified-since": known.last_modified}
    return {name: value for name, value in told.items() if value and value.isascii()}


def has_words(page: PageRecord) -> bool:
    return page.status == HTTPStatus.OK and bool(page.title or page.body)


def wordless(shop_id: str, url: str, status: int, linked_from: str, now: datetime) -> PageRecord:
    """It was asked for, and nothing of it may be found: so it does not count as new every night."""
    return PageRecord(shop_id, url, status, linked_from, None, None, "", "", now, now)


def without_version(page: PageRecord) -> PageRecord:
    """Next time it is sent whole, with its links."""
    return replace(page, etag=None, last_modified=None)


def page_record(
    shop_id: str,
    answer: Fetched,
    page: Page,
    known: PageRecord | None,
    linked_from: str,
    now: datetime,
) -> PageRecord:
    is_same = known is not None and (known.title, known.body) == (page.title, page.text)
    return PageRecord(
        *(shop_id, answer.url, answer.status, linked_from),
        *(answer.headers.get("etag"), answer.headers.get("last-modified")),
        *(page.title, page.text, now),
        known.changed_at if known is not None and is_same else now,
    )
