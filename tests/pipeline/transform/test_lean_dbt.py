"""Less work in dbt, and the same answers: every statement, every told event, every error."""

from collections.abc import Callable, Generator
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from hotdash.pipeline.transform import dbt, lean_dbt
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.pipeline.transform.story import Story
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse

PROJECT = {
    "dbt_project.yml": "name: hotdash\nprofile: hotdash\nmodels: {+schema: marts}\n",
    "macros/numbers.sql": "{% macro one() %}{{ adapter.dispatch('one')() }}{% endmacro %}\n"
    "{% macro default__one() %}1{% endmacro %}",
    "macros/current_timestamp.sql": "{% macro current_timestamp() %}'ours'{% endmacro %}",
    "models/numbers.sql": "{% do exceptions.warn('counted ' ~ this.identifier) %}\n"
    "select {{ one() }} as number, {{ current_timestamp() }} as ours, '{{ dbt.type_int() }}' as whole",
    "models/again.sql": "select number from {{ ref('numbers') }} union all select {{ one() }}",
    "models/broken.sql": "select nothing_like_it from {{ ref('numbers') }}",
    "models/models.yml": "models:\n  - name: again\n    columns:\n      - name: number\n"
    "        data_tests: [unique, {accepted_values: {arguments: {values: [1], quote: false}}}]\n",
}
Told = tuple[str, str, str]


@pytest.fixture
def warehouse(tmp_path: Path) -> Generator[Warehouse]:
    opened = open_warehouse("duckdb", home=tmp_path / "home", memory_mb=256, url=None)
    yield opened
    opened.close()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in PROJECT.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(dbt, "dbt_project_folder", lambda: tmp_path / "project")
    monkeypatch.setattr(DbtProject, "_parsed", {})


def as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbt, "lean", nullcontext)


def test_the_versions_are_those_that_are_installed() -> None:
    """After an upgrade: read these parts of dbt again, then name the new versions."""
    assert {name: version(name) for name in lean_dbt.READ_IN} == lean_dbt.READ_IN


def test_every_statement_of_the_warehouse_is_the_same(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = DbtProject(warehouse, tmp_path / "dbt")
    lean_statements = project.compiled()
    as_it_comes(monkeypatch)
    assert project.compiled() == lean_statements
    assert len(lean_statements) > 100


def test_what_is_told_computed_and_found_is_the_same(
    warehouse: Warehouse, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = DbtProject(warehouse, tmp_path / "dbt")
    assert project.manifest
    told: list[Told] = []
    monkeypatch.setattr(Story, "tell", remembering(told))
    leanly = outcome(project, told)
    rows = warehouse.query("select * from main_marts.numbers").to_pylist()
    as_it_comes(monkeypatch)
    plainly = outcome(project, told)
    assert leanly == plainly
    finished, results, events = leanly
    assert finished == ["again", "broken", "numbers"]
    assert {(name, status) for name, status, _ in results} >= {
        ("numbers", "success"),
        ("broken", "error"),
        ("unique_again_number", "fail"),
    }
    assert any("counted numbers" in message for _, level, message in events if level == "warn")
    assert rows == [{"number": 1, "ours": "ours", "whole": "integer"}]


def test_a_parse_finds_the_same(
    warehouse: Warehouse, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    leanly = parsed_nodes(DbtProject(warehouse, tmp_path / "lean"))
    as_it_comes(monkeypatch)
    plainly = parsed_nodes(DbtProject(warehouse, tmp_path / "plain"))
    assert leanly == plainly
    assert leanly["model.hotdash.numbers"][1] == [
        "macro.hotdash.one",
        "macro.hotdash.current_timestamp",
        "macro.dbt.type_int",
    ]


def test_dbt_is_left_as_it_was(
    warehouse: Warehouse, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbt_common.clients.jinja import MacroFuzzEnvironment
    from dbt_common.events import event_manager_client as client
    from dbt_common.events.base_types import BaseEvent

    def parts() -> list[Any]:
        return [client.get_event_manager(), BaseEvent.__init__, BaseEvent.__getattr__]

    before = parts()
    with lean_dbt.lean():
        assert not [part for part, was in zip(parts(), before, strict=True) if part is was]
        assert "compile" in vars(MacroFuzzEnvironment)
    assert parts() == before
    assert "compile" not in vars(MacroFuzzEnvironment)
    with pytest.raises(KeyError), lean_dbt.lean():
        raise KeyError
    assert parts() == before


def test_another_version_works_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    from dbt_common.events import event_manager_client as client

    monkeypatch.setitem(lean_dbt.READ_IN, "dbt-core", "0.0.1")
    before = client.get_event_manager()
    with lean_dbt.lean():
        assert client.get_event_manager() is before


def parsed_nodes(project: DbtProject) -> dict[str, tuple[str, list[str], list[str]]]:
    return {
        name: (node.raw_code, node.depends_on.macros, node.depends_on.nodes)
        for name, node in project.manifest.nodes.items()
    }


def remembering(told: list[Told]) -> Callable[[Story, Any], None]:
    def remember(_story: Story, event: Any) -> None:
        if event.info.level != "debug":
            told.append((event.info.name, event.info.level, str(event.data)))

    return remember


def outcome(project: DbtProject, told: list[Told]) -> tuple[list[str], Any, Any]:
    told.clear()
    finished: list[str] = []
    results = project.run(["run"], {}, finished.append)
    results += project.run(["test", "--select", "again"], {}, lambda _name: None)
    steps = sorted((name, level, without_times(text)) for name, level, text in told)
    found = sorted((each.name, each.status, each.message) for each in results)
    return sorted(finished), found, steps


def without_times(text: str) -> str:
    times = ("execution_time", "seconds", "nanos", "started_at", "finished_at", "elapsed", "thread")
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if not any(time in line for time in times))
