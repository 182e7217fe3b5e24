"""The kinds of columns raw tables have, and how an entity's table is declared."""

from collections.abc import Mapping

import pyarrow as pa

from hotdash.connectors.contract import RawKind, RawTable

ID = pa.int64()
COUNT = pa.int64()
TEXT = pa.string()
FLAG = pa.bool_()
DAY = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")
MONEY = pa.decimal128(20, 4)
RATE = pa.decimal128(9, 6)


def entity(
    name: str,
    key: tuple[str, ...],
    columns: Mapping[str, pa.DataType],
    personal: frozenset[str] = frozenset(),
) -> RawTable:
    return RawTable(name, RawKind.ENTITY, key, pa.schema(list(columns.items())), personal)
