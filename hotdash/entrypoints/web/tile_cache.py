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

    def response(self, request: Request) -> Response:
        return _answered(request, self.body, self.etag)


def made_ready(value: _Value, body: bytes, good_until: datetime) -> Ready[_Value]:
    return Ready(value, body, _etag(body), good_until)


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
    return _answered(request, body, _etag("".join(each.etag for each in several).encode()))


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def _answered(request: Request, body: bytes, etag: str) -> Response:
    headers = {"etag": etag, "cache-control": "private, no-cache", "vary": "Cookie"}
    known = request.headers.get("if-none-match", "")
    if etag in (part.strip().removeprefix("W/") for part in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")
