"""Another service that says who somebody is: asked for seconds, by few at once, left alone when it failed."""

import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import httpx

from hotdash.base.errors import UnavailableError
from hotdash.base.http import open_client, why

PATIENCE_SECONDS = 5.0
LEFT_ALONE_SECONDS = 10.0
# Of the threads that serve everybody, so many may wait for a service that does not answer.
MOST_AT_ONCE = 4
_LONGEST_ANSWER = 1_000_000


class OutsideService:
    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._clock = clock
        self._patience = patience
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._failed: tuple[float, UnavailableError] | None = None

    @contextmanager
    def turn(self) -> Generator[None]:
        """For whoever may have to wait for it, on the network or for another who asks the same."""
        self._refuse_right_after_failure()
        if not self._places.acquire(blocking=False):
            raise UnavailableError(
                "The sign-in service is being asked by as many as may wait for it.",
                hint="Try again in a few seconds; a password or a one-time link works without it.",
            )
        try:
            yield
        finally:
            self._places.release()

    def document(self, url: str) -> dict[str, Any]:
        """Within a turn."""
        answer = self._ask("GET", url)
        found = json_of(answer) if answer.is_success else {}
        if not found:
            raise self._noted(_unreachable(url, f"HTTP {answer.status_code} without a document"))
        return found

    def submit(
        self, url: str, form: Mapping[str, str], auth: httpx.BasicAuth | None
    ) -> httpx.Response:
        """Within a turn."""
        return self._ask("POST", url, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)

    def _ask(self, method: str, url: str, **sent: Any) -> httpx.Response:
        self._refuse_right_after_failure()
        auth = sent.pop("auth", httpx.USE_CLIENT_DEFAULT)
        try:
            with open_client(read_timeout=self._patience) as client:
                client.timeout = httpx.Timeout(self._patience)
                answer = client.send(
                    client.build_request(method, url, **sent), auth=auth, stream=True
                )
                return self._whole(answer, url)
        except httpx.TransportError as error:
            raise self._noted(_unreachable(url, why(error))) from error
        except httpx.HTTPError as error:
            raise self._noted(_unreachable(url, type(error).__name__)) from error

    def _whole(self, answer: httpx.Response, url: str) -> httpx.Response:
        """What drips in slower than anybody waits, or does not end, is no answer."""
        ends_at, content = time.monotonic() + self._patience, b""
        try:
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > _LONGEST_ANSWER or time.monotonic() > ends_at:
                    raise self._noted(_unreachable(url, "its answer does not end"))
        finally:
            answer.close()
        return httpx.Response(answer.status_code, content=content)

    def _noted(self, failure: UnavailableError) -> UnavailableError:
        self._failed = (self._clock(), failure)
        return failure

    def _refuse_right_after_failure(self) -> None:
        failed = self._failed
        if failed is not None and self._clock() - failed[0] < LEFT_ALONE_SECONDS:
            known = failed[1]
            raise UnavailableError(known.message, hint=known.hint)


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """Nothing, where it is no document."""
    try:
        document: Any = answer.json()
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def _unreachable(url: str, reason: str) -> UnavailableError:
    return UnavailableError(
        f"The sign-in service at {url} does not answer: {reason}.",
        hint="Wait a moment; a password or a one-time link works without it.",
    )
