"""Rules of the tree that people forget: names, sizes, where SQL lives, who commits."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hotdash"
SQL_HOMES = (
    "storage/appdb/repositories",
    "storage/appdb/migrations",
    # Asks the server about the login itself, before any repository may.
    "storage/appdb/session.py",
    "storage/warehouse",
)
NO_VENDORS = {"contract_suite"}
TRANSACTION_HOMES = ("storage/appdb/session.py", "storage/warehouse", "storage/appdb/migrations")
SQL_STATEMENT = re.compile(
    r"^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\w+.*\sset\s|delete\s+from\s|"
    r"create\s+(or\s+replace\s+)?(table|view|schema|function|role|index)\s|"
    r"alter\s+(table|role)\s|drop\s+(table|schema|view|role)\s|truncate\s|"
    r"with\s+\w+\s+as\s*\(|grant\s.+\sto\s|copy\s.+\s(from|to)\s)",
    re.IGNORECASE | re.DOTALL,
)


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def below(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def string_literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string the code holds; docstrings are prose and do not count."""
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def sql_statements(source: str) -> list[int]:
    return [line for line, text in string_literals(ast.parse(source)) if SQL_STATEMENT.match(text)]


@pytest.mark.parametrize(
    "statement",
    [
        "select a from b",
        "INSERT INTO t values (1)",
        "update app.users set name = 1",
        "with x as (select 1)",
        "drop table x",
    ],
)
def test_the_sql_rule_sees_sql(statement: str) -> None:
    assert sql_statements(f"run({statement!r})")


@pytest.mark.parametrize("prose", ["Select a shop.", "Update your token", "with care", "drop it"])
def test_the_sql_rule_leaves_prose_alone(prose: str) -> None:
    assert not sql_statements(f"say({prose!r})")


def test_sql_has_three_homes() -> None:
    astray = [
        f"{below(path)}:{line}"
        for path in python_files("hotdash")
        if not below(path).startswith(SQL_HOMES)
        for line in sql_statements(path.read_text())
    ]
    assert not astray, (
        "SQL belongs in warehouse/, storage/ or a .sql file beside its metric, tile or report: "
        f"{astray}"
    )


def test_sql_files_stand_beside_their_metric_tile_or_report() -> None:
    homes = ("insights/", "reports/", "storage/")
    astray = [below(path) for path in PACKAGE.rglob("*.sql") if not below(path).startswith(homes)]
    assert not astray


def test_only_the_session_module_commits() -> None:
    ends_transaction = re.compile(r"\.(commit|rollback)\(\)")
    astray = [
        below(path)
        for path in python_files("hotdash")
        if not below(path).startswith(TRANSACTION_HOMES)
        and ends_transaction.search(path.read_text())
    ]
    assert not astray, f"only storage/appdb/session.py and storage/warehouse/ commit: {astray}"


def test_no_python_file_over_400_lines() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in python_files("hotdash", "tests", "benchmarks", "docs")
        if (count := len(path.read_text().splitlines())) > 400
    }
    assert not long, f"split by idea: {long}"


def test_no_grab_bag_modules() -> None:
    bags = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("hotdash", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*")
        if path.stem in bags and path.suffix in ("", ".py")
    ]
    assert not found, f"name the module after its one idea: {found}"


def test_one_name_per_vendor_in_its_four_places() -> None:
    connectors = {
        folder.name
        for folder in (PACKAGE / "connectors").iterdir()
        if (folder / "__init__.py").is_file() and folder.name not in NO_VENDORS
    }
    assert connectors, "there is at least one vendor"
    for vendor in connectors:
        assert (PACKAGE / "simulators" / vendor / "__init__.py").is_file()
        assert (ROOT / "warehouse/models/staging" / vendor).is_dir()
        assert (ROOT / "tests/connectors" / vendor).is_dir()


def test_no_settings_below_the_wiring() -> None:
    readers = [
        below(path)
        for path in python_files("hotdash")
        if "hotdash.base.settings" in path.read_text()
        and not below(path).startswith(("base/", "entrypoints/"))
    ]
    assert not readers, f"hand values down from entrypoints/wiring.py: {readers}"


def test_no_model_reads_the_clock() -> None:
    clock = re.compile(r"\b(now\(\)|current_date|current_timestamp|getdate\(\)|today\(\))", re.I)
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "warehouse").rglob("*.sql"))
        if "target" not in path.parts and clock.search(path.read_text())
    ]
    assert not readers, f"as_of comes in from the run: {readers}"


def test_models_are_written_once_for_all_engines() -> None:
    branching = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "warehouse/models").rglob("*.sql")
        if "target.type" in path.read_text() or "adapter.type" in path.read_text()
    ]
    assert not branching, f"dispatch a macro in warehouse/macros/engine instead: {branching}"


def test_no_float_is_named_in_money_paths() -> None:
    marts = (ROOT / "warehouse/models").rglob("*.sql")
    floats = re.compile(r"::\s*(double|real|float)|\bas\s+(double|real|float)", re.I)
    found = [path.name for path in marts if floats.search(path.read_text())]
    assert not found


@pytest.mark.parametrize("pattern", [r"https?://[^\s\"']*(/simple/|\.whl|files\.pythonhosted)"])
def test_no_address_of_a_package_registry(pattern: str) -> None:
    text_files = [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not {".venv", ".git", ".hotdash", "node_modules", "target"} & set(path.parts)
        and path.suffix in {".txt", ".toml", ".md", ".yml", ".yaml", ".py", ".cfg", ""}
        and path != Path(__file__)
    ]
    found = [
        str(path.relative_to(ROOT))
        for path in text_files
        if re.search(pattern, path.read_text(errors="ignore"))
    ]
    assert not found
