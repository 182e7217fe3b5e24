"""Why a number is what it is: the rows of one day and their components, which add up to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.insights.metrics.definition import Aggregation, Metric
from hotdash.insights.metrics.formula import Value
from hotdash.insights.metrics.publication import Published, load_published
from hotdash.insights.metrics.query.answer import rounded
from hotdash.insights.metrics.query.evaluation import evaluate
from hotdash.insights.metrics.query.medians import WHOLE
from hotdash.insights.metrics.query.plan import Column, Filter, Form, Node
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.query.read import Asked, read
from hotdash.insights.metrics.query.reading import filter_rows, filter_values, middle
from hotdash.insights.metrics.query.segments import is_of
from hotdash.insights.statements import source as written
from hotdash.storage.marts import PublishedMart, published_marts

MOST_ROWS = 5_000
Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One row of a mart: which it is, its components, and what the formula makes of them."""

    key: Mapping[str, object]
    components: Mapping[str, Decimal | None]
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Explanation:
    metric: Metric
    shop_id: str
    day: date
    currency: str
    value: Decimal | None
    why: str | None
    switches: Mapping[str, int]
    components: Mapping[str, Decimal | None]
    mart: str | None
    rows: Sequence[ExplainedRow]
    adds_up: bool | None
    note: str | None = None
    made_of: Sequence["Explanation"] = field(default_factory=list["Explanation"])

    def as_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric.name,
            "version": self.metric.version,
            "title": self.metric.title,
            "shop": self.shop_id,
            "day": self.day.isoformat(),
            "currency": self.currency,
            "unit": self.metric.unit.value,
            "value": _text(rounded(self.value, self.metric, self.currency)),
            "why": self.why,
            "formula": self.metric.formula,
            "switches": dict(self.switches),
            "components": {name: _text(value) for name, value in self.components.items()},
            "mart": self.mart,
            "rows": [
                {
                    "key": {name: _plain(value) for name, value in row.key.items()},
                    "components": {name: _text(value) for name, value in row.components.items()},
                    "value": _text(row.value),
                }
                for row in self.rows
            ],
            "adds_up": self.adds_up,
            "note": self.note,
            "made_of": [each.as_json() for each in self.made_of],
        }


def explain(
    session: Session,
    metric: str,
    shop_id: str,
    day: date,
    now: datetime,
    filters: Iterable[str] = (),
    model: str | None = None,
) -> Explanation:
    """Filters are those of a question, such as country:DE, and so is the attribution model."""
    question = Question.parse(
        shops=[shop_id], metrics=[metric], first=day, last=day, filters=filters, model=model
    )
    asked = read(session, question, now)
    return _explained(session, asked.nodes[0], asked, shop_id, day)


def _explained(session: Session, node: Node, asked: Asked, shop_id: str, day: date) -> Explanation:
    outcome = evaluate(node, 0, WHOLE, asked.readings)
    form = next(each for each in node.forms if is_of(each, node.forms, day))
    switches = asked.readings.policies.switches(form, shop_id, day)
    currency = next(iter(asked.readings.publications.values())).currency
    by_name = dict(zip(form.switches, switches, strict=True))
    filters = asked.readings.question.filters
    mart = _finest(form, filters)
    rows: list[ExplainedRow] = []
    if mart is not None:
        published = load_published(session, shop_id, mart.name)
        rows = list(_rows(session, form, mart, published, day, by_name, filters))
    components = _components(form, asked, rows)
    return Explanation(
        metric=form.metric,
        shop_id=shop_id,
        day=day,
        currency=currency,
        value=outcome.value,
        why=outcome.why,
        switches=by_name,
        components=components,
        mart=mart.name if mart else None,
        rows=rows[:MOST_ROWS],
        adds_up=(
            _adds_up(form, components, rows, outcome.value)
            if mart and len(rows) <= MOST_ROWS
            else None
        ),
        note=_note(form, mart, rows),
        made_of=[
            _explained(session, child, asked, shop_id, day) for child in form.children.values()
        ],
    )


def _finest(form: Form, filters: Filters) -> PublishedMart | None:
    """The first mart with more than one row per day from which the metric can be read."""
    if form.source is None:
        return None
    marts = published_marts()
    for mart in (marts[name] for name in form.metric.marts):
        needed = {form.metric.column(mart.name, name) for name in filters}
        for column in _columns(form, mart).values():
            needed |= {column.name, column.only or column.name}
        if set(mart.grain) - {"day"} and needed <= mart.columns.keys():
            return mart
    return None


def _columns(form: Form, mart: PublishedMart) -> dict[str, Column]:
    """As this mart calls them; what a model credits is called the same everywhere."""
    return {
        name: column if column.only else replace(column, name=form.metric.column(mart.name, name))
        for name, column in form.columns.items()
    }


def _told(column: Column) -> str:
    """What a row adds to the number; nothing is said where its flag says neither yes nor no."""
    own = f"fact.{column.name}"
    only = f"fact.{column.only}"
    return f"case when {only} then {own} when not {only} then 0 end" if column.only else own


def _rows(
    session: Session,
    form: Form,
    mart: PublishedMart,
    published: Published,
    day: date,
    switches: Mapping[str, int],
    filters: Filters,
) -> Iterator[ExplainedRow]:
    metric = form.metric
    reading = metric.reads.get(mart.name)
    key = [name for name in mart.grain if name != "day"]
    columns = _columns(form, mart)
    chosen = [
        Filter(column, mart.columns[column], values)
        for name, values in filters.items()
        if (column := metric.column(mart.name, name))
    ]
    named = [*(f"fact.{name} as k{n}" for n, name in enumerate(key))]
    named += [f"{_told(column)} as c{n}" for n, column in enumerate(columns.values())]
    statement = written(__file__, "rows.sql").format(
        columns=", ".join(named),
        mart=mart.name,
        only=" and ".join(f"fact.{flag}" for flag in (reading.only if reading else ())) or "true",
        filtered=filter_rows(chosen),
        key=", ".join(f"fact.{name}" for name in key),
    )
    asked = {
        "shop_id": published.shop_id,
        "parts": list(published.parts.values()),
        "day": day,
        "most": MOST_ROWS + 1,
        **{f"filter{number}": filter_values(each) for number, each in enumerate(chosen)},
    }
    for row in session.execute(text(statement), asked).mappings():
        components = {
            name: None if row[f"c{n}"] is None else Decimal(row[f"c{n}"])
            for n, name in enumerate(columns)
        }
        yield ExplainedRow(
            {name: row[f"k{n}"] for n, name in enumerate(key)},
            components,
            _value(form, components, switches),
        )


def _value(
    form: Form, components: Mapping[str, Decimal | None], switches: Mapping[str, int]
) -> Decimal | None:
    """Of a single row; a ratio is one of sums, and a row's own would mislead."""
    if form.metric.aggregation is Aggregation.RATIO or form.children:
        return None
    values: dict[str, Value] = {**switches, **components}
    return form.metric.evaluate(values)


def _components(
    form: Form, asked: Asked, rows: Sequence[ExplainedRow]
) -> dict[str, Decimal | None]:
    """As the number itself was computed from them, and not as the rows below say."""
    if form.metric.aggregation is Aggregation.MEDIAN or form.source is None:
        return {}
    found = asked.readings.sums.get(form.source, {}).get((0, WHOLE), {})
    totals: dict[str, Decimal | None] = {}
    for name, column in form.columns.items():
        sums = [each[column] for each in found.values()]
        is_known = not any(each.unknown for each in sums)
        totals[name] = sum((each.value for each in sums), Decimal(0)) if is_known else None
    return totals


def _adds_up(
    form: Form,
    components: Mapping[str, Decimal | None],
    rows: Sequence[ExplainedRow],
    value: Decimal | None,
) -> bool:
    if form.metric.aggregation is Aggregation.MEDIAN:
        known = sorted(row.value for row in rows if row.value is not None)
        if not known:
            return value is None
        return value == middle([known[(len(known) - 1) // 2], known[len(known) // 2]])
    return all(
        total is None
        or total == sum((row.components[name] or Decimal(0) for row in rows), Decimal(0))
        for name, total in components.items()
    )


def _note(form: Form, mart: PublishedMart | None, rows: Sequence[ExplainedRow]) -> str | None:
    if form.source is None:
        return "It is computed from other metrics, which are explained below it."
    if mart is None:
        return (
            f"{form.source.relation} holds no single rows of a day; these are the day's components."
        )
    if len(rows) > MOST_ROWS:
        return f"Only the first {MOST_ROWS:,} rows are shown."
    return None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
