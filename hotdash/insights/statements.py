"""A .sql file beside the module that asks it, read once."""

from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text


@cache
def statement(module_file: str, name: str) -> TextClause:
    return text(source(module_file, name))


@cache
def source(module_file: str, name: str) -> str:
    return Path(module_file).with_name(name).read_text(encoding="utf-8")
