"""The lists of a tile as tables: every cell as text, with how it is set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.customers import customer_url
from hotdash.insights.people.pseudonyms import About
from hotdash.insights.tiles.contract import Cell, CellKind, Tile, TileList


@dataclass(frozen=True, slots=True)
class ColumnView:
    title: str
    is_amount: bool


@dataclass(frozen=True, slots=True)
class RowMore:
    """What can be done about what a row names: see who is behind it, or give the page to somebody."""

    name: str
    who_url: str | None = None
    page: str | None = None
    assigned: str | None = None


_PEOPLE = {"order_id": About.ORDER, "conversation_id": About.CONVERSATION}
_PAGE = "page"


@dataclass(frozen=True, slots=True)
class ListView:
    name: str
    title: str
    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[tuple[str, bool], ...], ...]
    count: str
    why: str | None
    note: str | None
    more: tuple[RowMore, ...] = ()


def list_view(
    each: TileList, tile: Tile, shop_id: str = "", assigned: Mapping[str, str] | None = None
) -> ListView:
    """Assigned says who works on which landing page already; without it none is given from here."""
    amounts = [
        number > 0 and column.kind is not CellKind.TEXT
        for number, column in enumerate(each.columns)
    ]
    return ListView(
        name=each.name,
        title=each.title,
        columns=tuple(
            ColumnView(column.title, is_amount)
            for column, is_amount in zip(each.columns, amounts, strict=True)
        ),
        rows=tuple(
            tuple(
                (_text(cell, column.kind, tile), is_amount)
                for cell, column, is_amount in zip(row, each.columns, amounts, strict=True)
            )
            for row in each.rows
        ),
        count=_count(each),
        why=each.why,
        note=each.note,
        more=_more(each, shop_id, assigned),
    )


def _more(each: TileList, shop_id: str, assigned: Mapping[str, str] | None) -> tuple[RowMore, ...]:
    first = each.columns[0].name if each.columns else ""
    names = [str(row[0]) for row in each.rows]
    if first in _PEOPLE and shop_id:
        about = _PEOPLE[first]
        return tuple(
            RowMore(f"{about} {name}", who_url=customer_url(shop_id, about, name)) for name in names
        )
    if first == _PAGE and assigned is not None:
        return tuple(RowMore(name, page=name, assigned=assigned.get(name)) for name in names)
    return ()


def _count(each: TileList) -> str:
    shown = len(each.rows)
    if not shown:
        return ""
    if shown < each.total:
        return f"{shown} of {each.total:,}"
    return f"{each.total:,}"


def _text(cell: Cell, kind: CellKind, tile: Tile) -> str:
    match cell:
        case None:
            return formatting.MISSING
        case datetime():
            return formatting.shop_time(cell, tile.timezone)
        case date():
            return formatting.day_with_year(cell)
        case Decimal() | int():
            return _number(Decimal(cell), kind, tile.currency)
        case _:
            return cell or formatting.MISSING


def _number(value: Decimal, kind: CellKind, currency: str) -> str:
    match kind:
        case CellKind.TEXT:
            return f"{value:f}"
        case CellKind.MONEY:
            return formatting.money(value, currency)
        case CellKind.SHARE:
            return f"{_sign(value)}{formatting.percent(value)}"
        case CellKind.RATE:
            return formatting.percent(value)
        case CellKind.MINUTES:
            return formatting.minutes(value)
        case CellKind.DAYS:
            return f"{formatting.number(value)} d"
        case CellKind.COUNT:
            return formatting.count(value)
        case _:
            return formatting.number(value)


def _sign(value: Decimal) -> str:
    return formatting.MINUS if value < 0 else "+" if value > 0 else ""
