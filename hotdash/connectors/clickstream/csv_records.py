"""A CSV file cut into blocks of whole records, however long a line is: never more than a block in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

BLOCK_BYTES = 4 << 20
LONGEST_RECORD = 1 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records, the first of them on this line of the file."""

    line: int
    records: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that has no end within reach."""

    line: int
    size: int
    reason: str


def blocks_of(
    file: BinaryIO, line: int, block_bytes: int = BLOCK_BYTES
) -> Iterator[Block | Broken]:
    """From where the file stands, which is the start of a record."""
    pending = b""
    while chunk := file.read(block_bytes):
        pending += chunk
        while True:
            end = _last_end(pending)
            if end:
                yield Block(line, pending[:end])
                line += pending.count(b"\n", 0, end)
                pending = pending[end:]
            if len(pending) <= LONGEST_RECORD:
                break
            broken, pending = _given_up(file, pending, line, block_bytes)
            line += 1
            yield broken
    if pending:
        yield Block(line, pending)


def records_in(block: Block) -> Iterator[tuple[int, bytes]]:
    """Each record with its line; a quote opens a value that may hold line ends."""
    line, start, quotes = block.line, 0, 0
    position = 0
    data = block.records
    while position < len(data):
        end = data.find(b"\n", position)
        end = len(data) if end < 0 else end + 1
        quotes += data.count(b'"', position, end)
        if quotes % 2 == 0:
            yield line, data[start:end]
            line += data.count(b"\n", start, end)
            start, quotes = end, 0
        position = end
    if start < len(data):
        yield line, data[start:]


def _last_end(data: bytes) -> int:
    """Just behind the last line end that no quote holds open; 0 where there is none."""
    quotes, before = data.count(b'"'), len(data)
    while (found := data.rfind(b"\n", 0, before)) >= 0:
        quotes -= data.count(b'"', found, before)
        if quotes % 2 == 0:
            return found + 1
        before = found
    return 0


def _given_up(file: BinaryIO, pending: bytes, line: int, block_bytes: int) -> tuple[Broken, bytes]:
    """The line at the start is left aside, and reading goes on behind it."""
    end = pending.find(b"\n") + 1
    if end:
        reason = "a quote is opened and not closed"
        return Broken(line, end, reason), pending[end:]
    size = len(pending)
    while chunk := file.read(block_bytes):
        end = chunk.find(b"\n") + 1
        if end:
            return _too_long(line, size + end), chunk[end:]
        size += len(chunk)
    return _too_long(line, size), b""


def _too_long(line: int, size: int) -> Broken:
    return Broken(line, size, f"a record of more than {LONGEST_RECORD} bytes")
