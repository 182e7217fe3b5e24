"""What each table and column of the app database holds: tables by their models, columns by dictionary.yml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hotdash.storage.appdb import models
from hotdash.storage.appdb.models.base import Base

_PERSON = "person: "


@dataclass(frozen=True, slots=True)
class ColumnWords:
    name: str
    description: str
    data_type: str
    is_personal: bool


@dataclass(frozen=True, slots=True)
class TableWords:
    """Its schema and name, and one row's meaning."""

    name: str
    description: str
    columns: tuple[ColumnWords, ...]


def table_words() -> Iterator[TableWords]:
    words = column_words()
    for mapper in sorted(_models().registry.mappers, key=lambda each: each.local_table.fullname):
        table = mapper.local_table
        described = " ".join((mapper.class_.__doc__ or "").split())
        yield TableWords(
            str(table.fullname),
            described,
            tuple(_column(table, each, words) for each in table.columns),
        )


@cache
def column_words() -> Mapping[str, str]:
    return yaml.safe_load(Path(__file__).with_name("dictionary.yml").read_text(encoding="utf-8"))


def _models() -> Any:
    """All of them are known once their package is imported."""
    assert models.__name__
    return Base


def _column(table: Any, column: Any, words: Mapping[str, str]) -> ColumnWords:
    name = str(column.name)
    told = words.get(f"{table.name}.{name}") or words.get(name, "")
    return ColumnWords(
        name, told.removeprefix(_PERSON), str(column.type).lower(), told.startswith(_PERSON)
    )
