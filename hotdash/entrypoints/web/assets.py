"""The files the browser keeps: named by their content, compressed once, cached for ever."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response

from hotdash.reports.packet.render.html import STYLE_FILE

FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    media_type: str
    plain: bytes
    gzipped: bytes
    brotli: bytes

    @classmethod
    @cache
    def of(cls, name: str, content: bytes) -> "Asset":
        return cls(media_type_of(name), content, gzipped(content), brotli(content))

    def response(self, request: Request) -> Response:
        body, encoding = self.best_for(request.headers.get("accept-encoding", ""))
        headers = {"cache-control": FOREVER, "vary": "Accept-Encoding"}
        if encoding:
            headers["content-encoding"] = encoding
        return Response(body, media_type=self.media_type, headers=headers)

    def best_for(self, accepted: str) -> tuple[bytes, str]:
        offers = {part.split(";")[0].strip() for part in accepted.split(",")}
        if "br" in offers:
            return self.brotli, "br"
        if "gzip" in offers:
            return self.gzipped, "gzip"
        return self.plain, ""


def media_type_of(name: str) -> str:
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def brotli(content: bytes) -> bytes:
    codec = cast(Any, pa).Codec("brotli", compression_level=11)
    return cast(bytes, codec.compress(content, asbytes=True))


class Assets:
    """Our own small files, read once; a packet brings the style it is kept with."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._by_address: dict[str, Asset] = {}
        self._address_of: dict[str, str] = {}
        for file in sorted([*folder.iterdir(), STYLE_FILE]):
            self._add(file.name, file.read_bytes())

    def _add(self, name: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()[:12]
        stem, _, ending = name.rpartition(".")
        address = f"{stem}.{digest}.{ending}"
        self._by_address[address] = Asset.of(name, content)
        self._address_of[name] = f"/static/{address}"

    def url(self, name: str) -> str:
        return self._address_of[name]

    def get(self, address: str) -> Asset | None:
        return self._by_address.get(address)
