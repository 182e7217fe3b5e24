"""Connections that judge where they lead at the moment they are made, and go to just that."""

from collections.abc import Iterable
from typing import TypeVar, cast

import anyio
import httpcore
import httpx

from hotdash.base.reach import Reach, allowed, out_of_reach, resolved

_Options = Iterable[httpcore.SOCKET_OPTION] | None
_Transport = TypeVar("_Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)


def sync_transport(reach: Reach) -> httpx.HTTPTransport:
    return _guarded(httpx.HTTPTransport(), _Guard(reach))


def async_transport(reach: Reach) -> httpx.AsyncHTTPTransport:
    return _guarded(httpx.AsyncHTTPTransport(), _AsyncGuard(reach))


class _Guard(httpcore.SyncBackend):
    def __init__(self, reach: Reach) -> None:
        super().__init__()
        self._reach = reach

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.NetworkStream:
        refused: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in allowed(host, resolved(host, port), self._reach):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
        raise refused or httpcore.ConnectError(f"{host} has no address")

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
