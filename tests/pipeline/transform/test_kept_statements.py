"""A command whose statements are known is sent without dbt, and nothing tells the two apart."""

import json
import shutil
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.paths import dbt_project_folder
from hotdash.pipeline.transform import dbt, lean_dbt
from hotdash.pipeline.transform.build import BuildMode
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.pipeline.transform.kept_statements import KeptCommand, KeptNode, KeptStatements
from hotdash.pipeline.transform.results import NodeResult
from hotdash.storage.warehouse.contract import Engine, Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from hotdash.storage.warehouse.kept_findings import forget_findings
from tests.fixtures.warehouses import BuiltWarehouse, OpenBuilt
from tests.pipeline.transform.histories import random_history

PROJECT = {
    "dbt_project.yml": "name: hotdash\nprofile: hotdash\nmodels: {+schema: marts, +materialized: affected_partitions}\n"
    "vars: {build_id: none, as_of: never, factor: 1, announced: true, only_affected: false, mode: full}\n"
    "on-run-start: \"insert into raw.hooks values ('start', '{{ var('build_id') }}')\"\n"
    "on-run-end: \"insert into raw.hooks values ('end', '{{ var('build_id') }}')\"\n",
    "models/int_affected_partitions.sql": "{{ config(materialized='made_anew') }} select 'a' as shop_id,"
    " date '2026-01-01' as day",
    "seeds/factors.csv": "factor\n2\n3\n",
    "models/told.sql": "-- depends_on: {{ ref('int_affected_partitions') }}\n"
    "select 'a' as shop_id, date '2026-01-01' as day, number, '{{ var(\"as_of\") }}' as as_of, '{{ var(\"build_id\") }}' as build_id"
    " from raw.told",
    "models/seen.sql": "{{ config(materialized='view', schema='staging') }} select number from {{ ref('times') }}",
    "models/times.sql": "-- depends_on: {{ ref('int_affected_partitions') }}\n"
    "select told.shop_id, told.day, told.number * {{ var('factor') }} * factors.factor as number, told.as_of"
    " from {{ ref('told') }} as told cross join {{ ref('factors') }} as factors",
    "models/models.yml": "models:\n  - name: told\n    columns: [{name: shop_id}, {name: day}, {name: number}, {name: as_of},"
    " {name: build_id}]\n  - name: times\n    columns:\n      - name: shop_id\n      - name: day\n"
    "      - name: as_of\n      - name: number\n        data_tests:\n"
    "          - unique\n"
    "          - not_null: {config: {severity: warn}}\n"
    "          - accepted_values: {arguments: {values: [2, 3], quote: false}}\n"
    "          - accepted_values: {name: warned, arguments: {values: [2, 3], quote: false},"
    " config: {severity: warn}}\n",
}
VARIABLES = {"build_id": "first", "as_of": "2026-01-02T03:04:05.000000Z"}
WHOLE = ["build", "--full-refresh", "--exclude-resource-type", "test"]
Outcome = list[tuple[str, str, int | None]]


@pytest.fixture
def warehouse(tmp_path: Path) -> Generator[Warehouse]:
    opened = open_warehouse("duckdb", home=tmp_path / "home", memory_mb=256, url=None)
    opened.execute("create table raw.told as select 1 as number")
    opened.execute("create table raw.hooks (moment text, build_id text)")
    forget_findings(opened)
    yield opened
    opened.close()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    for name, text in PROJECT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copytree(dbt_project_folder() / "macros", folder / "macros")
    monkeypatch.setattr(dbt, "dbt_project_folder", lambda: folder)
    monkeypatch.setattr(DbtProject, "_parsed", {})
    monkeypatch.setattr(KeptStatements, "_read", {})
    return folder


@pytest.fixture
def project(warehouse: Warehouse, tmp_path: Path, small: Path) -> DbtProject:
    return DbtProject(warehouse, tmp_path / "dbt")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What dbt was asked to do, a parse apart."""
    return watched(monkeypatch)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    invoke = DbtProject._invoke

    def invoke_and_note(project: DbtProject, manifest: Any, command: Any, finished: Any) -> Any:
        if command[0] != "parse":
            asked.append(command[0])
        return invoke(project, manifest, command, finished)

    monkeypatch.setattr(DbtProject, "_invoke", invoke_and_note)
    return asked


def run(project: DbtProject, arguments: list[str] = WHOLE, **variables: object) -> Outcome:
    finished: list[str] = []
    results = project.run_known(arguments, VARIABLES | variables, finished.append)
    assert sorted(finished) == sorted(each.name for each in results)
    assert not [each.message for each in results if each.status in {"error", "skipped"}]
    return outcome(results)


def outcome(results: list[NodeResult]) -> Outcome:
    return sorted((each.unique_id, each.status, each.failures) for each in results)


def numbers(warehouse: Warehouse) -> list[Any]:
    told = warehouse.query("select number, as_of from marts.times order by number").to_pylist()
    return [tuple(row.values()) for row in told]


@pytest.mark.slow
@pytest.mark.law(4)
@pytest.mark.parametrize(("engine", "seed"), [("duckdb", 3), ("postgres", 4)])
def test_the_warehouse_is_the_same_with_dbt_and_without(
    built_on: OpenBuilt, engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = built_on(engine)
    monkeypatch.setattr(KeptStatements, "_read", {})
    commands = watched(monkeypatch)
    for _ in random_history(seed, built.new_world(), loads=4):
        known = len(commands)
        built.build()
        asked_in_part = sorted(built.ask().findings, key=str)
    assert commands[known:] == [], "the last of the loads was built and asked without dbt"
    told_before = [text for each in KeptStatements._read.values() for text in each.before]
    assert any("analyze" in text for text in told_before) is (engine == "postgres")
    step_by_step = built.marts()
    made_and_asked(built)
    known = len(commands)
    sent = made_and_asked(built)
    # On Postgres a seed's rows are bound to its statement, so that dbt makes what has seeds in it.
    assert commands[known:] == ([] if engine == "duckdb" else ["build"])
    for module in (dbt, lean_dbt):
        monkeypatch.setattr(module, "are_versions_known", lambda: False)
    assert made_and_asked(built) == sent
    assert commands[-3:] == ["build", "run", "test"]
    assert (step_by_step, asked_in_part) == sent


def made_and_asked(built: BuiltWarehouse) -> tuple[Any, ...]:
    built.build(BuildMode.FULL)
    return built.marts(), sorted(built.ask().findings, key=str)


def test_what_is_known_is_sent_without_dbt_and_with_todays_values(
    project: DbtProject, warehouse: Warehouse, commands: list[str]
) -> None:
    first = run(project)
    assert numbers(warehouse) == [(2, VARIABLES["as_of"]), (3, VARIABLES["as_of"])]
    warehouse.execute("update raw.told set number = 10")
    assert run(project, build_id="second", as_of="2027-02-03T04:05:06.000000Z") == first
    assert commands == ["build"]
    assert numbers(warehouse) == [(number, "2027-02-03T04:05:06.000000Z") for number in (20, 30)]
    assert [*warehouse.query("select build_id from marts.told").to_pylist()] == [
        {"build_id": "second"}
    ]


def test_hooks_run_before_and_after_as_well(project: DbtProject, warehouse: Warehouse) -> None:
    for build_id in ("first", "second"):
        run(project, build_id=build_id)
    told = warehouse.query("select moment, build_id from raw.hooks").to_pylist()
    assert [tuple(row.values()) for row in told] == [
        *(("start", "first"), ("end", "first"), ("start", "second"), ("end", "second"))
    ]


def test_the_text_is_the_same_on_an_empty_and_on_a_built_warehouse(
    project: DbtProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """For what is made anew, and for checks that are asked of everything."""
    told: list[dict[str, tuple[str, ...]]] = []
    for _ in range(2):
        for arguments in (WHOLE, ["test"]):
            monkeypatch.setattr(KeptStatements, "_read", {})
            shutil.rmtree(tmp_path / "dbt" / "statements", ignore_errors=True)
            run(project, arguments, only_affected=False)
            (command,) = KeptStatements._read.values()
            told.append({node.name: node.statements for node in command.nodes})
    assert len(told[0]) == 5
    for empty, built in (told[0::2], told[1::2]):
        # A seed's table is taken away by our statement, and by dbt's once more where it is there.
        kept = [statements for statements in (empty, built) if statements.pop("factors", None)]
        assert empty == built
        assert len(kept) in {0, 2}


def test_checks_are_judged_as_dbt_judges_them(
    project: DbtProject, warehouse: Warehouse, commands: list[str]
) -> None:
    run(project)
    # In this order: accepted values, not null (warns), unique, accepted values (warns).
    judged = {"1": "pass pass pass pass", "5": "fail pass pass warn", "null": "pass warn pass pass"}
    for number, statuses in judged.items():
        warehouse.execute(f"update raw.told set number = {number}")
        run(project)
        by_dbt = outcome(project.run(["test"], VARIABLES, lambda _name: None))
        assert run(project, ["test"], only_affected=False) == by_dbt
        asked = len(commands)
        assert run(project, ["test"], only_affected=False) == by_dbt
        assert len(commands) == asked
        assert [status for _, status, _ in by_dbt] == statuses.split()


def test_the_next_process_and_another_home_know_it_too(
    project: DbtProject,
    warehouse: Warehouse,
    commands: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(project)
    other = open_warehouse("duckdb", home=tmp_path / "other", memory_mb=256, url=None)
    other.execute("create table raw.told as select 7 as number")
    other.execute("create table raw.hooks (moment text, build_id text)")
    run(DbtProject(other, tmp_path / "other-dbt"))
    assert [number for number, _ in numbers(other)] == [14, 21]
    other.close()
    monkeypatch.setattr(KeptStatements, "_read", {})
    run(DbtProject(warehouse, tmp_path / "dbt"))
    assert commands == ["build"]


def change_a_variable(project: DbtProject, warehouse: Warehouse, small: Path) -> Outcome:
    return run(project, factor=10)


def change_the_project(project: DbtProject, warehouse: Warehouse, small: Path) -> Outcome:
    (small / "seeds" / "factors.csv").write_text("factor\n20\n30\n")
    return run(DbtProject(warehouse, project._workdir))


def change_a_raw_table(project: DbtProject, warehouse: Warehouse, small: Path) -> Outcome:
    warehouse.execute("update raw.told set number = 10")
    warehouse.execute("alter table raw.told alter column number type bigint")
    return run(project)


def put_a_view_in_its_place(project: DbtProject, warehouse: Warehouse, small: Path) -> Outcome:
    warehouse.execute("drop table marts.told")
    warehouse.execute("create view marts.told as select 10 as number")
    warehouse.execute("update raw.told set number = 10")
    return run(project)


@pytest.mark.parametrize(
    "change",
    [change_a_variable, change_the_project, change_a_raw_table, put_a_view_in_its_place],
)
def test_dbt_is_asked_where_the_text_may_be_another(
    project: DbtProject, warehouse: Warehouse, small: Path, commands: list[str], change: Any
) -> None:
    first = run(project)
    assert change(project, warehouse, small) == first
    assert commands == ["build", "build"]
    assert [number for number, _ in numbers(warehouse)] == [20, 30]


def test_a_run_of_some_days_depends_on_the_tables_there_are(
    project: DbtProject, warehouse: Warehouse, commands: list[str]
) -> None:
    run(project)
    for _ in range(2):
        run(project, ["run"])
    warehouse.execute("drop table marts.times")
    run(project, ["run"])
    assert commands == ["build", "run", "run"]


def test_dbt_does_and_explains_what_does_not_succeed(
    project: DbtProject, warehouse: Warehouse, commands: list[str], tmp_path: Path
) -> None:
    warehouse.execute("update raw.told set number = 2147483647")
    for _ in range(2):
        results = project.run_known(WHOLE, VARIABLES, lambda _name: None)
        failed = next(each for each in results if each.status == "error")
        assert failed.name == "times"
        assert "Overflow" in str(project.explain(failed))
    # What failed is not kept.
    assert not list((tmp_path / "dbt").glob("statements/*"))
    assert commands == ["build", "build"]


@pytest.mark.parametrize("harm", ["cut", "another's"])
def test_a_file_that_is_not_whole_is_not_believed(
    project: DbtProject,
    warehouse: Warehouse,
    commands: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    harm: str,
) -> None:
    run(project)
    (file,) = (tmp_path / "dbt" / "statements").iterdir()
    whole = file.read_bytes()
    if harm == "cut":
        file.write_bytes(whole[:-9])
    else:
        run(project, factor=10)
        (other,) = set(file.parent.iterdir()) - {file}
        file.write_bytes(other.read_bytes())
    monkeypatch.setattr(KeptStatements, "_read", {})
    asked = len(commands)
    run(project)
    assert len(commands) == asked + 1
    assert [number for number, _ in numbers(warehouse)] == [2, 3]
    monkeypatch.setattr(KeptStatements, "_read", {})
    run(project)
    assert len(commands) == asked + 1


def test_kept_statements_that_no_longer_fit_are_replaced(
    project: DbtProject, warehouse: Warehouse, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(project)
    (key,) = KeptStatements._read
    broken = KeptNode("model.hotdash.told", "told", (), ("select nothing_like_it",), None)
    KeptStatements._read[key] = KeptCommand((), (broken,), ())
    run(project)
    run(project)
    assert commands == ["build", "build"]
    assert [number for number, _ in numbers(warehouse)] == [2, 3]


@pytest.mark.parametrize("broken", ["times", "unique_times_number"])
def test_dbt_does_the_whole_command_where_sending_ends_halfway(
    project: DbtProject, warehouse: Warehouse, commands: list[str], broken: str
) -> None:
    arguments = ["run"] if broken == "times" else ["test"]
    run(project)
    expected = run(project, arguments, only_affected=False)
    key, command = list(KeptStatements._read.items())[-1]
    nodes = [
        replace(node, statements=("select nothing_like_it",)) if node.name == broken else node
        for node in command.nodes
    ]
    assert nodes != list(command.nodes)
    KeptStatements._read[key] = replace(command, nodes=tuple(nodes))
    warehouse.execute("update raw.told set number = 10")
    run(project, arguments, only_affected=False)
    assert commands == ["build", *arguments, *arguments]
    again = run(project, arguments, only_affected=False)
    assert len(commands) == 3
    assert [each[0] for each in again] == [each[0] for each in expected]
    assert [number for number, _ in numbers(warehouse)] == (
        [20, 30] if broken == "times" else [2, 3]
    )


def test_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeptStatements, "_read", {})
    kept = KeptStatements(tmp_path)
    for number in range(30):
        kept.keep(f"{number:02d}", KeptCommand((f"select {number}",), (), ()))
        assert kept.find("00") == KeptCommand(("select 0",), (), ())
    assert len(KeptStatements._read) == 8
    files = [file.name for file in tmp_path.iterdir()]
    assert len(files) == 12
    assert {"00.statements", "29.statements"} <= {*files}


def test_no_statement_names_the_home(project: DbtProject, tmp_path: Path) -> None:
    run(project)
    (command,) = KeptStatements._read.values()
    assert str(tmp_path / "home") not in json.dumps([node.statements for node in command.nodes])
    assert VARIABLES["as_of"] not in str(command)
