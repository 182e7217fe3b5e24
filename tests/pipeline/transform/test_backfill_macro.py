"""The macro of those who work with dbt alone: outside development it asks for a plan that was handed out."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from hotdash.base.paths import dbt_project_folder
from hotdash.pipeline.transform.dbt import environment
from hotdash.storage.warehouse.approved_plans import hand_out_plan
from tests.fixtures.warehouses import BuiltWarehouse, OpenBuilt

DAYS = (date(2026, 10, 1), date(2026, 10, 7))
OURS, THEIRS = "hot-rod-an", "kustom-kyoto"


@pytest.fixture
def built(built_on: OpenBuilt) -> BuiltWarehouse:
    built = built_on("duckdb")
    built.warehouse.execute("create schema if not exists raw")
    built.warehouse.execute("drop table if exists raw.approved_plans")
    return built


def answer(
    built: BuiltWarehouse,
    capsys: pytest.CaptureFixture[str],
    shops: Sequence[str],
    plan_id: str | None = None,
) -> str:
    told = {"first_day": str(DAYS[0]), "last_day": str(DAYS[1]), "shops": list(shops)}
    told |= {"plan_id": plan_id} if plan_id else {}
    project = built.project
    command = [
        *("run-operation", "backfill", "--args", json.dumps(told), "--quiet"),
        *("--project-dir", str(dbt_project_folder())),
        *("--profiles-dir", str(built.home / "dbt" / "profiles")),
        *("--target-path", str(built.home / "dbt" / "target")),
        *("--log-path", str(built.home / "dbt" / "logs")),
    ]
    runner: Any = dbtRunner(manifest=project.manifest)
    with environment(built.warehouse.dbt_environment()):
        done = runner.invoke(command)
    said = capsys.readouterr()
    return "success" if done.success else " ".join((said.out + said.err).split())


def hand_out(built: BuiltWarehouse, plan_id: str, lasts: timedelta = timedelta(days=1)) -> None:
    until = datetime.now(UTC) + lasts
    hand_out_plan(built.warehouse, plan_id, "a hash", [OURS], DAYS, until)


def test_in_development_it_asks_for_nothing(
    built: BuiltWarehouse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTDASH_ENVIRONMENT", "development")
    assert answer(built, capsys, [OURS]) == "success"


def test_elsewhere_it_asks_for_a_plan_of_these_days_and_shops(
    built: BuiltWarehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "needs plan_id" in answer(built, capsys, [OURS])
    assert "is not approved for" in answer(built, capsys, [OURS], "plan-1")
    hand_out(built, "plan-1")
    hand_out(built, "plan-2", lasts=-timedelta(days=1))
    assert answer(built, capsys, [OURS], "plan-1") == "success"
    assert "is not approved for" in answer(built, capsys, [OURS, THEIRS], "plan-1")
    assert "its time is over" in answer(built, capsys, [OURS], "plan-2")
    assert "is not approved for" in answer(built, capsys, [OURS], "plan-1' or '1' = '1")
