"""hotdash ci, as a workflow and a person call it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hotdash.entrypoints.cli.ci_build import newly_failed
from hotdash.entrypoints.cli.ci_files import approved_by, author_in, base_in
from hotdash.entrypoints.cli.ci_impact import impact_of
from hotdash.entrypoints.cli.main import app
from hotdash.governance.changes.change import Change, FileChange
from hotdash.governance.changes.overrides import FailedCheck
from hotdash.governance.lineage.graph import LineageGraph
from hotdash.insights.metrics.registry import load_registry
from tests.fixtures.warehouses import BuiltWarehouse
from tests.governance.changes.conftest import FILES, Fork

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def fork(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fork:
    made = Fork(tmp_path / "fork")
    made.folder.mkdir()
    made.git("init", "--quiet", "--initial-branch", "main")
    metric = (ROOT / "metrics/revenue.yml").read_text()
    for path, text in {**FILES, "metrics/revenue.yml": metric}.items():
        made.write(path, text)
    made.base = made.commit()
    monkeypatch.chdir(made.folder)
    return made


def told(*arguments: str, code: int = 0) -> Any:
    done = CliRunner().invoke(app, ["ci", *arguments, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def write(path: Path, document: object) -> str:
    path.write_text(json.dumps(document))
    return str(path)


class TestCheck:
    def test_a_definition_that_means_something_else(self, fork: Fork) -> None:
        """The rule of the metrics and those of the change are told together."""
        fork.edit("metrics/revenue.yml", "gross_sales - discounts", "gross_sales + discounts")
        answer = told("check", "--base", fork.base, code=1)
        assert [each["rule"] for each in answer["problems"]] == ["metrics", "changelog"]
        assert "revenue v1 means something else" in answer["problems"][0]["sentence"]

    def test_who_agreed_is_asked_of_what_the_code_host_told(
        self, fork: Fork, tmp_path: Path
    ) -> None:
        fork.edit("metrics/revenue.yml", "What the shop earned", "All that the shop earned")
        fork.tell()
        event = {"pull_request": {"user": {"login": "ann"}, "base": {"sha": fork.base}}}
        reviews = [{"user": {"login": name}, "state": "APPROVED"} for name in ("ann", "bob", "bob")]
        asked = ("--event", write(tmp_path / "event.json", event), "--reviews")
        answer = told("check", *asked, write(tmp_path / "few.json", reviews), code=1)
        [problem] = answer["problems"]
        assert problem["sentence"].startswith("1 of 2 approvals are there")
        reviews.append({"user": {"login": "cid"}, "state": "APPROVED"})
        assert told("check", *asked, write(tmp_path / "enough.json", reviews))["passed"]

    def test_a_base_that_is_not_here_says_what_to_fetch(self, fork: Fork) -> None:
        error = told("check", "--base", "origin/main", code=1)["error"]
        assert error["code"] == "git_failed"
        assert "git fetch" in error["hint"]

    def test_a_file_that_the_step_before_did_not_write(self, fork: Fork) -> None:
        error = told("check", "--base", fork.base, "--event", "none.json", code=1)["error"]
        assert error["message"] == "There is no file none.json."

    def test_it_is_prose_for_people(self, fork: Fork) -> None:
        fork.write("tools.py", "")
        fork.remove("CODEOWNERS")
        done = CliRunner().invoke(app, ["ci", "check", "--base", fork.base])
        assert done.exit_code == 1
        assert "owners CODEOWNERS: There is no CODEOWNERS." in done.output


def test_a_time_that_is_none(fork: Fork) -> None:
    assert told("timing", "--started", "yesterday", code=1)["error"]["field"] == "started"


def test_a_later_word_counts_and_a_comment_takes_nothing_back() -> None:
    def review(name: str, state: str) -> dict[str, Any]:
        return {"user": {"login": name}, "state": state}

    told_so = [
        *(review("bob", "APPROVED"), review("bob", "COMMENTED")),
        *(review("cid", "APPROVED"), review("cid", "CHANGES_REQUESTED")),
        *(review("dan", "APPROVED"), review("dan", "DISMISSED")),
        {"user": None, "state": "APPROVED"},
    ]
    assert approved_by(told_so) == {"bob"}


def test_an_event_of_a_push_has_no_author_and_another_base() -> None:
    assert (author_in({"before": "abc"}), base_in({"before": "abc"})) == ("", "abc")
    assert base_in(None) is None


def test_a_change_answers_for_what_fails_with_it_only() -> None:
    def failed(name: str, severity: str, *shops: str) -> FailedCheck:
        return FailedCheck(name, severity, "It fails.", "Mend it.", shops)

    before = [failed("a", "warning", "x"), failed("b", "warning", "x")]
    after = [
        failed("a", "warning", "x", "y"),
        failed("b", "blocking", "x"),
        failed("c", "warning", "x"),
    ]
    found = [(each.name, each.shops) for each in newly_failed(before, after)]
    assert found == [("a", ("y",)), ("b", ("x",)), ("c", ("x",))]
    assert newly_failed(before, before) == []


class TestImpact:
    def test_of_a_model(self, built_duckdb: BuiltWarehouse, lineage: LineageGraph) -> None:
        path = "warehouse/models/intermediate/orders/int_order_amounts.sql"
        found = self.impact(built_duckdb, lineage, path)
        assert found.models == ["int_order_amounts"]
        assert {"fct_orders", "fct_revenue"} <= {*found.models_below} & {*found.marts}
        assert "fct_search_days" not in found.models_below
        assert {"revenue", "aov"} <= {*found.metrics}
        assert "search_position" not in found.metrics
        assert found.tiles == ["fulfillment-flow", "growth", "sales-pulse"]
        assert "sales-pulse.value" in found.numbers
        assert not {"seo-pulse.value", "cx-pulse.value"} & {*found.numbers}

    def test_of_a_macro_that_is_called_by_others(
        self, built_duckdb: BuiltWarehouse, lineage: LineageGraph
    ) -> None:
        found = self.impact(built_duckdb, lineage, "warehouse/macros/engine/email_hash.sql")
        assert found.models
        assert all(name.startswith(("stg_", "int_")) for name in found.models)

    def test_of_a_metric(self, built_duckdb: BuiltWarehouse, lineage: LineageGraph) -> None:
        found = self.impact(built_duckdb, lineage, "metrics/sessions.yml")
        assert (found.models, found.metrics, found.tiles) == ([], ["sessions"], [])
        assert found.numbers == [], "conversion reads the column, not the metric"
        assert (
            "sales-pulse.value" in self.impact(built_duckdb, lineage, "metrics/revenue.yml").numbers
        )

    def impact(self, built: BuiltWarehouse, lineage: LineageGraph, path: str) -> Any:
        change = Change((FileChange(path, "select 1", "select 2"),), frozenset({path}))
        return impact_of(change, built.project.manifest, load_registry(), lineage)
