"""The marts that are published, as the models' own descriptions declare them: columns in the order both databases hash them, grain and partition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from hotdash.base.errors import HotdashError
from hotdash.base.paths import dbt_project_folder


class ColumnType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"
    RATE = "rate"


class Partitioning(StrEnum):
    """Dated marts change month by month, undated ones bucket by bucket."""

    MONTH = "month"
    BUCKET = "bucket"


ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.MONEY: pa.decimal128(20, 4),
    ColumnType.DAY: pa.date32(),
    ColumnType.INSTANT: pa.timestamp("us", tz="UTC"),
    ColumnType.FLAG: pa.bool_(),
    ColumnType.RATE: pa.decimal128(18, 10),
}


_TYPES = {
    "text": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "bigint": ColumnType.INTEGER,
    "numeric(20,4)": ColumnType.MONEY,
    "date": ColumnType.DAY,
    "timestamptz": ColumnType.INSTANT,
    "boolean": ColumnType.FLAG,
    "numeric(18,10)": ColumnType.RATE,
}


class MartError(HotdashError):
    code = "invalid_mart"


@dataclass(frozen=True)
class PublishedMart:
    name: str
    columns: Mapping[str, ColumnType]
    grain: tuple[str, ...]
    partitioning: Partitioning

    @property
    def partition_column(self) -> str:
        return "day" if self.partitioning is Partitioning.MONTH else "bucket"

    @property
    def arrow_schema(self) -> pa.Schema:
        return pa.schema([(name, ARROW_TYPES[kind]) for name, kind in self.columns.items()])

    def partition_of(self, value: date | int) -> str:
        """'2026-11' for a day of that month, 'b07' for bucket 7."""
        return month_key(value) if isinstance(value, date) else f"b{value:02d}"


def month_key(day: date) -> str:
    return f"{day:%Y-%m}"


def month_bounds(partition_key: str) -> tuple[date, date]:
    """The first day of the month and the first day after it."""
    first = date.fromisoformat(f"{partition_key}-01")
    years, month = divmod(first.month, 12)
    return first, date(first.year + years, month + 1, 1)


def bucket_number(partition_key: str) -> int:
    return int(partition_key.removeprefix("b"))


@cache
def published_marts() -> Mapping[str, PublishedMart]:
    """Every model that says `published_as`, by name."""
    marts = (
        mart
        for path in sorted((dbt_project_folder() / "models").rglob("*.yml"))
        for mart in _declared_in(path)
    )
    return {mart.name: mart for mart in marts}


def published_mart(name: str) -> PublishedMart:
    known = published_marts()
    if name not in known:
        raise MartError(
            f"No mart {name!r} is published.", hint=f"Use one of {', '.join(sorted(known))}."
        )
    return known[name]


def _declared_in(path: Path) -> list[PublishedMart]:
    text = path.read_text(encoding="utf-8")
    if "published_as" not in text:
        return []
    written: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return [
        _declared(model, path)
        for model in written["models"]
        if "published_as" in model.get("config", {}).get("meta", {})
    ]


def _declared(model: Mapping[str, Any], path: Path) -> PublishedMart:
    published = model["config"]["meta"]["published_as"]
    columns = {column["name"]: _type_of(column, model["name"], path) for column in model["columns"]}
    grain = tuple(published["key"])
    mart = PublishedMart(model["name"], columns, grain, Partitioning(published["partition_by"]))
    missing = sorted({"shop_id", mart.partition_column, *grain} - columns.keys())
    if missing or next(iter(columns)) != "shop_id":
        raise MartError(
            f"{path.name}: the mart {mart.name} lacks {', '.join(missing) or 'shop_id as its first column'}.",
            hint="A published mart begins with shop_id and has its key and its partition column.",
        )
    return mart


def _type_of(column: Mapping[str, Any], model: str, path: Path) -> ColumnType:
    told = column.get("data_type")
    if told not in _TYPES:
        raise MartError(
            f"{path.name}: {model}.{column['name']} has the type {told!r}.",
            hint=f"A published column is one of {', '.join(_TYPES)}.",
        )
    return _TYPES[told]
