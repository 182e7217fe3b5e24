"""Values as Explore shows them: the digits of the files, with the signs people read them by."""

from datetime import date
from decimal import Decimal

from hotdash.base.money import sign as sign_of
from hotdash.entrypoints.web import formatting
from hotdash.reports.answer_table import Column, Kind, Value


def shown(value: Value, column: Column) -> str:
    """Never rounded here: the table did, and its files hold the same digits."""
    match value:
        case None:
            return formatting.MISSING
        case bool():
            return "provisional" if value else ""
        case date():
            return f"{value:%a} {formatting.day_with_year(value)}"
        case Decimal():
            return number(value, column)
        case _:
            return str(value) or formatting.MISSING


def number(value: Decimal, column: Column) -> str:
    sign = formatting.MINUS if value < 0 else "+" if column.is_change and value > 0 else ""
    size = abs(value)
    match column.kind:
        case Kind.SHARE:
            return f"{sign}{size * 100:,.{max(0, column.decimals - 2)}f}%"
        case Kind.MONEY:
            places = max(0, -int(value.as_tuple().exponent))
            return f"{sign}{sign_of(column.currency or '')}{size:,.{places}f}"
        case _:
            return f"{sign}{size:,.{column.decimals}f}"


def axis(value: Decimal, column: Column) -> str:
    match column.kind:
        case Kind.MONEY:
            return formatting.money_axis(value, column.currency or "")
        case Kind.SHARE:
            return f"{formatting.trimmed(value * 100)}%"
        case _:
            return formatting.short(value)
