"""A bulk file in blocks of whole entities: each root row with the rows grouped behind it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pyarrow as pa

from hotdash.connectors.contract import RawTable
from hotdash.connectors.shopify.judging import Judge, Refusal, Verdict, blame, read_lines
from hotdash.connectors.shopify.readers import UnfitError

BLOCK = 16 << 20
_NESTED = b'"__parentId":"'


@dataclass(frozen=True)
class Block:
    """What one block held; `again` names those that have to be asked for whole.

    `shipments` are the fulfillments its orders name, each with when it last changed.
    """

    tables: dict[RawTable, pa.Table]
    again: list[str] = field(default_factory=list[str])
    shipments: pa.Table | None = None


@dataclass(frozen=True)
class Layout:
    """How the rows of one kind of export are typed and told apart."""

    root: RawTable
    shape: pa.Schema
    split: Callable[[pa.Table], Block]


def read_file(
    file: Path, layout: Layout, block_bytes: int = BLOCK
) -> Iterator[Verdict[bytes, Block]]:
    for block in _blocks(file, block_bytes):
        try:
            whole = layout.split(read_lines(block, layout.shape))
        except UnfitError:
            yield _judged(block, layout)
        else:
            yield Verdict([whole], [])


def _judged(block: bytes, layout: Layout) -> Verdict[bytes, Block]:
    def read(entities: Sequence[bytes]) -> Block:
        return layout.split(read_lines(b"".join(entities), layout.shape))

    def glance(entities: Sequence[bytes]) -> object:
        return read_lines(b"".join(entities), layout.shape)

    verdict = Judge(read, glance, _global_id).judge(_entities(block))
    refused = [
        each if each.only_lacks else Refusal(each.entity, _reason(each, layout))
        for each in verdict.refused
    ]
    return Verdict(verdict.read, refused)


def _reason(refusal: Refusal[bytes], layout: Layout) -> str:
    return blame(refusal.entity.splitlines(), layout.shape) or refusal.reason


def _global_id(entity: bytes) -> str | None:
    """Of its root, which comes first."""
    try:
        found = orjson.loads(entity.partition(b"\n")[0])["id"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return None
    return found if isinstance(found, str) else None


def _blocks(file: Path, block_bytes: int) -> Iterator[bytes]:
    rest = b""
    with file.open("rb") as stream:
        while chunk := stream.read(block_bytes):
            rest += chunk
            cut = _last_root(rest)
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
    if rest.strip():
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _last_root(text: bytes) -> int:
    """Where the last root row begins that is complete; what is before it are whole entities."""
    end = text.rfind(b"\n")
    while end > 0:
        begin = text.rfind(b"\n", 0, end) + 1
        if _NESTED not in text[begin:end]:
            return begin
        end = begin - 1
    return 0


def _entities(block: bytes) -> list[bytes]:
    entities: list[bytes] = []
    for line in block.splitlines(keepends=True):
        if _NESTED in line and entities:
            entities[-1] += line
        else:
            entities.append(line)
    return entities
