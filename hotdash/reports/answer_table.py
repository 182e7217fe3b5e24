"""An answer about metrics as a table, rounded as it is shown: pages draw it and files hold it, so that both say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from hotdash.base.money import minor_digits
from hotdash.insights.metrics.definition import Metric, Unit
from hotdash.insights.metrics.query.answer import Answer, AnsweredMetric, AnswerRow, Cell
from hotdash.insights.metrics.query.question import Against, Question
from hotdash.reports.answer_heading import Fact, facts_of

Value = str | int | Decimal | date | bool | None
_WITHOUT_CURRENCY = 4
_CHANGE_DECIMALS = 3
_DECIMALS = {Unit.SHARE: 4, Unit.RATIO: 2, Unit.DAYS: 1, Unit.MINUTES: 1}
_COUNTED = frozenset({Unit.ORDERS, Unit.UNITS, Unit.COUNT})
_SIDES = ("value", "base", "change")


class Kind(StrEnum):
    TEXT = "text"
    DAY = "day"
    FLAG = "flag"
    MONEY = "money"
    NUMBER = "number"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Column:
    """decimals is the most that any cell has; currency is told where all cells have one."""

    name: str
    title: str
    kind: Kind
    decimals: int = 0
    currency: str | None = None
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """facts say what the rows are of; together they are the whole file."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    facts: Sequence[Fact]


def sorted_rows(answer: Answer) -> list[AnswerRow]:
    """By time, and within it what is largest first."""
    first = answer.metrics[0].asked
    time = next((name for name in answer.by if name in ("day", "week", "month", "quarter")), None)

    def place(row: AnswerRow) -> tuple[str, bool, Decimal, str]:
        value = row.cells[first].value
        name = " ".join(str(part) for part in row.key.values())
        return str(row.key.get(time or "", "")), value is None, -(value or Decimal(0)), name

    return sorted(answer.rows, key=place)


def answer_table(answer: Answer, question: Question) -> AnswerTable:
    rows = sorted_rows(answer)
    columns = [*_keys(answer, rows), *_amounts(answer, rows), *_remarks(answer, rows)]
    return AnswerTable(
        name=_name(answer),
        columns=tuple(column for column, _ in columns),
        rows=list(zip(*(cells for _, cells in columns), strict=True)) if columns else [],
        facts=facts_of(answer, question),
    )


_Filled = tuple[Column, Sequence[Value]]


def _keys(answer: Answer, rows: Sequence[AnswerRow]) -> Iterable[_Filled]:
    for name in answer.by:
        kind = Kind.DAY if name == "day" else Kind.TEXT
        yield Column(name, title_of(name), kind), [_key(row.key[name], kind) for row in rows]


def _key(value: object, kind: Kind) -> Value:
    if isinstance(value, str):
        return date.fromisoformat(value) if kind is Kind.DAY else value
    if value is None or isinstance(value, date):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _amounts(answer: Answer, rows: Sequence[AnswerRow]) -> Iterable[_Filled]:
    for asked in answer.metrics:
        cells = [(row.cells[asked.asked], row.currency) for row in rows]
        yield _amount(asked, "value", asked.asked, asked.metric.title, cells, answer)
        if answer.against in (Against.PREVIOUS, Against.YEAR):
            title = asked.metric.title
            change = "Change" if len(answer.metrics) == 1 else f"{title}, change"
            yield _amount(
                asked, "base", f"compared_{asked.asked}", f"{title}, compared", cells, answer
            )
            yield _amount(asked, "change", f"change_{asked.asked}", change, cells, answer)
            yield (
                Column(
                    f"change_share_{asked.asked}",
                    f"{change}, %",
                    Kind.SHARE,
                    _CHANGE_DECIMALS,
                    is_change=True,
                ),
                [exact(cell.share, _CHANGE_DECIMALS) for cell, _ in cells],
            )


def _amount(
    asked: AnsweredMetric,
    side: str,
    name: str,
    title: str,
    cells: Sequence[tuple[Cell, str | None]],
    answer: Answer,
) -> _Filled:
    metric = asked.metric
    values: list[tuple[Decimal | None, str | None]] = [
        (getattr(cell, side), currency) for cell, currency in cells
    ]
    whole = all(_is_whole(getattr(cell, each)) for cell, _ in cells for each in _SIDES)
    places = [decimals_of(metric, currency, whole=whole) for _, currency in values]
    column = Column(
        name,
        title,
        _kind(metric),
        max(places, default=decimals_of(metric, answer.currency, whole=whole)),
        answer.currency if metric.unit is Unit.MONEY else None,
        is_change=side == "change",
    )
    return column, [exact(value, at) for (value, _), at in zip(values, places, strict=True)]


def _kind(metric: Metric) -> Kind:
    match metric.unit:
        case Unit.MONEY:
            return Kind.MONEY
        case Unit.SHARE:
            return Kind.SHARE
        case _:
            return Kind.NUMBER


def decimals_of(metric: Metric, currency: str | None, *, whole: bool) -> int:
    """How many of them are shown of a value of this metric."""
    if metric.unit is Unit.MONEY:
        return minor_digits(currency) if currency else _WITHOUT_CURRENCY
    if metric.unit in _COUNTED:
        return 0 if whole else 2
    return _DECIMALS[metric.unit]


def exact(value: Decimal | None, decimals: int) -> Decimal | None:
    if value is None:
        return None
    shown = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(shown) if shown == 0 else shown


def _is_whole(value: Decimal | None) -> bool:
    return value is None or value == value.to_integral_value()


def _remarks(answer: Answer, rows: Sequence[AnswerRow]) -> Iterable[_Filled]:
    """Only where there is something to remark."""
    if answer.currency is None and any(row.currency for row in rows):
        yield Column("currency", "Currency", Kind.TEXT), [row.currency for row in rows]
    if any(row.provisional for row in rows):
        yield Column("provisional", "Provisional", Kind.FLAG), [row.provisional for row in rows]
    reasons = [_reason(row) for row in rows]
    if any(reasons):
        yield Column("reason", "Reason", Kind.TEXT), [reason or None for reason in reasons]


def _reason(row: AnswerRow) -> str:
    told = (why for cell in row.cells.values() for why in (cell.why, cell.why_no_base))
    return " ".join(dict.fromkeys(why for why in told if why))


def title_of(dimension: str) -> str:
    return dimension.replace("_", " ").capitalize()


def _name(answer: Answer) -> str:
    """Of a file: metrics, shops and days, so that two of them lie beside each other."""
    metrics = "-".join(each.metric.name for each in answer.metrics[:3])
    shops = "-".join(each.shop_id for each in answer.shops[:2])
    window = answer.shops[0].window
    return f"{metrics}-{shops}-{window.first}-{window.last}"
