"""Unpacking no further than an answer may grow: a few bytes of gzip hold as many zeros as somebody likes."""

import zlib

_GZIP = ("gzip", "x-gzip")
_WITH_GZIP_HEADER = 31


class TooLargeError(Exception):
    """An answer that grows beyond its bound is let go of unread."""


def is_gzip(encoding: str) -> bool:
    return encoding.strip().lower() in _GZIP


class Unpacking:
    """Piece by piece; what is no gzip comes out as it is, and counts as much."""

    def __init__(self, encoding: str, most: int) -> None:
        self._gzip = zlib.decompressobj(wbits=_WITH_GZIP_HEADER) if is_gzip(encoding) else None
        self._left = most

    def take(self, piece: bytes) -> bytes:
        content = self._unpacked(piece)
        self._left -= len(content)
        if self._left < 0:
            raise TooLargeError
        return content

    def _unpacked(self, piece: bytes) -> bytes:
        if self._gzip is None:
            return piece
        return b"" if self._gzip.eof else self._gzip.decompress(piece, self._left + 1)


def unpacked(taken: bytes, encoding: str, most: int) -> bytes:
    """All at once; nothing of what only calls itself gzip."""
    try:
        return Unpacking(encoding, most).take(taken)
    except zlib.error:
        return b""
