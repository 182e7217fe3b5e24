"""Every alert has its runbook: four parts that say something, queries that run, and no page of a check that is gone."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from docs.write_runbooks import (
    CAUSES,
    FAMILIES,
    INDEX,
    PARTS,
    WARNINGS,
    Asked,
    asked_checks,
    freshness_rows,
    pages,
    strays,
)
from hotdash.base.paths import runbooks_folder
from hotdash.pipeline.quality.findings import Severity
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.warehouses import OpenBuilt

FOLDER = runbooks_folder()
BY_HAND = [name for name in FAMILIES if name not in (WARNINGS, "open-the-warehouse.md")]
STANDING_FOR = {
    "SHOP": "s",
    "KEY": "k",
    "ORDER": "1",
    "YYYY-MM-DD": "2026-05-04",
    "YYYY-MM": "2026-05",
    "MART": "fct_orders",
    "TABLE": "shopify_orders",
    "'ID'": "'00000000-0000-0000-0000-000000000000'",
}
OF_THE_APP = re.compile(r"\b(from|join) (app|serving|audit|pg_\w+)\b")


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    return asked_checks()


@pytest.fixture(scope="module")
def made(asked: list[Asked]) -> dict[str, str]:
    return pages(asked)


def parts_of(text: str, level: str = "##") -> dict[str, str]:
    found = re.split(rf"^{level} (.+)$", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(found[::2], found[1::2], strict=True)}


def test_pages_are_what_the_checks_say(made: dict[str, str]) -> None:
    differing = [
        name
        for name, text in made.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text() != text
    ]
    assert differing == [], "run `python -m docs.write_runbooks`"
    assert strays(made) == []


def test_every_blocking_check_has_a_page_of_four_parts(asked: list[Asked]) -> None:
    blocking = [each for each in asked if each.check.severity is Severity.BLOCKING]
    assert len(blocking) >= 70
    for each in blocking:
        parts = parts_of((FOLDER / each.page).read_text())
        assert tuple(parts) == PARTS, each.page
        assert [name for name, body in parts.items() if len(body) < 20] == [], each.page
        assert each.check.why in parts[PARTS[0]]
        assert each.check.mend in parts[PARTS[3]]
        assert all(f"`{mart}`" in parts[PARTS[1]] for mart in each.check.marts), each.page


def test_every_other_check_has_its_four_parts_on_the_common_page(asked: list[Asked]) -> None:
    text = (FOLDER / WARNINGS).read_text()
    sections = parts_of(text)
    others = [each for each in asked if each.check.severity is not Severity.BLOCKING]
    assert {each.check.name for each in others} == set(sections)
    for name, section in sections.items():
        parts = parts_of(section, "###")
        assert tuple(parts) == PARTS, name
        assert all(parts.values()), name


@pytest.mark.parametrize("name", BY_HAND)
def test_every_kind_of_alert_has_a_page_of_four_parts(name: str) -> None:
    parts = parts_of((FOLDER / name).read_text())
    assert tuple(parts) == PARTS
    assert [part for part, body in parts.items() if len(body) < 80] == []
    assert "| cause |" in parts[PARTS[2]]


def test_causes_are_written_for_each_kind_of_blocking_check(asked: list[Asked]) -> None:
    """Only what is new may rest on the general one, and not for long."""
    general = {
        each.kind
        for each in asked
        if each.check.severity is Severity.BLOCKING
        and not (CAUSES / f"{each.kind}.md").is_file()
        and not (CAUSES / f"{each.check.name}.md").is_file()
    }
    assert general == set()


def test_nothing_is_left_to_fill_in(made: dict[str, str]) -> None:
    unfilled = re.compile(r"\$\{?[a-z_]+\}?")
    assert {name: unfilled.findall(text) for name, text in made.items()} == {
        name: [] for name in made
    }


def test_the_freshness_page_tells_the_limits_of_the_sources() -> None:
    text = (FOLDER / "freshness.md").read_text()
    assert [row for row in freshness_rows() if row not in text] == []


def test_the_index_names_every_page() -> None:
    text = (FOLDER / INDEX).read_text()
    names = [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.md")]
    assert [name for name in names if name != INDEX and f"({name})" not in text] == []


def queries(text: str) -> Iterator[str]:
    """What is indented as code, and what stands in a sentence between backticks."""
    for block in re.findall(r"(?:^ {4,}\S.*\n(?:^ {4,}.*\n|^\n(?= {4}))*)", text, re.MULTILINE):
        for statement in block.split(";"):
            plain = "\n".join(line.strip() for line in statement.strip().splitlines())
            if re.match(r"(select|with)\b", plain):
                yield filled(plain)
    for inline in re.findall(r"`(select [^`]+)`", text):
        yield filled(inline)


def filled(statement: str) -> str:
    for word, value in STANDING_FOR.items():
        statement = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", value, statement)
    return statement


def all_queries() -> set[str]:
    return {query for path in FOLDER.rglob("*.md") for query in queries(path.read_text())}


def test_every_query_runs_in_the_warehouse(built_on: OpenBuilt) -> None:
    built = built_on("duckdb")
    built.new_world()
    built.build()
    built.ask()
    asked = sorted(each for each in all_queries() if not OF_THE_APP.search(each))
    assert len(asked) > 100
    faults = [f"{each}\n{error}" for each in asked if (error := refused(built.warehouse, each))]
    assert not faults, "\n\n".join(faults)


def refused(warehouse: Warehouse, statement: str) -> str | None:
    try:
        warehouse.query(f"explain {statement}")
    except Exception as error:
        return str(error)
    return None


def test_every_query_runs_in_the_app_database(database_urls: DatabaseUrls) -> None:
    asked = sorted(each for each in all_queries() if OF_THE_APP.search(each))
    assert len(asked) > 4
    with psycopg.connect(plain(database_urls.owner)) as connection:
        for each in asked:
            statement: Any = f"explain {each}"
            connection.execute(statement)


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


def test_the_reader_of_queries_sees_them() -> None:
    text = "Look:\n\n    select a\n    from t\n    where s = 'SHOP';\n\n    hotdash run\n\nand `select 1`.\n"
    assert [*queries(text)] == ["select a\nfrom t\nwhere s = 's'", "select 1"]
