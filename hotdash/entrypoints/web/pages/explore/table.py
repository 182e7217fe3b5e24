"""The table of Explore: what the files hold, with a link from each row to what is behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotdash.entrypoints.web.pages.explore.chart import name_of, narrowed
from hotdash.entrypoints.web.pages.explore.state import ExploreState
from hotdash.entrypoints.web.pages.explore.values import shown
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.answer import Answer, AnswerRow
from hotdash.reports.answer_table import AnswerTable, Column, Kind, sorted_rows

MOST_SHOWN = 500
_AMOUNTS = frozenset({Kind.MONEY, Kind.NUMBER, Kind.SHARE})


@dataclass(frozen=True, slots=True)
class Head:
    title: str
    is_amount: bool


@dataclass(frozen=True, slots=True)
class TableCell:
    text: str
    is_amount: bool
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    cells: tuple[TableCell, ...]
    url: str
    url_title: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class TableView:
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    rows: int

    @property
    def left_out(self) -> int:
        return self.rows - len(self.lines)


def table_view(state: ExploreState, answer: Answer, table: AnswerTable) -> TableView:
    directions = {each.asked: each.metric.direction for each in answer.metrics}
    rows = list(zip(sorted_rows(answer), table.rows, strict=True))[:MOST_SHOWN]
    return TableView(
        heads=tuple(Head(each.title, each.kind in _AMOUNTS) for each in table.columns),
        lines=tuple(
            _line(state, row, tuple(_cells(state, row, values, table.columns, directions)))
            for row, values in rows
        ),
        rows=len(table.rows),
    )


def _cells(
    state: ExploreState,
    row: AnswerRow,
    values: Sequence[object],
    columns: Sequence[Column],
    directions: dict[str, str],
) -> list[TableCell]:
    cells: list[TableCell] = []
    for value, column in zip(values, columns, strict=True):
        text = shown(value, column)  # pyright: ignore[reportArgumentType]
        if column.name == state.dimension:
            text = name_of(row.key[column.name])
        verdict = ""
        if column.is_change:
            metric = column.name.removeprefix("change_").removeprefix("share_")
            change = row.cells[metric].change if metric in row.cells else None
            if change:
                verdict = "better" if (change > 0) == (directions[metric] == "up") else "worse"
        cells.append(TableCell(text, column.kind in _AMOUNTS, verdict))
    return cells


def _line(state: ExploreState, row: AnswerRow, cells: tuple[TableCell, ...]) -> Line:
    target, title = behind(state, row)
    is_open = state.drill is not None and target.drill == state.drill and _same(state, target)
    url = f"{target.url}#rows" if target.drill else target.url
    return Line(cells, url, title, is_open)


def _same(state: ExploreState, target: ExploreState) -> bool:
    return set(target.filters) == set(state.filters)


def behind(state: ExploreState, row: AnswerRow) -> tuple[ExploreState, str]:
    """One step nearer to the orders: a value by day, a bucket by day, a day by its rows."""
    if state.dimension is not None:
        key = row.key[state.dimension]
        if state.time is None:
            return narrowed(state, state.dimension, key, ("day",)), "By day"
        one = narrowed(state, state.dimension, key, (state.time,))
        if state.time != "day":
            return one.but(days=row.days, by=("day",)), "By day"
        return one.but(drill=row.days.first), "Rows"
    if state.time is None:
        return state.but(by=("day",), drill=None), "By day"
    if state.time == "day":
        return state.but(drill=row.days.first), "Rows"
    return state.but(by=("day",), days=Window(row.days.first, row.days.last), drill=None), "By day"
