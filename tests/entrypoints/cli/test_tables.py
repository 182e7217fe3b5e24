"""Every column of a printed table says what stands in it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import hotdash.entrypoints.cli

FOLDER = Path(hotdash.entrypoints.cli.__file__).parent


def columns() -> Iterator[tuple[str, str]]:
    for file in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Table", "Column"):
                for each in node.args:
                    if isinstance(each, ast.Constant) and isinstance(each.value, str):
                        yield f"{file.name}:{each.lineno}", each.value


def test_no_column_is_without_a_title() -> None:
    found = list(columns())
    assert len(found) > 100
    assert [where for where, title in found if not title.strip()] == []
