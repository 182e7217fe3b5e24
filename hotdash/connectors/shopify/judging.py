"""Typed reading first; where a batch fails, its pieces are halved until the entities to blame stand alone."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import orjson
import pyarrow as pa

from hotdash.connectors.shopify.arrow import has_nul, read_json, schema_of
from hotdash.connectors.shopify.readers import UnfitError

Entity = TypeVar("Entity")
Result = TypeVar("Result")
_BLOCK = 4 << 20
_LONGER_THAN_A_BLOCK = "straddling object"
_ESCAPED_NUL = b"\\u0000"
_LONE_NULL = re.compile(rb"^\s*null", re.MULTILINE)
_PIECE = 256


@dataclass(frozen=True)
class Refusal(Generic[Entity]):
    """Who only lacks something was read well field by field: no field has to be looked for."""

    entity: Entity
    reason: str
    only_lacks: bool = False


@dataclass(frozen=True)
class Verdict(Generic[Entity, Result]):
    read: Sequence[Result]
    refused: Sequence[Refusal[Entity]]


@dataclass(frozen=True)
class _Sieved(Generic[Entity, Result]):
    """Who is left, what came of reading them, and the reason where nothing did."""

    left: Sequence[Entity]
    lacking: Sequence[Refusal[Entity]]
    read: Sequence[Result]
    reason: str | None


@dataclass(frozen=True)
class Judge(Generic[Entity, Result]):
    """Every entity is either read or refused with its reason; none is lost or bent.

    A glance is a cheaper look that already finds most of what a read would refuse. By its name an
    entity is found among those that lack something: what all of them lack is one look for all.
    """

    read: Callable[[Sequence[Entity]], Result]
    glance: Callable[[Sequence[Entity]], object] | None = None
    name: Callable[[Entity], str | None] = lambda _entity: None

    def judge(self, entities: Sequence[Entity]) -> Verdict[Entity, Result]:
        first = self._sieved(entities, self.read)
        if first.reason is None:
            return Verdict(first.read, first.lacking)
        fit, refused = self._sifted(first.left, self.glance or self.read)
        rest = self._judged_rest(fit, is_sure=not refused and self.glance is None)
        return Verdict(rest.read, [*first.lacking, *refused, *rest.refused])

    def _judged_rest(self, fit: Sequence[Entity], *, is_sure: bool) -> Verdict[Entity, Result]:
        """Where each piece alone was read and the whole was not, the whole is read in halves."""
        judge = replace(self, glance=None)
        if not is_sure or len(fit) < 2:
            return judge.judge(fit)
        middle = len(fit) // 2
        first, second = judge.judge(fit[:middle]), judge.judge(fit[middle:])
        return Verdict([*first.read, *second.read], [*first.refused, *second.refused])

    def _sieved(
        self, entities: Sequence[Entity], look: Callable[[Sequence[Entity]], Any]
    ) -> _Sieved[Entity, Any]:
        lacking: list[Refusal[Entity]] = []
        left: list[Entity] = list(entities)
        while left:
            try:
                return _Sieved(left, lacking, [look(left)], None)
            except UnfitError as error:
                found = self._lacking(left, error)
                if not found:
                    return _Sieved(left, lacking, [], str(error))
            lacking += [Refusal(left[at], reason, True) for at, reason in found.items()]
            left = [left[at] for at in range(len(left)) if at not in found]
        return _Sieved([], lacking, [], None)

    def _lacking(self, entities: Sequence[Entity], error: UnfitError) -> dict[int, str]:
        if not error.lacking:
            return {}
        reasons = (error.lacking.get(self.name(entity) or "") for entity in entities)
        return {at: reason for at, reason in enumerate(reasons) if reason is not None}

    def _sifted(
        self, entities: Sequence[Entity], look: Callable[[Sequence[Entity]], Any]
    ) -> tuple[list[Entity], list[Refusal[Entity]]]:
        fit: list[Entity] = []
        refused: list[Refusal[Entity]] = []
        pieces = [entities[at : at + _PIECE] for at in range(0, len(entities), _PIECE)]
        waiting = [(piece, False) for piece in reversed(pieces)]

        def looked_at(piece: Sequence[Entity]) -> tuple[Sequence[Entity], str | None]:
            found = self._sieved(piece, look)
            refused.extend(found.lacking)
            return found.left, found.reason

        while waiting:
            piece, is_unfit = waiting.pop()
            if len(piece) == 1 or not is_unfit:
                piece, reason = looked_at(piece)
                if reason is None:
                    fit += piece
                    continue
                if len(piece) == 1:
                    refused.append(Refusal(piece[0], reason))
                    continue
            first, second = piece[: len(piece) // 2], piece[len(piece) // 2 :]
            first, reason = looked_at(first)
            if reason is None:
                fit += first
                waiting.append((second, True))
            else:
                waiting += [(second, False), (first, True)]
        return fit, refused


def read_lines(lines: bytes, shape: pa.Schema) -> pa.Table:
    """JSON lines as a table of exactly this shape; a value of another type is an error, not NULL."""
    if not lines or lines.isspace():
        return shape.empty_table()
    _refuse_lone_null(lines)
    try:
        batch = read_json(lines, shape, _BLOCK)
    except pa.ArrowInvalid as error:
        if _LONGER_THAN_A_BLOCK not in str(error):
            raise UnfitError(str(error)) from error
        batch = _read_at_once(lines, shape)
    _refuse_unstorable(batch, lines)
    return batch


def _refuse_lone_null(lines: bytes) -> None:
    """pyarrow's reader takes the whole process down with it (seen in 26.0)."""
    begun_well = lines.count(b"\n{") + lines.startswith(b"{")
    if begun_well <= lines.rstrip().count(b"\n") and _LONE_NULL.search(lines):
        raise UnfitError("null is no object")


def _read_at_once(lines: bytes, shape: pa.Schema) -> pa.Table:
    try:
        return read_json(lines, shape, len(lines) + 1)
    except pa.ArrowInvalid as error:
        raise UnfitError(str(error)) from error


def _refuse_unstorable(batch: pa.Table, lines: bytes) -> None:
    """Text that is no UTF-8, which the reader lets through, and NUL, which Postgres does not hold."""
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as error:
        raise UnfitError(str(error)) from error
    if _ESCAPED_NUL in lines and has_nul(batch):
        raise UnfitError("a text holds NUL, which no text column can")


def blame(lines: Iterable[bytes], shape: pa.Schema) -> str | None:
    """The first field that is not what it should be."""
    for line in lines:
        try:
            orjson.loads(line)
        except orjson.JSONDecodeError as error:
            return f"not JSON: {error}"
        if found := _first_unfit(line, shape):
            return found
    return None


def _first_unfit(line: bytes, shape: pa.Schema) -> str | None:
    names = list(shape.names)
    reason = _unfit(line, shape, names)
    if reason is None:
        return None
    while len(names) > 1:
        first, second = names[: len(names) // 2], names[len(names) // 2 :]
        found = _unfit(line, shape, first)
        names, reason = (first, found) if found else (second, reason)
    return f"{names[0]}: {_unfit(line, shape, names) or reason}"


def _unfit(line: bytes, shape: pa.Schema, names: Sequence[str]) -> str | None:
    try:
        read_lines(line, schema_of(shape, names))
    except UnfitError as error:
        return str(error)
    return None
