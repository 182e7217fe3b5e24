"""Entities gathered into batches of one fetch instant each, told as rows or as unreadable."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import orjson

from hotdash.base.clock import Clock
from hotdash.connectors.contract import Event, RawTable, Rows, Unreadable
from hotdash.connectors.shopify.judging import Judge
from hotdash.connectors.shopify.unnesting import EntityRows, blamed, read_rows

ENTITIES_PER_BATCH = 500
_HIDDEN = "***"
_LONGEST_PAYLOAD = 1 << 20
_DEEPEST = 50
_PERSONAL = frozenset(
    {"firstName", "lastName", "defaultEmailAddress", "email", "landingPage", "referrerUrl"}
)


class Batch:
    """An entity met twice while paging counts once, as it was met last."""

    def __init__(self, root: RawTable, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._entities: dict[str, EntityRows] = {}
        self._fetched_at = clock.now()

    @property
    def is_full(self) -> bool:
        return len(self._entities) >= ENTITIES_PER_BATCH

    def add(self, global_id: str, rows: EntityRows) -> None:
        self._entities[global_id] = rows

    def told(self) -> Iterator[Event]:
        judge = Judge(read_rows, name=self._global_id)
        verdict = judge.judge(list(self._entities.values()))
        for tables in verdict.read:
            for table, data in tables.items():
                if data.num_rows:
                    yield Rows(table, data, self._fetched_at)
        for refusal in verdict.refused:
            yield Unreadable(
                self._root,
                (None if refusal.only_lacks else blamed(refusal.entity)) or refusal.reason,
                shown(refusal.entity),
                self._fetched_at,
                vendor_id(self._global_id(refusal.entity)),
            )
        self._entities.clear()
        self._fetched_at = _after(self._fetched_at, self._clock.now())

    def _global_id(self, entity: EntityRows) -> str | None:
        return entity[self._root][0].get("id")


def shown(entity: EntityRows) -> str:
    """The entity as it came, without what tells who a person is."""
    rows = {table.name: [without_person(row) for row in rows] for table, rows in entity.items()}
    return orjson.dumps(rows).decode()


def shown_lines(lines: bytes) -> str:
    told = "\n".join(_shown_line(line) for line in lines.splitlines())
    return told if len(told) <= _LONGEST_PAYLOAD else f"{told[:_LONGEST_PAYLOAD]} … (cut)"


def vendor_id(global_id: Any) -> str | None:
    """The number at its end, as the columns of the raw tables have it."""
    number = str(global_id).rpartition("/")[2]
    return number if number.isdecimal() else None


def vendor_id_of_lines(lines: bytes) -> str | None:
    """Of an entity that lies in a file: its root comes first."""
    try:
        return vendor_id(orjson.loads(lines.splitlines()[0])["id"])
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return None


def without_person(value: Any, depth: int = 0) -> Any:
    """However deep it stands: a journey holds its visits. What is deeper than any query is hidden."""
    if depth > _DEEPEST:
        return _HIDDEN
    if isinstance(value, list):
        return [without_person(each, depth + 1) for each in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    row = cast("Mapping[str, Any]", value)
    return {
        name: _HIDDEN if name in _PERSONAL else without_person(each, depth + 1)
        for name, each in row.items()
    }


def _shown_line(line: bytes) -> str:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        return f"{len(line)} bytes that are no JSON object"
    return orjson.dumps(without_person(told)).decode()


def _after(earlier: datetime, now: datetime) -> datetime:
    """Two batches never share an instant: it is what keeps versions of one load apart."""
    return max(now, earlier + timedelta(microseconds=1))
