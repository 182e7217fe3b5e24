"""Load changed partitions as new parts and prove that what arrived is what was built."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from hotdash.pipeline.publish.plan import MartPlan
from hotdash.storage.appdb.repositories.parts import (
    Fingerprint,
    LoadConnection,
    RowsRefusedError,
    fingerprints,
    load_rows,
    register_parts,
)
from hotdash.storage.appdb.repositories.publications import Entry
from hotdash.storage.appdb.repositories.statistics import tell_planner
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import PublishedMart, published_mart
from hotdash.storage.warehouse.candidates import MARTS, Candidate, read_partitions
from hotdash.storage.warehouse.contract import Warehouse

ROWS_PER_LOAD = 200_000


@dataclass(frozen=True, slots=True)
class Staged:
    """New entries by mart, and every difference between what was built and what arrived."""

    entries: Mapping[str, Mapping[str, Entry]]
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    database: Database
    warehouse: Warehouse
    shop_id: str
    build_id: UUID
    at: datetime
    schema: str = MARTS

    def load(self, plans: Sequence[MartPlan]) -> Staged:
        with LoadConnection(self.database.direct_uri) as into:
            loaded = {plan.mart: self._load_mart(plan, into) for plan in plans if plan.changed}
        entries = {mart: entries for mart, (entries, _) in loaded.items()}
        self._tell_planner(entries)
        return Staged(
            entries=entries,
            differences=tuple(each for _, found in loaded.values() for each in found),
        )

    def _tell_planner(self, loaded: Mapping[str, Mapping[str, Entry]]) -> None:
        """Before a manifest names these rows, so that no reader is planned for as if they were few."""
        with self.database.direct() as connection:
            for mart, entries in loaded.items():
                tell_planner(connection, mart, sum(each.row_count for each in entries.values()))

    def _load_mart(
        self, plan: MartPlan, into: LoadConnection
    ) -> tuple[dict[str, Entry], list[str]]:
        mart = published_mart(plan.mart)
        keys = [candidate.partition_key for candidate in plan.changed]
        with self.database.jobs() as session:
            parts = register_parts(session, self.shop_id, self.build_id, mart.name, keys, self.at)
        try:
            self._load_parts(mart, plan.changed, parts, into)
        except RowsRefusedError as error:
            return {}, [error.message.rstrip(".")]
        with self.database.jobs() as session:
            found = fingerprints(session, mart, self.shop_id, list(parts.values()))
        return self._entries(plan.changed, parts), _differences(plan.changed, parts, found)

    def _load_parts(
        self,
        mart: PublishedMart,
        changed: Sequence[Candidate],
        parts: Mapping[str, int],
        into: LoadConnection,
    ) -> None:
        for batch in _batches(changed):
            rows = read_partitions(self.warehouse, mart, self.shop_id, batch, self.schema)
            load_rows(into, mart, _with_parts(mart, rows, parts))

    def _entries(
        self, candidates: Sequence[Candidate], parts: Mapping[str, int]
    ) -> dict[str, Entry]:
        return {
            candidate.partition_key: Entry(
                candidate.partition_key,
                parts[candidate.partition_key],
                self.build_id,
                candidate.row_count,
                candidate.rows_hash,
            )
            for candidate in candidates
        }


def _batches(candidates: Sequence[Candidate]) -> Iterator[list[str]]:
    """Whole partitions, as many as stay near the limit together, so that memory stays bounded."""
    batch, rows = list[str](), 0
    for candidate in candidates:
        if batch and rows + candidate.row_count > ROWS_PER_LOAD:
            yield batch
            batch, rows = [], 0
        batch.append(candidate.partition_key)
        rows += candidate.row_count
    if batch:
        yield batch


def _with_parts(mart: PublishedMart, rows: pa.Table, parts: Mapping[str, int]) -> pa.Table:
    arrow: Any = pa
    compute: Any = pc
    values = rows[mart.partition_column]
    distinct = compute.unique(values)
    numbers = arrow.array(
        [parts[mart.partition_of(value)] for value in distinct.to_pylist()], pa.int64()
    )
    return rows.append_column("part", numbers.take(compute.index_in(values, value_set=distinct)))


def _differences(
    candidates: Sequence[Candidate], parts: Mapping[str, int], found: Mapping[int, Fingerprint]
) -> list[str]:
    differences = list[str]()
    for candidate in candidates:
        arrived = found.get(parts[candidate.partition_key])
        if arrived != Fingerprint(candidate.row_count, candidate.rows_hash):
            count = arrived.row_count if arrived else 0
            differences.append(
                f"{candidate.mart} {candidate.partition_key} has {count} rows staged of "
                f"{candidate.row_count} built"
                + (", with another hash" if count == candidate.row_count else "")
            )
    return differences
