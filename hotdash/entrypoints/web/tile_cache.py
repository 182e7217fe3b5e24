"""Answers kept ready, as what pages show and as the bytes the API sends, until what they depend on changes."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

_ENTRIES = 2048
_Value = TypeVar("_Value")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready(Generic[_Value]):
    """The edition is in the key, so it answers only as long as nothing behind it has changed."""

    value: _Value
    body: bytes
    etag: str
    good_until: datetime
    whole: Response
    unchanged: Response

    def response(self, request: Request) -> Response:
        return self.unchanged if _is_known(request, self.etag) else self.whole


def made_ready(value: _Value, body: bytes, good_until: datetime) -> Ready[_Value]:
    etag = _etag(body)
    return Ready(value, body, etag, good_until, _whole(body, etag), _unchanged(etag))


class TileCache(Generic[_Value]):
    def __init__(self) -> None:
        self._ready: OrderedDict[Key, Ready[_Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, now: datetime) -> Ready[_Value] | None:
        with self._lock:
            ready = self._ready.get(key)
            if ready is None or ready.good_until <= now:
                return None
            self._ready.move_to_end(key)
            return ready

    def put(self, key: Key, ready: Ready[_Value]) -> None:
        with self._lock:
            self._ready[key] = ready
            self._ready.move_to_end(key)
            while len(self._ready) > _ENTRIES:
                self._ready.popitem(last=False)


def answer_together(request: Request, name: str, several: Sequence[Ready[_Value]]) -> Response:
    """Ready bodies one after the other, in a document with one name."""
    body = b'{"%b":[%b]}' % (name.encode(), b",".join(each.body for each in several))
    etag = _etag("".join(each.etag for each in several).encode())
    return _unchanged(etag) if _is_known(request, etag) else _whole(body, etag)


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def _is_known(request: Request, etag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return etag in (part.strip().removeprefix("W/") for part in known.split(","))


def _whole(body: bytes, etag: str) -> Response:
    return Response(body, headers=_headers(etag), media_type="application/json")


def _unchanged(etag: str) -> Response:
    return Response(status_code=304, headers=_headers(etag))


def _headers(etag: str) -> dict[str, str]:
    return {"etag": etag, "cache-control": "private, no-cache", "vary": "Cookie"}
