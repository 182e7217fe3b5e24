"""How much one answer of an address that a page named may hold, and how long it may take."""

import zlib
from dataclasses import dataclass

import httpx

from hotdash.base.errors import HotdashError
from hotdash.base.unpacking import TooLargeError, Unpacking, is_gzip

# About half a gigabyte of Python objects; the largest page any vendor sends has a tenth of it.
MOST_VALUES = 4_000_000
_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class AnswerBound:
    """`most_bytes` as sent, and again unpacked."""

    most_bytes: int
    most_seconds: float
    most_values: int = MOST_VALUES


# A full page of Chatwoot's messages has 1,000 of them, 64 KB for each; usual ones have less than 2.
# A day of a large property over an MCP host, told twice (as text and as an object), is a
# thousand bytes a row: 60,000 rows. 64 MB arrive in time over 6 Mbit a second. Two minutes would be
# what an MCP session waits for before it asks again.
BOUND_OF_PAGE = AnswerBound(most_bytes=64 * _MB, most_seconds=100.0)


class AnswerOutOfBoundsError(HotdashError):
    code = "answer_out_of_bounds"
    http_status = 502

    def __init__(self, host: str, what: str) -> None:
        super().__init__(
            f"{host} {what}.",
            hint="Nothing was kept of it. Check that the address is that of the service itself; "
            "whoever runs this installation connects it without this bound, at the machine: "
            "`hotdash connect`.",
        )


def too_slow(host: str, bound: AnswerBound) -> AnswerOutOfBoundsError:
    return AnswerOutOfBoundsError(
        host, f"had not ended its answer after {bound.most_seconds:g} seconds"
    )


class AnswerMeter:
    """Takes one answer piece by piece, and lets go of it as soon as it is out of bounds."""

    def __init__(self, host: str, encoding: str, bound: AnswerBound) -> None:
        if encoding and not is_gzip(encoding) and encoding.strip().lower() != "identity":
            raise AnswerOutOfBoundsError(
                host, f"packed its answer as {encoding[:40]!r}, where only gzip was asked for"
            )
        self._host = host
        self._bound = bound
        self._unpacking = Unpacking(encoding, bound.most_bytes)
        self._taken = 0
        self._values = 0

    def take(self, piece: bytes) -> bytes:
        self._taken += len(piece)
        if self._taken > self._bound.most_bytes:
            raise self._too_large("")
        try:
            content = self._unpacking.take(piece)
        except TooLargeError:
            raise self._too_large(" unpacked") from None
        except zlib.error as error:
            raise httpx.RemoteProtocolError("an answer that is no gzip") from error
        self._values += values_in(content)
        if self._values > self._bound.most_values:
            raise AnswerOutOfBoundsError(
                self._host, f"sent an answer of more than {self._bound.most_values:,} values"
            )
        return content

    def _too_large(self, how: str) -> AnswerOutOfBoundsError:
        most = self._bound.most_bytes
        told = f"{most // _MB:,} MB" if most >= _MB else f"{most:,} bytes"
        return AnswerOutOfBoundsError(self._host, f"sent an answer of more than {told}{how}")


def values_in(body: bytes) -> int:
    """At most as many values stand in JSON."""
    return sum(body.count(mark) for mark in (b",", b"[", b"{"))
