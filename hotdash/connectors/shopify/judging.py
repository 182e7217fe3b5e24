"""Typed reading first; where a batch fails, it is halved until the entities to blame stand alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson
import pyarrow as pa

from hotdash.connectors.shopify.arrow import read_json, schema_of
from hotdash.connectors.shopify.readers import UnfitError

Entity = TypeVar("Entity")
Result = TypeVar("Result")
_BLOCK = 4 << 20
_LONGER_THAN_A_BLOCK = "straddling object"


@dataclass(frozen=True)
class Refusal(Generic[Entity]):
    entity: Entity
    reason: str


@dataclass(frozen=True)
class Verdict(Generic[Entity, Result]):
    read: Sequence[Result]
    refused: Sequence[Refusal[Entity]]


def judge(
    entities: Sequence[Entity], read: Callable[[Sequence[Entity]], Result]
) -> Verdict[Entity, Result]:
    """Every entity is either read or refused with its reason; none is lost or bent."""
    if not entities:
        return Verdict([], [])
    try:
        return Verdict([read(entities)], [])
    except UnfitError as error:
        if len(entities) == 1:
            return Verdict([], [Refusal(entities[0], str(error))])
    middle = len(entities) // 2
    first, second = judge(entities[:middle], read), judge(entities[middle:], read)
    return Verdict([*first.read, *second.read], [*first.refused, *second.refused])


def read_lines(lines: bytes, shape: pa.Schema) -> pa.Table:
    """JSON lines as a table of exactly this shape; a value of another type is an error, not NULL."""
    if not lines or lines.isspace():
        return shape.empty_table()
    try:
        return read_json(lines, shape, _BLOCK)
    except pa.ArrowInvalid as error:
        if _LONGER_THAN_A_BLOCK not in str(error):
            raise UnfitError(str(error)) from error
    try:
        return read_json(lines, shape, len(lines) + 1)
    except pa.ArrowInvalid as error:
        raise UnfitError(str(error)) from error


def blame(lines: Iterable[bytes], shape: pa.Schema) -> str | None:
    """The first field that is not what it should be, looked at one by one."""
    for line in lines:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            return f"not JSON: {error}"
        for name in shape.names:
            try:
                read_lines(orjson.dumps({name: row.get(name)}), schema_of(shape, [name]))
            except UnfitError as error:
                return f"{name}: {error}"
    return None
