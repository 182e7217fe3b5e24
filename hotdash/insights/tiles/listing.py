"""Lists of a tile, each from the statement beside it: its columns carry the names that the statement gives."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hotdash.base.money import Money
from hotdash.insights.metrics.query.known_rows import Rows, rows_now
from hotdash.insights.statements import statement
from hotdash.insights.tiles.contract import Cell, CellKind, Column, TileList
from hotdash.insights.tiles.definition import Reading

MOST = 20

_CHANGES_BY_ITSELF = re.compile(r"\bapp\.|:now\b")


def rows_of(reading: Reading, module_file: str, name: str, **asked: Any) -> Rows:
    """Of the shop and its days; a statement takes of these what it asks for."""
    base = reading.windows.base
    known = {
        "shop_id": reading.shop_id,
        "first": reading.first_known,
        "last": reading.window.last,
        "base_first": base.first if base else None,
        "base_last": base.last if base else None,
        "today": reading.today,
        "known_at": reading.known_at,
        "now": reading.now,
        "most": MOST,
    } | asked
    query = statement(module_file, f"{name}.sql")
    wanted = query.compile().params.keys()
    bound = {key: known[key] for key in wanted}
    if _CHANGES_BY_ITSELF.search(query.text):
        return rows_now(reading.session, query, bound)
    return reading.known.of(reading.session, query, bound)


def listed(
    reading: Reading,
    module_file: str,
    name: str,
    title: str,
    columns: Sequence[Column],
    *,
    mart: str | None = None,
    nothing: str | None = None,
    note: str | None = None,
    finish: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
    **asked: Any,
) -> TileList:
    """total is how many there are where the statement tells, else how many rows there are."""
    if mart is not None and not reading.is_published(mart):
        why = f"{mart} holds nothing of this shop yet."
        return TileList(name, title, columns, why=why, note=note)
    rows = [dict(row) for row in rows_of(reading, module_file, name, **asked)]
    total = int(rows[0].get("total", len(rows))) if rows else 0
    return TileList(
        name,
        title,
        columns,
        [_cells(finish(row), columns, reading.currency) for row in rows],
        total,
        None if rows else nothing,
        note,
    )


def _cells(row: Mapping[str, Any], columns: Sequence[Column], currency: str) -> list[Cell]:
    return [_cell(row[column.name], column.kind, currency) for column in columns]


def _cell(value: Any, kind: CellKind, currency: str) -> Cell:
    if value is not None and kind is CellKind.MONEY:
        return Money(value, currency).rounded().amount
    return value
