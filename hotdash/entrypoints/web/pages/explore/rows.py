"""What a day is made of: its orders, or whatever its mart holds, adding up to the number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.customers import customer_url
from hotdash.entrypoints.web.pages.explore.values import number
from hotdash.insights.metrics.query.explain import ExplainedRow, Explanation
from hotdash.insights.people.pseudonyms import About
from hotdash.reports.answer_table import Column, Kind, decimals_of, exact, title_of
from hotdash.storage.marts import ColumnType, published_mart

MOST_SHOWN = 200
_ROWS_OF = {
    "fct_orders": "orders",
    "fct_order_lines": "order lines",
    "fct_conversations": "conversations",
}


@dataclass(frozen=True, slots=True)
class RowsLine:
    key: tuple[str, ...]
    components: tuple[str, ...]
    value: str
    who_url: str | None = None
    who: str = ""


_PEOPLE = {"order_id": About.ORDER, "conversation_id": About.CONVERSATION}


@dataclass(frozen=True, slots=True)
class RowsView:
    """One metric's rows; a ratio has those of what it is made of below it."""

    title: str
    value: str
    what: str
    formula: str
    keys: tuple[str, ...]
    components: tuple[str, ...]
    lines: tuple[RowsLine, ...]
    totals: tuple[str, ...]
    count: int
    has_values: bool
    adds_up: bool | None
    note: str
    made_of: tuple["RowsView", ...]

    @property
    def has_people(self) -> bool:
        return any(line.who_url for line in self.lines)

    @property
    def left_out(self) -> int:
        return self.count - len(self.lines)


def rows_view(told: Explanation) -> RowsView:
    column = _column(told)
    used = [name for name in told.components if _is_used(name, told)]
    is_money = _money_columns(told)
    places = _places(told)
    lines = [_line(row, used, is_money, places, told, column) for row in told.rows[:MOST_SHOWN]]
    return RowsView(
        title=told.metric.title,
        value=_text(told.value, column),
        what=_ROWS_OF.get(told.mart or "", "rows"),
        formula=told.metric.formula,
        keys=tuple(title_of(name) for name in (told.rows[0].key if told.rows else ())),
        components=tuple(title_of(name) for name in used),
        lines=tuple(lines),
        totals=tuple(
            _amount(told.components[name], name in is_money, places, told.currency) for name in used
        ),
        count=len(told.rows),
        has_values=any(row.value is not None for row in told.rows),
        adds_up=told.adds_up,
        note=told.note or told.why or "",
        made_of=tuple(map(rows_view, told.made_of)),
    )


def _column(told: Explanation) -> Column:
    kinds = {"money": Kind.MONEY, "share": Kind.SHARE}
    unit = told.metric.unit.value
    whole = told.value is None or told.value == told.value.to_integral_value()
    return Column(
        told.metric.name,
        told.metric.title,
        kinds.get(unit, Kind.NUMBER),
        decimals_of(told.metric, told.currency, whole=whole),
        told.currency if unit == "money" else None,
    )


def _places(told: Explanation) -> int:
    return len(formatting.money(Decimal(0), told.currency).partition(".")[2])


def _is_used(name: str, told: Explanation) -> bool:
    """A component that is nought everywhere says nothing."""
    return any(row.components.get(name) for row in told.rows)


def _money_columns(told: Explanation) -> frozenset[str]:
    if told.mart is None:
        return frozenset()
    columns = published_mart(told.mart).columns
    return frozenset(
        name
        for name in told.components
        if columns.get(told.metric.column(told.mart, name)) is ColumnType.MONEY
    )


def _line(
    row: ExplainedRow,
    used: Sequence[str],
    is_money: frozenset[str],
    places: int,
    told: Explanation,
    column: Column,
) -> RowsLine:
    components: Mapping[str, Decimal | None] = row.components
    return RowsLine(
        key=tuple(formatting.MISSING if each is None else str(each) for each in row.key.values()),
        components=tuple(
            _amount(components[name], name in is_money, places, told.currency) for name in used
        ),
        value=_text(row.value, column),
        **_person(row, told.shop_id),
    )


def _person(row: ExplainedRow, shop_id: str) -> dict[str, str]:
    for name, about in _PEOPLE.items():
        if row.key.get(name) is not None:
            number = str(row.key[name])
            return {
                "who_url": customer_url(shop_id, about, number),
                "who": f"{about.capitalize()} {number}",
            }
    return {}


def _amount(value: Decimal | None, is_money: bool, places: int, currency: str) -> str:
    if value is None:
        return formatting.MISSING
    if not is_money:
        return formatting.trimmed(value)
    return _text(value, Column("", "", Kind.MONEY, places, currency))


def _text(value: Decimal | None, column: Column) -> str:
    rounded = exact(value, column.decimals)
    return formatting.MISSING if rounded is None else number(rounded, column)
