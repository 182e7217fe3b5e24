"""One crawl of a shop's own site: what the sitemap lists and what links lead to, until it is read or a bound is met."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urljoin

import httpx

from hotdash.base.clock import Clock
from hotdash.base.reach import OutOfReachError, Reach
from hotdash.base.unpacking import TooLargeError, unpacked
from hotdash.insights.knowledge.crawling.addresses import Site, SiteError
from hotdash.insights.knowledge.crawling.fetch import (
    Fetched,
    Fetcher,
    OutOfTimeError,
)
from hotdash.insights.knowledge.crawling.page import read_page
from hotdash.insights.knowledge.crawling.records import (
    conditions,
    has_words,
    page_record,
    without_version,
    wordless,
)
from hotdash.insights.knowledge.crawling.robots import EVERYTHING, NOTHING, Robots, read_robots
from hotdash.insights.knowledge.crawling.robots_tag import may_keep
from hotdash.insights.knowledge.crawling.sitemap import read_sitemap
from hotdash.insights.knowledge.crawling.waiting import Waiting
from hotdash.storage.appdb.repositories.site_pages import CrawlRecord, PageRecord

_ROBOTS_BYTES = 500_000
_MOVES = 3
_HTML = frozenset({"text/html", "application/xhtml+xml", ""})
SITEMAP = "sitemap"
_NO_ANSWER = HTTPStatus.GATEWAY_TIMEOUT.value
# Of what a site tells, some is no address, no header or no port that can be asked for.
_UNUSABLE = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OverflowError)


class Stopped(StrEnum):
    """Why a crawl ended."""

    DONE = "done"
    PAGES = "pages"
    BYTES = "bytes"
    TIME = "time"
    THROTTLED = "throttled"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    OUT_OF_REACH = "out_of_reach"
    FAILED = "failed"

    @property
    def is_failure(self) -> bool:
        return self in (Stopped.UNREACHABLE, Stopped.OUT_OF_REACH, Stopped.FAILED)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one crawl; between two requests at least `pause` seconds, more where the site asks for it."""

    pages: int = 500
    seconds: float = 900.0
    bytes: int = 200_000_000
    page_bytes: int = 3_000_000
    sitemap_bytes: int = 20_000_000
    sitemaps: int = 50
    pause: float = 0.5


class _StopError(Exception):
    def __init__(self, why: Stopped) -> None:
        self.why = why


@dataclass
class _Counts:
    asked: int = 0
    unchanged: int = 0
    missing: int = 0
    forbidden: int = 0
    failed: int = 0


@dataclass
class Crawl:
    """`known` is what the pages answered before; `keep` and `forget` are told what holds from now on."""

    shop_id: str
    address: str
    known: Mapping[str, PageRecord]
    keep: Callable[[PageRecord], None]
    forget: Callable[[list[str]], None]
    clock: Clock
    reach: Reach = Reach.PUBLIC
    limits: Limits = Limits()
    tick: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _counts: _Counts = field(default_factory=_Counts, init=False)
    _waiting: Waiting = field(init=False)
    _wordless_on: dict[str, list[str]] = field(init=False)
    _versions: dict[str, PageRecord] = field(default_factory=dict[str, PageRecord], init=False)
    _kept: set[str] = field(default_factory=set[str], init=False)
    _let_go: set[str] = field(default_factory=set[str], init=False)
    _robots: Robots = field(default=EVERYTHING, init=False)
    _last: float | None = field(default=None, init=False)
    _first: Fetched | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._waiting = Waiting({url: each.asked_at for url, each in self.known.items()})
        self._wordless_on = {}
        for url, each in self.known.items():
            if not has_words(each):
                self._wordless_on.setdefault(each.linked_from or "", []).append(url)

    def run(self) -> CrawlRecord:
        began, ends_at = self.clock.now(), self.tick() + self.limits.seconds
        self._ends_at = ends_at
        site = Site.of(self.address)
        with Fetcher(self.reach, self.tick, ends_at) as fetcher:
            self._fetcher = fetcher
            try:
                site = self._arrive(site)
                self._read_all(site)
                stopped = Stopped.DONE
                self._forget(url for url in self.known if url not in self._kept)
            except _StopError as error:
                stopped = error.why
            except OutOfTimeError:
                stopped = Stopped.TIME
            except OutOfReachError:
                stopped = Stopped.OUT_OF_REACH
            except (TooLargeError, SiteError):
                stopped = Stopped.UNREACHABLE
            self._keep_versions()
            return self._record(site, began, stopped)

    def _arrive(self, site: Site) -> Site:
        """A site may live at another name than the one that was entered; after the first page no other host is asked."""
        for _ in range(_MOVES):
            self._robots = self._read_robots(site)
            if not self._robots.allows(site.root):
                if self._robots is not NOTHING:
                    self._forget(self.known)
                raise _StopError(Stopped.CLOSED)
            moved = self._moved_to(site)
            if moved is None or moved == site:
                return site
            site = moved
        raise _StopError(Stopped.UNREACHABLE)

    def _moved_to(self, site: Site) -> Site | None:
        """Where the first page sends to another host; on its own host it is read in its turn."""
        told = conditions(self.known.get(site.root))
        try:
            self._first = first = self._get(site.root, self.limits.page_bytes, told)
        except TooLargeError:
            # It is left out in its turn, as any other page.
            return None
        if first is None:
            raise _StopError(Stopped.UNREACHABLE)
        target = _target(first)
        if target is None or site.linked(site.root, target):
            return None
        return Site.of(_joined(site.root, target))

    def _read_robots(self, site: Site) -> Robots:
        """Without one everything is allowed; where it cannot be told, nothing is."""
        answer = self._get(site.address("/robots.txt"), _ROBOTS_BYTES)
        for _ in range(_MOVES):
            target = None if answer is None else _target(answer)
            if answer is None or target is None:
                break
            answer = self._get(_joined(answer.url, target), _ROBOTS_BYTES)
        if answer is None:
            raise _StopError(Stopped.UNREACHABLE)
        if answer.status == HTTPStatus.OK:
            return read_robots(answer.content.decode("utf-8", errors="replace"))
        is_client_error = 400 <= answer.status < 500 and answer.status != 429
        return EVERYTHING if is_client_error else NOTHING

    def _read_all(self, site: Site) -> None:
        self._forget_what_is_closed(site)
        self._waiting.begin(site.root)
        self._read_next(site)
        for url in self._listed(site):
            self._waiting.add(url, SITEMAP)
        for url, page in self.known.items():
            if has_words(page) and url not in self._let_go and site.listed(url) == url:
                self._waiting.add(url, page.linked_from or site.root)
        while self._read_next(site):
            pass

    def _forget_what_is_closed(self, site: Site) -> None:
        """By its rules of today; or left behind at a host where the site lived before."""
        lives_here = self._first is not None and self._first.status < 400
        self._forget(
            url
            for url in self.known
            if not self._robots.allows(url) or (lives_here and site.listed(url) != url)
        )

    def _read_next(self, site: Site) -> bool:
        asked = self._waiting.take()
        if asked is None:
            return False
        if self.tick() > self._ends_at:
            raise _StopError(Stopped.TIME)
        if not self._robots.allows(asked[0]):
            self._counts.forbidden += 1
            return True
        if self._counts.asked >= self.limits.pages:
            raise _StopError(Stopped.PAGES)
        self._counts.asked += 1
        try:
            self._read(site, *asked)
        except (_StopError, OutOfTimeError) as error:
            if not (isinstance(error, _StopError) and error.why is Stopped.TIME):
                # The one page that ended this night must not be the first of every other.
                self._fail(*asked, _NO_ANSWER)
            raise
        return True

    def _read(self, site: Site, url: str, linked_from: str) -> None:
        known = self.known.get(url)
        answer, self._first = self._first, None
        if answer is None or answer.url != url:
            answer = self._page_at(url, known)
        now = self.clock.now()
        if answer is None or answer.status >= 500:
            self._fail(url, linked_from, _NO_ANSWER if answer is None else answer.status)
        elif answer.status == HTTPStatus.NOT_MODIFIED and known is not None:
            self._counts.unchanged += 1
            for each in self._wordless_on.get(url, ()):
                self._waiting.add(each, url)
            same = replace(known, linked_from=linked_from, asked_at=now)
            let_go = wordless(self.shop_id, url, known.status, linked_from, now)
            self._keep(same if may_keep(answer.robots) else let_go)
        elif answer.status == HTTPStatus.OK and answer.kind in _HTML:
            self._take_in(site, answer, known, linked_from, now)
        else:
            self._counts.missing += answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
            target = _target(answer)
            to = None if target is None else site.linked(url, target)
            if to is not None:
                self._waiting.add(to, linked_from)
            self._keep(wordless(self.shop_id, url, answer.status, linked_from, now))

    def _page_at(self, url: str, known: PageRecord | None) -> Fetched | None:
        try:
            return self._get(url, self.limits.page_bytes, conditions(known))
        except TooLargeError:
            return None

    def _fail(self, url: str, linked_from: str, status: int) -> None:
        """What it said before holds until it answers again."""
        self._counts.failed += 1
        known, now = self.known.get(url), self.clock.now()
        if known is not None and has_words(known):
            self._keep(replace(known, asked_at=now))
        else:
            self._keep(wordless(self.shop_id, url, status, linked_from, now))

    def _take_in(
        self,
        site: Site,
        answer: Fetched,
        known: PageRecord | None,
        linked_from: str,
        now: datetime,
    ) -> None:
        page = read_page(answer.content, answer.charset, answer.robots)
        links = page.links if page.is_followed else ()
        found = [site.linked(page.base or answer.url, link) for link in links]
        news = [to for to in found if to is not None and self._waiting.add(to, answer.url)]
        self._forget(
            url for url in self._wordless_on.get(answer.url, ()) if url not in self._waiting
        )
        if not page.is_indexed:
            self._keep(wordless(self.shop_id, answer.url, answer.status, linked_from, now))
            return
        record = page_record(self.shop_id, answer, page, known, linked_from, now)
        if news:
            self._versions[record.url] = record
            record = without_version(record)
        self._keep(record)

    def _keep_versions(self) -> None:
        """Of a page whose links wait for another night none is kept: unchanged, it would send them never again."""
        waiting = self._waiting.sources_of_news()
        for url, record in self._versions.items():
            if url not in waiting:
                self._keep(record)

    def _keep(self, page: PageRecord) -> None:
        self._kept.add(page.url)
        self.keep(page)

    def _forget(self, urls: Iterable[str]) -> None:
        gone = [url for url in urls if url not in self._let_go]
        self._let_go.update(gone)
        if gone:
            self.forget(gone)

    def _listed(self, site: Site) -> Iterator[str]:
        """From sitemaps on this host; an index may name others, once."""
        told = [site.listed(each) for each in self._robots.sitemaps]
        waiting = deque((each, True) for each in told if each is not None)
        if not self._robots.sitemaps:
            waiting.append((site.address("/sitemap.xml"), True))
        asked: set[str] = set()
        while waiting and len(asked) < self.limits.sitemaps:
            url, may_index = waiting.popleft()
            if url in asked or not self._robots.allows(url):
                continue
            asked.add(url)
            found = read_sitemap(self._sitemap(url))
            yield from filter(None, map(site.listed, found.pages))
            if may_index:
                waiting += [
                    (each, False) for each in filter(None, map(site.listed, found.sitemaps))
                ]

    def _sitemap(self, url: str) -> bytes:
        most = self.limits.sitemap_bytes
        try:
            answer = self._get(url, most)
            if answer is None or answer.status != HTTPStatus.OK:
                return b""
            is_packed = answer.content[:2] == b"\x1f\x8b"
            return unpacked(answer.content, "gzip" if is_packed else "", most)
        except TooLargeError:
            return b""

    def _get(self, url: str, most: int, headers: Mapping[str, str] | None = None) -> Fetched | None:
        """None where nothing usable came; who asks us to slow down is left alone until tomorrow."""
        self._wait()
        try:
            answer = self._fetcher.get(url, most, headers)
        except _UNUSABLE:
            return None
        finally:
            self._last = self.tick()
            if self._fetcher.read > self.limits.bytes:
                raise _StopError(Stopped.BYTES)
        if answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            raise _StopError(Stopped.THROTTLED)
        return answer

    def _wait(self) -> None:
        pause = max(self.limits.pause, self._robots.delay)
        left = 0.0 if self._last is None else self._last + pause - self.tick()
        if self.tick() + max(left, 0.0) > self._ends_at:
            raise _StopError(Stopped.TIME)
        if left > 0:
            self.sleep(left)

    def _record(self, site: Site, began: datetime, stopped: Stopped) -> CrawlRecord:
        counts = self._counts
        return CrawlRecord(
            shop_id=self.shop_id,
            site=site.root,
            began_at=began,
            ended_at=self.clock.now(),
            stopped=stopped.value,
            asked=counts.asked,
            unchanged=counts.unchanged,
            missing=counts.missing,
            forbidden=counts.forbidden,
            failed=counts.failed,
            bytes=self._fetcher.read,
        )


def _target(answer: Fetched) -> str | None:
    is_redirect = answer.status in (301, 302, 303, 307, 308)
    return answer.headers.get("location") if is_redirect else None


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise _StopError(Stopped.UNREACHABLE) from error
