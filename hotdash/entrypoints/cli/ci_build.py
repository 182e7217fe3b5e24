"""The modified models and what follows, built on a small warehouse; then every check is asked of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.progress import Progress
from hotdash.entrypoints.cli.ci_files import read_json
from hotdash.entrypoints.wiring import Installation
from hotdash.governance.changes.overrides import FailedCheck
from hotdash.pipeline.quality.dbt_checks import dbt_checks, findings_of
from hotdash.pipeline.transform.build import BuildMode
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.pipeline.transform.results import NodeResult
from hotdash.storage.warehouse.contract import Warehouse

MANIFEST = "manifest.json"
FAILED = "failed.json"
MODIFIED = "state:modified+"
_BUILT = ("model", "seed", "unit_test")


def keep_baseline(house: Installation, state: Path, progress: Progress) -> list[FailedCheck]:
    """The project as it was and what already failed with it: a change answers for its own only."""
    state.mkdir(parents=True, exist_ok=True)
    with house.warehouse() as warehouse:
        project = DbtProject(warehouse, house.settings.home / "dbt")
        failed = _failed(warehouse, project, _variables(house), progress)
        project.manifest.write(str(state / MANIFEST))
    told = [asdict(each) for each in failed]
    (state / FAILED).write_text(json.dumps(told, indent=2) + "\n")
    return failed


def build_modified(house: Installation, state: Path, progress: Progress) -> dict[str, Any]:
    """What the change asks for is computed for all rows; everything else stays as it was built."""
    if not (state / MANIFEST).is_file():
        raise NotFoundError(
            f"{state} has no {MANIFEST}.",
            hint="Run `hotdash ci baseline --state` there with the project before the change.",
            field="state",
        )
    before = read_failed(state / FAILED)
    variables = _variables(house)
    with house.warehouse() as warehouse:
        project = DbtProject(warehouse, house.settings.home / "dbt")
        results = _build(project, state, variables, progress)
        failed = _failed(warehouse, project, variables, progress)
    return {
        "built": [
            {"name": each.name, "status": each.status, "seconds": round(each.seconds, 2)}
            for each in sorted(results, key=lambda each: -each.seconds)
        ],
        "failed": [asdict(each) for each in newly_failed(before, failed)],
    }


def newly_failed(before: list[FailedCheck], after: list[FailedCheck]) -> list[FailedCheck]:
    """Of shops it did not fail for before, or more gravely than before."""
    known = {(each.name, each.severity): {*each.shops} for each in before}
    found: list[FailedCheck] = []
    for each in after:
        shops = tuple(
            shop for shop in each.shops if shop not in known.get((each.name, each.severity), set())
        )
        if shops:
            found.append(FailedCheck(each.name, each.severity, each.sentence, each.mend, shops))
    return found


def read_failed(file: Path, within: str | None = None) -> list[FailedCheck]:
    """The list itself, or the one that stands under a name."""
    told: Any = read_json(file)
    listed: list[dict[str, Any]] = told[within] if within else told
    return [_failed_check(each) for each in listed]


def _failed_check(told: Mapping[str, Any]) -> FailedCheck:
    facts = [str(told[name]) for name in ("name", "severity", "sentence", "mend")]
    return FailedCheck(*facts, shops=tuple(told.get("shops", ())))


def _build(
    project: DbtProject, state: Path, variables: Mapping[str, Any], progress: Progress
) -> list[NodeResult]:
    kinds = [part for kind in _BUILT for part in ("--resource-type", kind)]
    chosen = ["--select", MODIFIED, "--defer", "--state", str(state.absolute())]
    with progress.task("Building what is modified and follows", total=1):
        results = project.run(["build", "--full-refresh", *kinds, *chosen], variables, _ignored)
    for result in results:
        if result.status == "error":
            raise project.explain(result)
        if result.status == "fail":
            raise ConflictError(
                f"The unit test {result.name} fails: {result.message}",
                hint="Mend the model, or the expectation where it was wrong.",
            )
    return results


def _failed(
    warehouse: Warehouse, project: DbtProject, variables: Mapping[str, Any], progress: Progress
) -> list[FailedCheck]:
    checks = dbt_checks(project)
    with progress.task("Checking", total=len(checks)) as task:
        results = project.run(
            ["test", "--exclude", "test_type:unit"], variables, lambda _name: task.advance()
        )
    found: dict[str, FailedCheck] = {}
    for finding in findings_of(warehouse, project, checks, results):
        known = found.get(finding.check)
        shops = (*(known.shops if known else ()), finding.shop_id)
        sentence = known.sentence if known else finding.sentence
        found[finding.check] = FailedCheck(
            finding.check, finding.severity.value, sentence, finding.mend, tuple(sorted(shops))
        )
    return sorted(found.values(), key=lambda each: each.name)


def _variables(house: Installation) -> dict[str, Any]:
    now = iso_utc(house.clock.now())
    return {"build_id": "ci", "as_of": now, "mode": BuildMode.FULL.value, "shops": []}


def _ignored(_name: str) -> None:
    """Progress of single models is not shown."""
