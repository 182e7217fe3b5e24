"""Connections that judge where they lead at the moment they are made, and go to just that."""

import ssl
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import anyio
import httpcore
import httpx

from hotdash.base.reach import Reach, allowed, out_of_reach, resolved, resolved_within

_Options = Iterable[httpcore.SOCKET_OPTION] | None
_Transport = TypeVar("_Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)


def sync_transport(
    reach: Reach, seconds_left: Callable[[], float] | None = None
) -> httpx.HTTPTransport:
    return _guarded(httpx.HTTPTransport(), _Guard(reach, seconds_left))


def async_transport(reach: Reach) -> httpx.AsyncHTTPTransport:
    return _guarded(httpx.AsyncHTTPTransport(), _AsyncGuard(reach))


class _TimedStream(httpcore.NetworkStream):
    """A server that sends a byte now and then meets no timeout of one read; here it meets the end of all of them."""

    def __init__(self, inner: httpcore.NetworkStream, seconds_left: Callable[[], float]) -> None:
        self._inner = inner
        self._seconds_left = seconds_left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._seconds_left()
        if left <= 0:
            raise httpcore.ReadTimeout("the time of all requests together is over")
        return self._inner.read(max_bytes, left if timeout is None else min(timeout, left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout)
        return _TimedStream(inner, self._seconds_left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Guard(httpcore.SyncBackend):
    def __init__(self, reach: Reach, seconds_left: Callable[[], float] | None) -> None:
        super().__init__()
        self._reach = reach
        self._seconds_left = seconds_left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.NetworkStream:
        refused: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in allowed(host, self._addresses(host, port, timeout), self._reach):
            try:
                made = super().connect_tcp(
                    *(address, port, self._within(timeout), local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
            else:
                left = self._seconds_left
                return made if left is None else _TimedStream(made, left)
        raise refused or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        within = self._within(timeout)
        return resolved(host, port) if within is None else resolved_within(host, port, within)

    def _within(self, timeout: float | None) -> float | None:
        """Not longer than all requests together have left."""
        if self._seconds_left is None:
            return timeout
        left = self._seconds_left()
        if left <= 0:
            raise httpcore.ConnectTimeout("the time of all requests together is over")
        return left if timeout is None else min(timeout, left)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: _Options = None
    ) -> httpcore.NetworkStream:
        del timeout, socket_options
        raise out_of_reach(path)


class _AsyncGuard(httpcore.AsyncNetworkBackend):
    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        # Typed as a stub where anyio is missing; it is among what we need.
        self._inner = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await anyio.to_thread.run_sync(resolved, host, port)
        refused: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in allowed(host, found, self._reach):
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
        raise refused or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: _Options = None
    ) -> httpcore.AsyncNetworkStream:
        del timeout, socket_options
        raise out_of_reach(path)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def _guarded(transport: _Transport, guard: object) -> _Transport:
    """httpx has no setting for it."""
    transport._pool._network_backend = guard  # type: ignore
    return transport
