"""Answers kept as ready bytes until what they depend on changes."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

CACHE_FOR = timedelta(minutes=5)
_ENTRIES = 2048

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """The edition is in the key, so it answers only as long as nothing behind it has changed."""

    body: bytes
    etag: str
    good_until: datetime

    @classmethod
    def of(cls, body: bytes, good_until: datetime) -> "ReadyAnswer":
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:24]}"', good_until)

    def response(self, request: Request) -> Response:
        headers = {"etag": self.etag, "cache-control": "private, no-cache", "vary": "Cookie"}
        known = request.headers.get("if-none-match", "")
        if self.etag in (part.strip().removeprefix("W/") for part in known.split(",")):
            return Response(status_code=304, headers=headers)
        return Response(self.body, headers=headers, media_type="application/json")


class TileCache:
    def __init__(self) -> None:
        self._answers: OrderedDict[Key, ReadyAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, now: datetime) -> ReadyAnswer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is None or answer.good_until <= now:
                return None
            self._answers.move_to_end(key)
            return answer

    def put(self, key: Key, answer: ReadyAnswer) -> None:
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > _ENTRIES:
                self._answers.popitem(last=False)
