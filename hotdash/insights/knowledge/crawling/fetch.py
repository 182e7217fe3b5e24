"""One request at a time: within bytes and time, without a redirect of its own accord, only where we may connect to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from hotdash.base.http import open_client
from hotdash.base.reach import Reach
from hotdash.base.unpacking import TooLargeError, unpacked
from hotdash.insights.knowledge.crawling.robots_tag import directives

USER_AGENT = "hotdash (reads the shop's own site for its knowledge index; robots.txt: hotdash)"
_READ_SECONDS = 20.0
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8"


class OutOfTimeError(Exception):
    """The crawl's own time is over in the middle of an answer."""


@dataclass(frozen=True, slots=True)
class Fetched:
    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    read: int
    robots: frozenset[str] = frozenset()
    """What its `X-Robots-Tag` asks of us."""

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        _, _, told = self.headers.get("content-type", "").lower().partition("charset=")
        return told.partition(";")[0].strip("\"' ") or None


class Fetcher:
    """`ends_at` is by the same watch as `tick`."""

    def __init__(self, reach: Reach, tick: Callable[[], float], ends_at: float) -> None:
        self._http = open_client(
            read_timeout=_READ_SECONDS, reach=reach, seconds_left=lambda: ends_at - tick()
        )
        self._http.headers = httpx.Headers(
            {"user-agent": USER_AGENT, "accept": _ACCEPT, "accept-encoding": "gzip"}
        )
        self._tick = tick
        self._ends_at = ends_at
        self.read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, url: str, most: int, headers: Mapping[str, str] | None = None) -> Fetched:
        try:
            return self._get(url, most, headers)
        except httpx.TimeoutException as error:
            if self._tick() >= self._ends_at:
                raise OutOfTimeError from error
            raise

    def _get(self, url: str, most: int, headers: Mapping[str, str] | None) -> Fetched:
        self._http.cookies.clear()
        with self._http.stream("GET", url, headers=dict(headers or {})) as response:
            taken = bytearray()
            for piece in response.iter_raw():
                self.read += len(piece)
                taken += piece
                if len(taken) > most:
                    raise TooLargeError
                if self._tick() > self._ends_at:
                    raise OutOfTimeError
            told = {name.lower(): value for name, value in response.headers.items()}
            content = unpacked(bytes(taken), told.get("content-encoding", ""), most)
            robots = directives(response.headers.get_list("x-robots-tag"))
            return Fetched(url, response.status_code, told, content, len(taken), robots)
