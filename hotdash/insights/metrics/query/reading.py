"""Sums and medians of one source, split as asked: the statements are filled with declared names and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.insights.metrics.columns import PLAN_TIER
from hotdash.insights.metrics.publication import Published
from hotdash.insights.metrics.query.conversion import Conversion
from hotdash.insights.metrics.query.known_rows import KnownRows, Rows, rows_now
from hotdash.insights.metrics.query.plan import Column, Filter, Form, Source
from hotdash.insights.metrics.query.question import QueryError, Question
from hotdash.insights.metrics.query.segments import Policies, Segment
from hotdash.insights.statements import source as written
from hotdash.storage.marts import ColumnType

MOST_ROWS = 20_000
STATEMENTS = Path(__file__).parent.parent / "statements"

Key = tuple[str | None, date | None, tuple[object, ...]]
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Sum:
    """Of a component's rows; half a sum is no sum, so it knows how many rows did not tell theirs.

    Unrated says which rate is missing where an amount could not be converted.
    """

    value: Decimal
    unknown: int
    unrated: str | None = None

    def __add__(self, other: "Sum") -> "Sum":
        unrated = self.unrated or other.unrated
        return Sum(self.value + other.value, self.unknown + other.unknown, unrated)


Sums = Mapping[Column, Sum]
Found = dict[tuple[int, Key], dict[int, Sums]]
"""By side and key, then by segment."""


@dataclass(frozen=True, slots=True)
class Reader:
    session: Session
    question: Question
    publications: Mapping[tuple[str, str], Published]
    conversion: Conversion | None = None
    plans: Mapping[str, Published] = field(default_factory=dict[str, Published])
    """By shop, where rows are split by it and do not know it themselves."""
    known: KnownRows = field(default_factory=KnownRows)
    now: datetime | None = None
    """The question's instant, for statements over what people do: what is published needs none."""

    def sums(self, source: Source, columns: Sequence[Column], segments: Sequence[Segment]) -> Found:
        asked = self._asked(source, segments)
        if asked is None:
            return {}
        is_stock = any(column.is_stock for column in columns)
        by = ["segment", "side", "bucket", *(f"d{n}" for n in range(len(source.columns)))]
        statement = written(__file__, "stocks.sql" if is_stock else "sums.sql").format(
            **self._parts(source),
            stands=_stands(source),
            rates=self.conversion.joined if self.conversion else "",
            sums="".join(
                _converted_sum(column, number)
                if self.conversion and column.has_currency
                else _sum(column, number)
                for number, column in enumerate(columns)
            ),
            groups=", ".join(map(str, range(1, len(by) + 1))),
        )
        if self.conversion:
            asked |= self.conversion.asked
        rows = self._rows(source, statement, asked)
        self._refuse_too_many(len(rows))
        shops = {segment.number: segment.side.shop_id for segment in segments}
        found: Found = {}
        for row in rows:
            shop = shops[row["segment"]] if self.question.by_shop else None
            dimensions = tuple(row[f"d{n}"] for n in range(len(source.columns)))
            key: Key = (shop, row["bucket"], dimensions)
            found.setdefault((row["side"], key), {})[row["segment"]] = {
                column: Sum(
                    Decimal(row[f"c{number}"]),
                    row[f"n{number}"],
                    self._unrated(shops[row["segment"]], row.get(f"r{number}")),
                )
                for number, column in enumerate(columns)
                if row.get("stands", True) or not column.is_stock
            }
        return found

    def _rows(self, source: Source, statement: str, asked: Mapping[str, Any]) -> Rows:
        """Rates and what people do in the app change without a publication, so they are read anew."""
        if source.is_mart and self.conversion is None:
            return self.known.of(self.session, text(statement), asked)
        return rows_now(self.session, text(statement), asked)

    def medians(
        self, form: Form, segments: Sequence[Segment], policies: Policies
    ) -> dict[tuple[int, Key], Decimal]:
        source = form.source
        assert source is not None
        asked = self._asked(source, segments)
        if asked is None:
            return {}
        for number in range(len(form.switches)):
            asked[f"switch{number}"] = [
                policies.switches(form, each.side.shop_id, each.window.first)[number]
                for each in segments
            ]
        by = ["side", *(["shop_id"] if self.question.by_shop else []), "bucket"]
        by += [f"d{number}" for number in range(len(source.columns))]
        statement = written(__file__, "medians.sql").format(
            **self._parts(source),
            **_switch_columns(form),
            shop=", fact.shop_id" if self.question.by_shop else "",
            value=_value(form),
            groups=", ".join(by),
        )
        rows = self._rows(source, statement, asked)
        self._refuse_too_many(len(rows))
        return {
            (row["side"], _key(row, len(source.columns))): middle(row["middles"])
            for row in rows
            if row["middles"] is not None
        }

    def _asked(self, source: Source, segments: Sequence[Segment]) -> dict[str, Any] | None:
        """None where nothing is published that could be read."""
        asked: dict[str, Any] = {
            "segments": [each.number for each in segments],
            "sides": [each.side.number for each in segments],
            "shop_ids": [each.side.shop_id for each in segments],
            "firsts": [each.window.first for each in segments],
            "lasts": [each.window.last for each in segments],
            "shifts": [each.side.shift for each in segments],
            "most": MOST_ROWS + 1,
        }
        for number, filtered in enumerate(source.filters):
            asked[f"filter{number}"] = filter_values(filtered)
        for number, (_, value) in enumerate(source.switched.where if source.switched else ()):
            asked[f"switched{number}"] = value
        if source.is_joined_to_plans:
            asked["plan_parts"] = [
                part for each in self.plans.values() for part in each.parts.values()
            ]
        if not source.is_mart:
            assert self.now is not None, f"{source} is read by instant"
            return asked | {"now": self.now} if segments else None
        asked["parts"] = sorted(
            {
                part
                for each in segments
                for part in self.publications[each.side.shop_id, source.relation].parts_of(
                    each.window
                )
            }
        )
        return asked if asked["parts"] else None

    def _parts(self, source: Source) -> dict[str, str]:
        known = "fact.part = any(cast(:parts as bigint[]))" if source.is_mart else "true"
        known = " and ".join([known, _counted(source)])
        filtered = filter_rows(source.filters)
        return {
            "relation": _relation(source),
            "bucket": _bucket(self.question.time),
            "dimensions": "".join(
                f", fact.{name} as d{n}" for n, name in enumerate(source.columns)
            ),
            "known": known,
            "filtered": filtered,
            "rows": f"{known} and {filtered}",
        }

    def _unrated(self, shop_id: str, day: date | None) -> str | None:
        return self.conversion.missing(shop_id, day) if self.conversion and day else None

    def _refuse_too_many(self, rows: int) -> None:
        if rows > MOST_ROWS:
            raise QueryError(
                f"The answer has more than {MOST_ROWS:,} rows.",
                hint="Ask for fewer days, a coarser split, or filter it.",
                field="by",
            )


def _counted(source: Source) -> str:
    """The rows that count, and those that would or would not by a decision tried out."""
    counted = " and ".join(f"fact.{flag}" for flag in source.only) or "true"
    if source.switched is None:
        return counted
    rows = " and ".join(
        f"coalesce(fact.{column} = :switched{number}, false)"
        for number, (column, _) in enumerate(source.switched.where)
    )
    return (
        f"(({counted}) or ({rows}))" if source.switched.is_on else f"({counted} and not ({rows}))"
    )


def middle(middles: Sequence[Decimal]) -> Decimal:
    return sum(middles, Decimal(0)) / len(middles)


def value_of(filtered: Filter, text: str) -> object:
    try:
        match filtered.kind:
            case ColumnType.INTEGER:
                return int(text)
            case ColumnType.FLAG:
                return _FLAGS[text]
            case ColumnType.DAY:
                return date.fromisoformat(text)
            case _:
                return text
    except (ValueError, KeyError):
        raise QueryError(
            f"{text!r} is no value of {filtered.column}, which is {filtered.kind}.",
            hint="Take a value from an answer split by it.",
            field="filter",
        ) from None


def _relation(source: Source) -> str:
    name = source.relation
    rows = f"serving.{name}" if source.is_mart else f"({statement_of(name)})"
    if source.is_joined_to_plans:
        return written(__file__, "by_plan.sql").format(relation=rows)
    return rows


def statement_of(name: str) -> str:
    """The SQL of a metric that no mart holds."""
    return (STATEMENTS / f"{name}.sql").read_text(encoding="utf-8")


def _stands(source: Source) -> str:
    """Whether anything is left on the newest day of what a group is of; a plan that is over is gone."""
    by_plan = PLAN_TIER in (*source.columns, *(each.column for each in source.filters))
    return "fact.day = fact.newest" if by_plan else "true"


def _bucket(time: str | None) -> str:
    """Days of the other side are put beside the days they are compared with, and split as those."""
    if time is None:
        return "null::date"
    day = "(fact.day + asked.shift)"
    return day if time == "day" else f"date_trunc('{time}', {day}::timestamp)::date"


def _amount(column: Column) -> str:
    amount = f"fact.{column.name}::int" if column.is_flag else f"fact.{column.name}"
    return f"case when fact.{column.only} then {amount} else 0 end" if column.only else amount


def _unknown(column: Column) -> str:
    """Also where rows were published before they had the flag: neither yes nor no."""
    unknown = f"fact.{column.name} is null"
    return f"({unknown} or fact.{column.only} is null)" if column.only else unknown


def _sum(column: Column, number: int) -> str:
    amount = _amount(column)
    rows = " and fact.day = fact.newest" if column.is_stock else ""
    chosen = " filter (where fact.day = fact.newest)" if column.is_stock else ""
    unknown = f"count(*) filter (where {_unknown(column)}{rows})"
    return f", coalesce(sum({amount}){chosen}, 0) as c{number}, {unknown} as n{number}"


def _converted_sum(column: Column, number: int) -> str:
    """Exact, rounded only when it is shown; the first day with an amount and without a rate beside it."""
    newest = " and fact.day = fact.newest" if column.is_stock else ""
    own = _amount(column)
    amount = f"({own}) * case when other.base is null then 1 else rated.rate end"
    unrated = f"other.base is not null and rated.rate is null and ({own}) <> 0"
    return (
        f", coalesce(sum({amount}) filter (where true{newest}), 0) as c{number}"
        f", count(*) filter (where {_unknown(column)}{newest}) as n{number}"
        f", min(fact.day) filter (where {unrated}{newest}) as r{number}"
    )


_ARRAYS = {
    ColumnType.INTEGER: "bigint[]",
    ColumnType.FLAG: "boolean[]",
    ColumnType.DAY: "date[]",
}


def filter_rows(filters: Sequence[Filter]) -> str:
    """The condition that rows of a mart called fact fulfil; the values are bound as filter0, filter1."""
    return " and ".join(_filter(each, number) for number, each in enumerate(filters)) or "true"


def filter_values(filtered: Filter) -> list[object]:
    return [value_of(filtered, value) for value in filtered.values if value]


def _filter(filtered: Filter, number: int) -> str:
    column = f"fact.{filtered.column}"
    array = _ARRAYS.get(filtered.kind, "text[]")
    named = f"{column} = any(cast(:filter{number} as {array}))"
    if "" not in filtered.values:
        return named
    # Both are shown as none, so both are asked for as none.
    empty = f" or {column} = ''" if filtered.kind is ColumnType.TEXT else ""
    return f"({named} or {column} is null{empty})"


def _switch_columns(form: Form) -> dict[str, str]:
    numbers = range(len(form.switches))
    return {
        "switch_arrays": "".join(f", cast(:switch{number} as int[])" for number in numbers),
        "switches": "".join(f", switch{number}" for number in numbers),
    }


def _value(form: Form) -> str:
    columns = {name: f"fact.{column.name}" for name, column in form.columns.items()}
    switches = {name: f"asked.switch{number}" for number, name in enumerate(form.switches)}
    return form.metric.parsed.as_sql({**columns, **switches})


def _key(row: Mapping[str, Any], dimensions: int) -> Key:
    return row.get("shop_id"), row["bucket"], tuple(row[f"d{n}"] for n in range(dimensions))
