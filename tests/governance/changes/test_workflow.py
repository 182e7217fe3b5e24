"""The workflow as it is written: parsed, and its own steps run on a throw-away fork of this project."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotdash.base.settings import PREFIX
from hotdash.governance.changes.timing import workflow_problems
from tests.fixtures.code_host import CodeHost, listening
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.warehouses import OpenBuilt
from tests.governance.changes.conftest import Fork

ROOT = Path(__file__).resolve().parents[3]
WORKFLOW = ROOT / ".github/workflows/hotdash.yml"
JOBS: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())["jobs"]
AOV = "warehouse/models/marts/sales/fct_aov.sql"
REPOSITORY = "/repos/shop/fork"


def step(name: str, job: str = "check") -> dict[str, Any]:
    [found] = [each for each in JOBS[job]["steps"] if each["name"] == name]
    return found


def test_every_job_ends_in_time_and_nothing_is_sampled() -> None:
    assert [*workflow_problems(str(WORKFLOW), WORKFLOW.read_text())] == []
    assert JOBS["check"]["timeout-minutes"] == 15


def test_the_steps_stand_in_the_order_they_need() -> None:
    names = [each["name"] for each in JOBS["check"]["steps"]]
    needed = ["Install", "Changed", "Small warehouse", "Baseline", "Build what is modified"]
    places = [names.index(name) for name in [*needed, "Check", "Comment", "Time", "Tell"]]
    assert places == sorted(places)


def test_the_linters_are_resolved_together_with_the_project() -> None:
    """Alone they brought a pathspec that dbt refuses, and pip only said so."""
    lines = step("Install")["run"].splitlines()
    assert lines[-2:] == [
        'python -m pip install --quiet --no-build-isolation --editable ".[ci]"',
        "python -m pip check",
    ]


def test_what_is_told_of_failures_is_told_also_after_one() -> None:
    for name in ("Comment", "Time"):
        assert step(name)["if"].startswith("always()")
    assert step("Tell")["if"].startswith("failure()")


def test_an_override_on_the_main_line_opens_its_entry_whatever_else_happens() -> None:
    assert step("Follow up")["if"] == "always() && github.event_name == 'push'"
    alone = JOBS["check"]["concurrency"]
    assert alone["cancel-in-progress"] == "${{ github.event_name != 'push' }}"
    assert "github.event_name == 'push' && github.sha" in alone["group"], "none waits for another"


def test_no_expression_is_pasted_into_a_command() -> None:
    """A branch can be called what it likes: the shell sees variables only."""
    for job in JOBS.values():
        assert not [each["name"] for each in job["steps"] if "${{" in each.get("run", "")]


def test_hooks_before_a_commit_ask_the_same_rules() -> None:
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = {hook["id"]: hook["entry"] for hook in local["hooks"]}
    assert entries["hotdash"] == "hotdash ci check --base HEAD"
    lint = step("Lint")["run"]
    assert {"sqlfluff", "yamllint"} <= entries.keys()
    assert entries["yamllint"] in lint
    assert entries["sqlfluff"] in lint


@dataclass
class Runner:
    """Runs a step's own text as the code host does."""

    fork: Fork
    host: CodeHost
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def run(self, command: str, *, code: int = 0, **more: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        folder = str(self.fork.folder)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
            cwd=folder,
            env={
                **kept,
                "PATH": path,
                "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
                **self.variables,
                **more,
            },
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def step(self, name: str, job: str = "check", *, code: int = 0, **more: str) -> str:
        return self.run(step(name, job)["run"], code=code, **more)

    def written(self, name: str) -> Any:
        return json.loads((self.fork.folder / ".hotdash" / name).read_text())


def fork_of_this_project(folder: Path) -> Fork:
    """What git knows of it or would, without what is ignored."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    fork = Fork(folder)
    fork.git("init", "--quiet", "--initial-branch", "main")
    fork.base = fork.commit()
    return fork


def small_warehouse(built_on: OpenBuilt, home: Path) -> None:
    """In the place of the demo's: one shop with one order, built by the project as it was."""
    built = built_on("duckdb")
    world = built.new_world()
    world.shop("small", "Europe/Berlin")
    world.load("small", [Order(1, "2026-05-04T12:00Z", [Line(1, "10.00")])])
    built.build()
    built.warehouse.execute("checkpoint")
    home.mkdir(parents=True)
    shutil.copyfile(built.home / "warehouse.duckdb", home / "warehouse.duckdb")


@pytest.fixture
def runner(tmp_path: Path, database_urls: DatabaseUrls) -> Iterator[Runner]:
    if not (ROOT / ".git").exists():
        pytest.skip("there is no git here to copy from")
    fork = fork_of_this_project(tmp_path / "fork")
    with listening() as host:
        made = told_runner(fork, host, tmp_path)
        made.variables["HOTDASH_DATABASE_URL"] = database_urls.owner
        yield made


def told_runner(fork: Fork, host: CodeHost, folder: Path) -> Runner:
    """With what the code host tells every step."""
    event = {"pull_request": {"user": {"login": "ann"}, "base": {"sha": fork.base}, "number": 5}}
    (folder / "event.json").write_text(json.dumps(event))
    (fork.folder / ".hotdash").mkdir()
    variables = {
        "BASE": fork.base,
        "NUMBER": "5",
        "LINK": "https://code.example/runs/7",
        "GITHUB_TOKEN": "told-to-nobody",
        "GITHUB_API_URL": host.url,
        "GITHUB_REPOSITORY": "shop/fork",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "SLACK_URL": f"{host.url}/slack",
    }
    return Runner(fork, host, variables)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_is_modified_is_built_and_every_check_is_asked(
    runner: Runner, built_on: OpenBuilt
) -> None:
    """Of a model whose values fall below nought: it alone is built, and the check that fails is found."""
    fork = runner.fork
    small_warehouse(built_on, fork.folder / ".hotdash/demo")
    runner.run(step("Small warehouse")["run"].splitlines()[0])
    runner.step("Baseline")

    aov = "{{ amount_per('revenue', 'counted_orders') }}"
    fork.edit(
        AOV,
        aov,
        f"cast(case when shop_id = 'small' then -1 * {aov} else {aov} end as numeric(20, 4))",
    )
    told = runner.step("Changed")
    assert "models (1): fct_aov" in told

    runner.step("Build what is modified")
    built = runner.written("build.json")
    assert {each["name"]: each["status"] for each in built["built"]} == {
        "fct_aov": "success",
        "revenue_per_counted_order": "pass",
    }
    assert [each["name"] for each in built["failed"]] == ["assert_aov_not_negative"]


def test_a_failing_warning_is_asked_about_and_let_through_by_name(
    fork: Fork, tmp_path: Path
) -> None:
    """The steps after the build, with what it wrote: a pull request is told, and so is who follows up."""
    fork.write(".gitignore", ".hotdash/\n")
    fork.write("metrics/revenue.yml", (ROOT / "metrics/revenue.yml").read_text())
    fork.base = fork.commit()
    with listening() as host:
        runner = told_runner(fork, host, tmp_path)
        fork.edit("warehouse/models/marts/fct_sales.sql", "select *", "select sale_id")
        failed = {
            "name": "sales_jump",
            "severity": "warning",
            "sentence": "Three times.",
            "mend": "Look.",
        }
        (fork.folder / ".hotdash/build.json").write_text(json.dumps({"failed": [failed]}))

        host.answers[f"{REPOSITORY}/pulls/5/reviews"] = [
            {"user": {"login": "bob"}, "state": "APPROVED"},
            {"user": {"login": "cid"}, "state": "APPROVED"},
            {"user": {"login": "cid"}, "state": "CHANGES_REQUESTED"},
        ]
        runner.step("Reviews")
        assert "Nobody has acknowledged it." in runner.step("Check", code=1)
        runner.step("Comment")
        [comment] = host.bodies("/issues/5/comments")
        assert "**overrides** `sales_jump`" in comment["body"]
        assert host.received[-1][2] == "Bearer told-to-nobody"

        fork.write(
            ".github/overrides.yml",
            "- check: sales_jump\n"
            "  reason: The summer sale began on that day and ends in two weeks.\n"
            "  acknowledged_by: bob\n  follow_up: Give the column a name of its own.\n"
            "  until: 9999-12-31\n",
        )
        runner.step("Check")
        assert runner.written("check.json")["passed"]

        fork.commit()
        runner.step("Follow up")
        [issue] = host.bodies("/issues")
        assert issue["title"] == "Follow up: sales_jump was overridden"


@pytest.mark.slow
def test_a_failure_on_the_main_line_is_told_and_escalated(runner: Runner) -> None:
    fork, host = runner.fork, runner.host
    fork.edit(AOV, "as aov", "as average")
    commit = fork.commit()
    problem = {"rule": "models", "where": AOV, "sentence": "It fails.", "mend": "Mend it."}
    (fork.folder / ".hotdash/check.json").write_text(json.dumps({"problems": [problem]}))

    runner.step("Tell", GITHUB_SHA=commit)
    comments = f"/commits/{commit}/comments"
    [first] = host.bodies(comments)
    assert "committed by Ann <ann@shop.example>" in first["body"]
    assert "It fails." in first["body"]
    assert [each["text"][:11] for each in host.bodies("/slack")] == ["*CI failed*"]

    runs = f"{REPOSITORY}/actions/workflows/hotdash.yml/runs"
    host.answers[f"{REPOSITORY}{comments}"] = [first]
    for hours, said in ((0.5, None), (1.1, "hotdash/data"), (2.1, "git revert")):
        since = datetime.now(UTC) - timedelta(hours=hours)
        run = {"conclusion": "failure", "head_sha": commit, "html_url": "https://code.example/7"}
        stamp = f"{since:%Y-%m-%dT%H:%M:%SZ}"
        host.answers[runs] = {"workflow_runs": [{**run, "updated_at": stamp}]}
        before = len(host.bodies(comments))
        for leftover in (fork.folder / ".hotdash").glob("message.json"):
            leftover.unlink()
        runner.step("Escalate", "watch")
        after = host.bodies(comments)[before:]
        assert [bool(re.search(said, each["body"])) for each in after] == ([True] if said else [])

    host.answers[runs] = {"workflow_runs": [{**run, "updated_at": stamp, "conclusion": "success"}]}
    told = len(host.received)
    runner.step("Escalate", "watch")
    assert len(host.received) == told


def test_a_run_that_takes_long_says_so(tmp_path: Path) -> None:
    fork = Fork(tmp_path)
    with listening() as host:
        runner = Runner(fork, host)
        started = int(datetime.now(UTC).timestamp())
        assert "Nothing lacks" in runner.step("Time", STARTED=str(started))
        told = runner.step("Time", STARTED=str(started - 780))
        assert "It took 13 minutes; at 15 it would have been stopped." in told
