"""Transports for addresses that a page named: where they may lead, and how much and how long one answer may be."""

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

import anyio
import httpx

from hotdash.base.answer_bounds import (
    BOUND_OF_PAGE,
    AnswerBound,
    AnswerMeter,
    AnswerOutOfBoundsError,
    too_slow,
)
from hotdash.base.guarded_http import async_transport, sync_transport
from hotdash.base.reach import Reach

_ASKED_FOR = "gzip"
# Said of what was packed, and no longer true of what comes out.
_OF_THE_PACKED = ("content-encoding", "content-length")
Noted = Callable[[AnswerOutOfBoundsError], None]


class _Watch(threading.local):
    """How long the request of this thread may still take."""

    def __init__(self) -> None:
        self._ends_at = 0.0

    def begin(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def seconds_left(self) -> float:
        return self._ends_at - time.monotonic()


class _BoundedStream(httpx.SyncByteStream):
    def __init__(
        self, inner: httpx.SyncByteStream, meter: AnswerMeter, late: Callable[[], Exception | None]
    ) -> None:
        self._inner = inner
        self._meter = meter
        self._late = late

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._inner:
                yield self._meter.take(piece)
        except httpx.TimeoutException as error:
            if (late := self._late()) is None:
                raise
            raise late from error

    def close(self) -> None:
        self._inner.close()


class BoundedTransport(httpx.BaseTransport):
    def __init__(self, reach: Reach, bound: AnswerBound = BOUND_OF_PAGE) -> None:
        self._watch = _Watch()
        self._inner = sync_transport(reach, self._watch.seconds_left)
        self._bound = bound

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["accept-encoding"] = _ASKED_FOR
        host = request.url.host
        self._watch.begin(self._bound.most_seconds)

        def late() -> Exception | None:
            return too_slow(host, self._bound) if self._watch.seconds_left() <= 0 else None

        try:
            response = self._inner.handle_request(request)
        except httpx.TimeoutException as error:
            if (out_of_bounds := late()) is None:
                raise
            raise out_of_bounds from error
        inner = cast("httpx.SyncByteStream", response.stream)
        try:
            meter = _meter_of(response, host, self._bound)
        except AnswerOutOfBoundsError:
            inner.close()
            raise
        return _with_stream(response, _BoundedStream(inner, meter, late))

    def close(self) -> None:
        self._inner.close()


class _BoundedAsyncStream(httpx.AsyncByteStream):
    def __init__(
        self,
        inner: httpx.AsyncByteStream,
        take: Callable[[bytes], bytes],
        seconds_left: Callable[[], float | None],
        late: Callable[[], Exception],
    ) -> None:
        self._inner = inner
        self._take = take
        self._seconds_left = seconds_left
        self._late = late

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces, has_begun = aiter(self._inner), False
        while True:
            try:
                with anyio.fail_after(self._seconds_left()):
                    piece = await anext(pieces, None)
            except TimeoutError as error:
                raise self._late() if has_begun else _silent() from error
            if piece is None:
                return
            has_begun = True
            yield self._take(piece)

    async def aclose(self) -> None:
        await self._inner.aclose()


class BoundedAsyncTransport(httpx.AsyncBaseTransport):
    """`noted` hears of every bound that was passed: a library may keep the error to itself.

    A GET that listens for events may last; all else ends in time. Of what never began to answer nobody
    hears: a host that is silent may be there a moment later.
    """

    def __init__(self, reach: Reach, noted: Noted, bound: AnswerBound = BOUND_OF_PAGE) -> None:
        self._inner = async_transport(reach)
        self._noted = noted
        self._bound = bound

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["accept-encoding"] = _ASKED_FOR
        host, ends_at = request.url.host, time.monotonic() + self._bound.most_seconds

        def seconds_left() -> float | None:
            return None if request.method == "GET" else ends_at - time.monotonic()

        def late() -> Exception:
            return self._told(too_slow(host, self._bound))

        try:
            with anyio.fail_after(seconds_left()):
                response = await self._inner.handle_async_request(request)
        except TimeoutError as error:
            raise _silent() from error
        inner = cast("httpx.AsyncByteStream", response.stream)
        try:
            meter = _meter_of(response, host, self._bound)
        except AnswerOutOfBoundsError as error:
            await inner.aclose()
            raise self._told(error) from None

        def take(piece: bytes) -> bytes:
            try:
                return meter.take(piece)
            except AnswerOutOfBoundsError as error:
                raise self._told(error) from None

        stream = _BoundedAsyncStream(inner, take, seconds_left, late)
        return _with_stream(response, stream)

    def _told(self, error: AnswerOutOfBoundsError) -> AnswerOutOfBoundsError:
        self._noted(error)
        return error

    async def aclose(self) -> None:
        await self._inner.aclose()


def _silent() -> httpx.ReadTimeout:
    return httpx.ReadTimeout("the host had not begun to answer")


def _meter_of(response: httpx.Response, host: str, bound: AnswerBound) -> AnswerMeter:
    return AnswerMeter(host, response.headers.get("content-encoding", ""), bound)


def _with_stream(
    response: httpx.Response, stream: httpx.SyncByteStream | httpx.AsyncByteStream
) -> httpx.Response:
    headers = [each for each in response.headers.multi_items() if each[0] not in _OF_THE_PACKED]
    return httpx.Response(
        response.status_code, headers=headers, stream=stream, extensions=response.extensions
    )
