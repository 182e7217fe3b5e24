"""Vendors' JSON objects as rows of a raw table: every field read strictly, what does not fit refused with its reason."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import pyarrow as pa

from hotdash.connectors.contract import (
    Drift,
    DriftKind,
    Event,
    RawKind,
    RawTable,
    Rows,
    Unreadable,
)

Record = Mapping[str, Any]
Parse = Callable[[Any], Any]

TEXT = pa.string()
WHOLE = pa.int64()
FLAG = pa.bool_()
DAY = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")
MONEY = pa.decimal128(20, 4)
RATIO = pa.decimal128(18, 9)

EXTRA = "_extra"
_HIDDEN = "***"
_LARGEST = 2**63 - 1
_TOO_DEEP = "it is nested deeper than anybody reads"
_NO_OBJECT = "it is no object"
_LONGEST_SHOWN = 80
_MOST_DIGITS = 1000
_LONGEST_PAYLOAD = 1 << 20


class UnfitValueError(ValueError):
    """A value that its column cannot hold without being bent."""


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitValueError(f"{_shown(value)} is not text")
    if not _is_storable(value):
        raise UnfitValueError(f"{_shown(value)} holds what no text column can")
    return value


def whole(value: Any) -> int:
    """A whole number, also one written as text or as 3.0; never a rounded one."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise UnfitValueError(f"{_shown(value)} is not a whole number")
    number = _decimal(value)
    if number != number.to_integral_value() or abs(number) > _LARGEST:
        raise UnfitValueError(f"{_shown(value)} is not a whole number")
    return int(number)


def amount(value: Any) -> Decimal:
    """Money with at most four decimals: what would be rounded is refused."""
    return _scaled(value, 4, 16)


def ratio(value: Any) -> Decimal:
    """A share or an average, which vendors tell with as many digits as they like: nine are kept."""
    number = _decimal(value)
    if abs(number) >= 10**9:
        raise UnfitValueError(f"{_shown(value)} is too large")
    return round(number, 9)


def micros(value: Any) -> Decimal:
    """Money in millionths, rounded to the four decimals that amounts have."""
    return round(Decimal(whole(value)) / 1_000_000, 4)


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UnfitValueError(f"{_shown(value)} is neither true nor false")
    return value


def iso_instant(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError as error:
        raise UnfitValueError(f"{_shown(value)} is not an instant") from error
    if found.tzinfo is None:
        raise UnfitValueError(f"{_shown(value)} has no timezone")
    return found.astimezone(UTC)


def epoch_instant(value: Any) -> datetime:
    """Seconds since 1970, also with decimals."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise UnfitValueError(f"{_shown(value)} is not a number of seconds")
    try:
        whole_seconds, rest = divmod(Decimal(value), 1)
        return datetime.fromtimestamp(int(whole_seconds), UTC).replace(
            microsecond=int(rest * 1_000_000)
        )
    except (ArithmeticError, OSError, ValueError) as error:
        raise UnfitValueError(f"{_shown(value)} is no instant") from error


def iso_day(value: Any) -> date:
    try:
        return date.fromisoformat(text(value))
    except ValueError as error:
        raise UnfitValueError(f"{_shown(value)} is not a day") from error


def json_text(value: Any) -> str:
    """A nested value kept whole, in one canonical form; what is no character stays escaped."""
    plain = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    if _is_storable(plain):
        return plain
    return json.dumps(value, sort_keys=True, default=str)


def _is_storable(value: str) -> bool:
    """Postgres holds no NUL, and half of a surrogate pair is no character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value


def _shown(value: Any) -> str:
    """A value as it stands in a reason: short, and without characters that cannot be stored."""
    if isinstance(value, str) and len(value) > _LONGEST_SHOWN:
        return f"{value[:_LONGEST_SHOWN]!r} and {len(value) - _LONGEST_SHOWN} more"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    told = repr(value)
    return told if len(told) <= _LONGEST_SHOWN else f"{told[:_LONGEST_SHOWN]} and more"


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal):
        raise UnfitValueError(f"{_shown(value)} is not a number")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise UnfitValueError(f"{_shown(value)} is not a number") from error
    if not number.is_finite() or number.adjusted() > _MOST_DIGITS:
        raise UnfitValueError(f"{_shown(value)} is not a number anybody keeps")
    return number


def _scaled(value: Any, decimals: int, digits: int) -> Decimal:
    number = _decimal(value)
    if abs(number) >= 10**digits:
        raise UnfitValueError(f"{_shown(value)} is too large")
    fitted = round(number, decimals)
    if fitted != number:
        raise UnfitValueError(f"{_shown(value)} has more than {decimals} decimals")
    return fitted


@dataclass(frozen=True)
class Column:
    """One column and where its value stands: `path` is dotted; by default it is the column's own name.

    `omitted` means that the vendor leaves the key out where there is nothing to say; any other
    key that is missing makes the row unreadable. `words` are the values known so far.
    """

    name: str
    kind: pa.DataType
    parse: Parse
    path: str = ""
    required: bool = False
    omitted: bool = False
    personal: bool = False
    words: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple((self.path or self.name).split("."))


@dataclass(frozen=True)
class RecordTable:
    """A raw table and how its rows are read; `ignored` are the vendor's keys nobody wants, known as such."""

    raw: RawTable
    columns: tuple[Column, ...]
    ignored: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        return frozenset(column.keys[0] for column in self.columns) | self.ignored


def record_table(
    name: str,
    kind: RawKind,
    key: tuple[str, ...],
    columns: Sequence[Column],
    ignored: Sequence[str] = (),
) -> RecordTable:
    schema = pa.schema([(column.name, column.kind) for column in columns])
    personal = frozenset(column.name for column in columns if column.personal)
    required = frozenset(column.name for column in columns if column.required)
    raw = RawTable(name, kind, key, schema, personal, required)
    return RecordTable(raw, tuple(columns), frozenset(ignored))


@dataclass
class RecordReader:
    """Reads the records of one table during one read; what changed in their shape is told once each."""

    table: RecordTable
    _told: set[tuple[DriftKind, str]] = field(default_factory=set[tuple[DriftKind, str]])

    def read(self, records: Sequence[Record], fetched_at: datetime) -> Iterator[Event]:
        rows: list[dict[str, Any]] = []
        refused: list[Unreadable] = []
        drifts: list[Drift] = []
        objects = [record for record in records if _is_object(record)]
        for record in objects:
            try:
                rows.append(self._row(record))
            except _UnfitRecordError as error:
                refused.append(self._refusal(record, str(error), fetched_at))
                drifts += self._drift(error.kind, error.field, str(error), fetched_at)
            except RecursionError:
                refused.append(self._unshown(_TOO_DEEP, fetched_at, self._vendor_id(record)))
        for _ in range(len(records) - len(objects)):
            refused.append(self._unshown(_NO_OBJECT, fetched_at))
            drifts += self._drift(DriftKind.RETYPED, "(record)", _NO_OBJECT, fetched_at)
        drifts += self._additions(objects, fetched_at)
        if rows:
            yield Rows(self.table.raw, self._arrow(rows), fetched_at)
        yield from refused
        yield from _with_renames(drifts)
        yield from self._new_words(rows, fetched_at)

    def _row(self, record: Record) -> dict[str, Any]:
        row = {column.name: _value(record, column) for column in self.table.columns}
        extra = {key: value for key, value in record.items() if key not in self.table.known}
        return {**row, EXTRA: json_text(extra) if extra else None}

    def _arrow(self, rows: list[dict[str, Any]]) -> pa.Table:
        schema = self.table.raw.schema
        if any(row[EXTRA] is not None for row in rows):
            schema = pa.unify_schemas([schema, pa.schema([(EXTRA, TEXT)])])
        return pa.Table.from_pylist(rows, schema=schema)

    def _refusal(self, record: Record, reason: str, fetched_at: datetime) -> Unreadable:
        return Unreadable(
            self.table.raw,
            reason,
            _payload(self._without_person(record)),
            fetched_at,
            self._vendor_id(record),
        )

    def _unshown(
        self, reason: str, fetched_at: datetime, vendor_id: str | None = None
    ) -> Unreadable:
        return Unreadable(self.table.raw, reason, json_text({}), fetched_at, vendor_id)

    def _vendor_id(self, record: Record) -> str | None:
        """The key as far as it can be read, its parts joined."""
        keys = [column for column in self.table.columns if column.name in self.table.raw.key]
        parts = [_found(record, column.keys) for column in keys]
        known = all(isinstance(part, int | str) for part in parts)
        name = ":".join(str(part) for part in parts)
        return name if parts and known and len(name) < 1000 and _is_storable(name) else None

    def _without_person(self, record: Record) -> dict[str, Any]:
        """Only what is read into a column that is not personal: anything else may hold anything."""
        return _shown_at(record, [each.keys for each in self.table.columns if not each.personal])

    def _additions(self, records: Sequence[Record], fetched_at: datetime) -> list[Drift]:
        unknown = {key for record in records for key in record if key not in self.table.known}
        return [
            drift
            for key in sorted(unknown)
            for drift in self._drift(
                DriftKind.ADDED, key, f"{key} is new and is kept in {EXTRA}", fetched_at
            )
        ]

    def _new_words(
        self, rows: Sequence[Mapping[str, Any]], fetched_at: datetime
    ) -> Iterator[Drift]:
        for column in self.table.columns:
            if column.words:
                told = {row[column.name] for row in rows} - column.words - {None}
                for word in sorted(told):
                    detail = f"{column.name} has the new value {word!r}"
                    yield from self._drift(DriftKind.NEW_VALUE, column.name, detail, fetched_at)

    def _drift(self, kind: DriftKind, name: str, detail: str, at: datetime) -> list[Drift]:
        known = (kind, detail if kind is DriftKind.NEW_VALUE else name)
        if known in self._told:
            return []
        self._told.add(known)
        return [Drift(self.table.raw, kind, name, detail, at)]


def told(
    table: RecordTable, records: Sequence[Any], at: datetime, reader: RecordReader | None = None
) -> Iterator[Event]:
    """One answer's records, by the reader of the whole read where there is one."""
    yield from (reader or RecordReader(table)).read(records, at)


class _UnfitRecordError(ValueError):
    def __init__(self, kind: DriftKind, name: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.field = name


_NOWHERE = object()


def _found(record: Record, keys: Sequence[str]) -> Any:
    value: Any = record
    for key in keys:
        if value is None:
            return None
        if not isinstance(value, Mapping) or key not in value:
            return _NOWHERE
        value = cast("Record", value)[key]
    return value


def _value(record: Record, column: Column) -> Any:
    path = ".".join(column.keys)
    value = _found(record, column.keys)
    if value is _NOWHERE:
        if column.omitted:
            value = None
        else:
            raise _UnfitRecordError(DriftKind.DROPPED, path, f"{path} is missing")
    if value is None:
        if column.required:
            raise _UnfitRecordError(DriftKind.RETYPED, path, f"{path} is empty")
        return None
    try:
        return column.parse(value)
    except UnfitValueError as error:
        reason = "a personal value that does not fit" if column.personal else str(error)
        raise _UnfitRecordError(DriftKind.RETYPED, path, f"{path}: {reason}") from error


def _shown_at(record: Record, paths: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The values at these paths; of the others only the keys."""
    shown: dict[str, Any] = {}
    for key, value in record.items():
        rests = [path[1:] for path in paths if path[0] == key]
        if value is None or () in rests:
            shown[key] = value
        elif rests and isinstance(value, Mapping):
            shown[key] = _shown_at(cast("Record", value), rests)
        else:
            shown[key] = _HIDDEN
    return shown


def _is_object(record: object) -> bool:
    """What a vendor sends need not be what its contract says."""
    return isinstance(record, Mapping)


def _payload(record: Record) -> str:
    told = json_text(record)
    return told if len(told) <= _LONGEST_PAYLOAD else f"{told[:_LONGEST_PAYLOAD]} … (cut)"


def _with_renames(drifts: Sequence[Drift]) -> Iterator[Drift]:
    """One key gone and one come in the same answer is one key renamed."""
    gone = [drift for drift in drifts if drift.kind is DriftKind.DROPPED]
    come = [drift for drift in drifts if drift.kind is DriftKind.ADDED]
    if len(gone) == 1 and len(come) == 1:
        [old], [new] = gone, come
        detail = f"{old.field} seems to be called {new.field} now"
        yield Drift(old.table, DriftKind.RENAMED, old.field, detail, old.noticed_at)
        drifts = [drift for drift in drifts if drift not in (old, new)]
    yield from drifts
