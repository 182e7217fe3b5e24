"""What a build offers for publication: its partitions with their counts and hashes, and their rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from hotdash.base.errors import HotdashError
from hotdash.storage.marts import Partitioning, PublishedMart, bucket_number, month_bounds
from hotdash.storage.warehouse.contract import Warehouse, rows

MARTS = "marts"

_CANDIDATES = """
    select mart, partition_key, row_count, rows_hash
    from marts.publication_candidate where shop_id = $1
    order by mart, partition_key
"""

_HAS_CANDIDATES = """
    select 1 as has from information_schema.tables
    where table_schema = 'marts' and table_name = 'publication_candidate'
"""


class UnfitRowsError(HotdashError):
    code = "unfit_rows"


@dataclass(frozen=True, slots=True)
class Candidate:
    mart: str
    partition_key: str
    row_count: int
    rows_hash: str


def read_candidates(warehouse: Warehouse, shop_id: str) -> list[Candidate]:
    return [Candidate(**row) for row in rows(warehouse.query(_CANDIDATES, [shop_id]))]


def has_candidates(warehouse: Warehouse) -> bool:
    """One that nothing was built in yet offers nothing."""
    return bool(rows(warehouse.query(_HAS_CANDIDATES)))


def read_partitions(
    warehouse: Warehouse,
    mart: PublishedMart,
    shop_id: str,
    partition_keys: Sequence[str],
    schema: str = MARTS,
) -> pa.Table:
    """The rows of these partitions, typed exactly as the mart is declared."""
    condition, parameters = _belongs_to(mart, partition_keys)
    columns = ", ".join(mart.columns)
    found = warehouse.query(
        f"select {columns} from {schema}.{mart.name} where shop_id = $1 and ({condition})",
        [shop_id, *parameters],
    )
    try:
        return found.cast(mart.arrow_schema)
    except pa.ArrowInvalid as error:
        raise UnfitRowsError(
            f"The rows of {mart.name} do not fit the mart as it is published: {error}.",
            hint="Find these rows in the warehouse; a check should have stopped them.",
        ) from error


def _belongs_to(mart: PublishedMart, partition_keys: Sequence[str]) -> tuple[str, list[object]]:
    if mart.partitioning is Partitioning.BUCKET:
        places = ", ".join(f"${place}" for place in range(2, len(partition_keys) + 2))
        return f"bucket in ({places})", [bucket_number(key) for key in partition_keys]
    spans = [
        f"(day >= ${place} and day < ${place + 1})"
        for place in range(2, 2 * len(partition_keys) + 2, 2)
    ]
    return " or ".join(spans), [day for key in partition_keys for day in month_bounds(key)]
