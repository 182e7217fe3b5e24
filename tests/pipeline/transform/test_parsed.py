"""A parsed project is kept in the home's file, and only as long as a parse would find the same."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from hotdash.pipeline.transform import parsed
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.pipeline.transform.outline import outline_of
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.duckdb import DuckDBWarehouse
from hotdash.storage.warehouse.factory import open_warehouse

MODEL = "model.hotdash.numbers"
Read = Callable[..., tuple[DbtProject, Any, bool]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one model, so that a parse takes no time."""
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    settings = ("name: hotdash", 'version: "1.0.0"', "profile: hotdash", "models: {+schema: marts}")
    (project / "dbt_project.yml").write_text("\n".join(settings))
    tell_model(project, "select 1 as number")
    monkeypatch.setattr("hotdash.pipeline.transform.dbt.dbt_project_folder", lambda: project)
    return project


@pytest.fixture
def warehouse(tmp_path: Path) -> Generator[Warehouse]:
    opened = open_warehouse("duckdb", home=tmp_path / "home", memory_mb=256, url=None)
    yield opened
    opened.close()


def tell_model(project: Path, sql: str) -> None:
    (project / "models" / "numbers.sql").write_text(sql)


@pytest.fixture
def read(
    folder: Path, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Reads the project as a process does that begins, and tells whether dbt parsed for it."""
    written = tmp_path / "dbt" / "target" / "partial_parse.msgpack"

    def begin(on: Warehouse = warehouse) -> tuple[DbtProject, Any, bool]:
        written.unlink(missing_ok=True)
        monkeypatch.setattr(DbtProject, "_parsed", {})
        project = DbtProject(on, tmp_path / "dbt")
        return project, project.manifest, written.exists()

    return begin


@pytest.fixture
def kept(read: Read, tmp_path: Path) -> Path:
    assert read()[2]
    return tmp_path / "dbt" / "parsed.msgpack"


def test_the_next_process_reads_what_the_first_parsed(read: Read) -> None:
    _, first, was_parsed = read()
    assert was_parsed
    _, second, was_parsed = read()
    assert not was_parsed
    assert second.flat_graph == first.flat_graph
    assert second.macros == first.macros
    assert second.child_map == first.child_map
    assert second.parent_map == first.parent_map


def test_what_is_kept_runs(read: Read, kept: Path, warehouse: Warehouse) -> None:
    project, _, was_parsed = read()
    assert not was_parsed
    (result,) = project.run(["run"], {}, lambda _name: None)
    assert result.status == "success"
    assert warehouse.query("select number from main_marts.numbers").to_pylist() == [{"number": 1}]


def test_a_changed_model_is_noticed_and_so_is_one_put_back(
    read: Read, kept: Path, folder: Path
) -> None:
    for sql in ("select 2 as number", "select 1 as number"):
        tell_model(folder, sql)
        _, manifest, was_parsed = read()
        assert was_parsed
        assert manifest.nodes[MODEL].raw_code == sql


def test_changed_settings_and_a_new_file_are_noticed(read: Read, kept: Path, folder: Path) -> None:
    settings = folder / "dbt_project.yml"
    settings.write_text(settings.read_text().replace("+schema: marts", "+schema: other"))
    _, manifest, was_parsed = read()
    assert was_parsed
    assert manifest.nodes[MODEL].schema == "main_other"
    (folder / "models" / "more.sql").write_text("select 3 as number")
    assert "model.hotdash.more" in read()[1].nodes


def test_another_warehouse_is_noticed(read: Read, kept: Path, tmp_path: Path) -> None:
    """By the name of its database, which stands in every relation; by its folder not."""
    elsewhere = tmp_path / "elsewhere"
    other = DuckDBWarehouse(elsewhere / "other.duckdb", memory_mb=256, temp_folder=elsewhere)
    _, manifest, was_parsed = read(other)
    assert was_parsed
    assert manifest.nodes[MODEL].relation_name == '"other"."main_marts"."numbers"'
    other.close()


def test_another_home_reads_what_this_process_parsed(
    read: Read, warehouse: Warehouse, tmp_path: Path
) -> None:
    _, manifest, _ = read()
    other = open_warehouse("duckdb", home=tmp_path / "elsewhere", memory_mb=256, url=None)
    there = DbtProject(other, tmp_path / "elsewhere" / "dbt")
    assert there.manifest is manifest
    assert [each.status for each in there.run(["run"], {}, lambda _name: None)] == ["success"]
    assert other.query("select number from main_marts.numbers").to_pylist() == [{"number": 1}]
    assert not warehouse.query(
        "select 1 from information_schema.tables where table_name = 'numbers'"
    )
    other.close()


def test_another_version_of_dbt_is_noticed(
    read: Read, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = parsed.version

    def upgraded(name: str) -> str:
        return "0.0.1" if name == "dbt-duckdb" else installed(name)

    monkeypatch.setattr(parsed, "version", upgraded)
    assert read()[2]


@pytest.mark.parametrize(
    ("name", "is_noticed"), [("DBT_WARN_ERROR", True), ("DBT_ENV_SECRET_X", False)]
)
def test_switches_in_the_environment_are_noticed(
    read: Read, kept: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_noticed: bool
) -> None:
    monkeypatch.setenv(name, "1")
    assert read()[2] is is_noticed


def test_other_code_beside_a_parse_is_noticed(
    read: Read, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsed, "_own_code", lambda: "changed")
    assert read()[2]


def test_a_damaged_file_is_parsed_anew_and_replaced(read: Read, kept: Path) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert read()[2]
    assert not read()[2]


def test_the_outline_is_read_without_dbt(
    read: Read, kept: Path, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, manifest, _ = read()
    monkeypatch.setattr(DbtProject, "_outlined", {})
    first = project.outline
    assert first == outline_of(manifest)
    assert first.nodes[MODEL].relation == '"warehouse"."main_marts"."numbers"'
    monkeypatch.setattr(DbtProject, "_outlined", {})
    monkeypatch.setattr(DbtProject, "_parsed", {})
    kept.unlink()
    monkeypatch.setattr(DbtProject, "_invoke", None)
    assert DbtProject(warehouse, tmp_path / "dbt").outline == first


def test_the_outline_changes_with_the_project(read: Read, kept: Path, folder: Path) -> None:
    assert read()[0].outline.children[MODEL] == ()
    (folder / "models" / "more.sql").write_text("select number from {{ ref('numbers') }}")
    outline = read()[0].outline
    assert outline.children[MODEL] == ("model.hotdash.more",)
    assert outline.parents == {"model.hotdash.more": (MODEL,)}
    assert outline.nodes["model.hotdash.more"].reads == (MODEL,)
