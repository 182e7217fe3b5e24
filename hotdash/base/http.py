"""Calls to vendors: timeouts, retries with full jitter that obey Retry-After, and a word about each call."""

import logging
import math
import random
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Protocol

import httpx
import stamina

from hotdash.base.reach import Reach

# Who is told to wait longer than this gives up; the next run asks again.
LONGEST_TOLD_WAIT = 3600.0
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True, slots=True)
class Call:
    """One exchange with a vendor, as it is measured: `status` is ok or the reason why not.

    `throttle` is the used share of the vendor's limit, from 0 to 1, where it tells that.
    """

    vendor: str
    operation: str
    shop: str
    status: str
    seconds: float
    retries: int
    cost: int | None = None
    throttle: float | None = None


class CallObserver(Protocol):
    def __call__(self, call: Call, /) -> None: ...


def unobserved(_call: Call, /) -> None:
    """For who does not count calls."""


class TransientError(Exception):
    """The call may succeed when it is made again, after retry_after seconds if the vendor said so."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    attempts: int = 7
    shortest_wait: float = 0.2
    longest_wait: float = 30.0

    def wait(self, failed: int) -> float:
        """Full jitter: anything up to the doubled wait, so that callers do not come back in step."""
        return random.uniform(0, min(self.longest_wait, self.shortest_wait * 2**failed))


def open_client(
    *,
    read_timeout: float = 60.0,
    reach: Reach = Reach.ANYWHERE,
    seconds_left: Callable[[], float] | None = None,
) -> httpx.Client:
    """Where a page named the address, each answer is bounded in size and time.

    Who gives `seconds_left`, which bounds all requests together, bounds the size of answers too.
    """
    # At info it logs whole urls, and those of bulk files carry a signature.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    timeout = httpx.Timeout(read_timeout, connect=10.0, pool=10.0)
    if reach is Reach.ANYWHERE and seconds_left is None:
        return httpx.Client(timeout=timeout, follow_redirects=False, verify=_known_certificates())
    # Never through a proxy: it would look the name up by itself.
    guarded = _guarded(reach, seconds_left)
    return httpx.Client(timeout=timeout, follow_redirects=False, transport=guarded)


def _guarded(reach: Reach, seconds_left: Callable[[], float] | None) -> httpx.BaseTransport:
    if seconds_left is None:
        from hotdash.base.bounded_http import BoundedTransport

        return BoundedTransport(reach)
    from hotdash.base.guarded_http import sync_transport

    return sync_transport(reach, seconds_left)


@cache
def _known_certificates() -> ssl.SSLContext:
    """Read once: for each client anew they cost 30 ms."""
    return httpx.create_ssl_context()


def attempts(policy: RetryPolicy) -> Iterator[stamina.Attempt]:
    """Attempts at one call: each TransientError but the last is waited out, if that ends soon."""
    failed = 0

    def wait_after(error: Exception) -> float | bool:
        nonlocal failed
        if not isinstance(error, TransientError):
            return False
        if error.retry_after is not None and error.retry_after > LONGEST_TOLD_WAIT:
            return False
        failed += 1
        return policy.wait(failed) if error.retry_after is None else error.retry_after

    return iter(stamina.retry_context(on=wait_after, attempts=policy.attempts, timeout=None))


def raise_for_transience(response: httpx.Response) -> None:
    if response.status_code == _TOO_MANY_REQUESTS or response.status_code in _SERVER_ERRORS:
        raise TransientError(f"HTTP {response.status_code}", retry_after(response))


def answered_at(response: httpx.Response) -> datetime | None:
    """When the vendor answered, by its own clock; nothing where it does not say."""
    try:
        told = parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError):
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def retry_after(response: httpx.Response) -> float | None:
    """The seconds the vendor asks to wait; a date or nonsense counts as nothing said."""
    try:
        told = float(response.headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return max(0.0, told) if math.isfinite(told) else None


def why(error: httpx.TransportError) -> str:
    """The network's failure in words that fit into a sentence."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return "connection refused" if isinstance(error, httpx.ConnectError) else "connection lost"
