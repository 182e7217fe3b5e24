"""A week of a large shop computed anew beside what stands, and judged: without loading and showing it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from benchmarks.figures import Figure
from benchmarks.raw_shop import Size, write_shop
from benchmarks.reference import cpu_seconds
from benchmarks.whole_build import MEMORY_MB
from hotdash.base.clock import iso_utc
from hotdash.base.paths import dbt_project_folder
from hotdash.base.progress import SilentProgress
from hotdash.insights.attribution.training import train_weights
from hotdash.pipeline.backfill.candidate import CandidateProject, Selection
from hotdash.pipeline.quality.dbt_checks import dbt_checks
from hotdash.pipeline.quality.findings import Severity
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.pipeline.transform.build import BuildMode, BuildRequest, transform
from hotdash.pipeline.transform.dbt import DbtProject, project_hash
from hotdash.storage.warehouse import candidate_schema
from hotdash.storage.warehouse.contract import rows
from hotdash.storage.warehouse.factory import open_warehouse
from hotdash.storage.warehouse.kept_findings import are_kept
from tests.fixtures.processes import own_peak_mb
from tests.fixtures.raw_world import FIRST_LOAD

BACKFILL = UUID(int=7)
WEEK = (date(2026, 10, 1), date(2026, 10, 7))


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    size = Size(orders * 10, 2, half_lines=True)
    write_shop(folder, size)
    # As it is in truth: the backfill is another process than the run that built the shop.
    _in_a_process("built", folder)
    seen = _in_a_process("backfilled", folder)
    yield Figure(
        *("backfill of 7 days, computed and checked", size.told),
        f"{seen['compute'] + seen['checks']:.1f} s",
        "under 30 s at 1 M orders",
        f"computing {seen['compute']:.1f} s ({seen['compute_cpu']:.1f} CPU s), checks "
        f"{seen['checks']:.1f} s ({seen['checks_cpu']:.1f} CPU s), {seen['peak_mb']:,.0f} MB; the "
        f"slowest models {seen['slowest']}",
    )


def _in_a_process(part: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.backfill", part, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return orjson.loads(done.stdout)


def _built(folder: Path) -> dict[str, Any]:
    warehouse = open_warehouse("duckdb", home=folder, memory_mb=MEMORY_MB, url=None)
    workdir, progress = folder / "dbt", SilentProgress()
    whole = BuildRequest("whole", FIRST_LOAD, BuildMode.FULL)
    transform(warehouse, whole, workdir, progress, train=train_weights)
    ask(warehouse, CheckRequest("whole", FIRST_LOAD), workdir, progress)
    assert are_kept(warehouse, project_hash(dbt_project_folder()), FIRST_LOAD)
    warehouse.close()
    return {}


def _backfilled(folder: Path) -> dict[str, Any]:
    warehouse = open_warehouse("duckdb", home=folder, memory_mb=MEMORY_MB, url=None)
    workdir = folder / "dbt"
    shops = [row["shop_id"] for row in rows(warehouse.query("select shop_id from marts.dim_shops"))]
    names = Selection(DbtProject(warehouse, workdir).manifest, (), ()).names
    project = CandidateProject(warehouse, workdir, BACKFILL, names)
    first, last = (day.isoformat() for day in WEEK)
    told = {"build_id": "week", "as_of": iso_utc(FIRST_LOAD), "announced": True}
    days = {"mode": "range", "shops": shops, "range_from": first, "range_to": last}
    began, cpu = time.monotonic(), cpu_seconds()
    candidate_schema.lay_out(warehouse, BACKFILL, shops, project.overlays, WEEK)
    results = project.run(["run", "--select", *names], told | days, lambda _name: None)
    computed, computed_cpu = time.monotonic(), cpu_seconds()
    test = ["test", "--select", *names, "--exclude", "test_type:unit"]
    candidate_schema.lay_out_findings(warehouse, BACKFILL, shops, project.overlays)
    answers = project.run(test, told | {"only_affected": True}, lambda _name: None)
    checked, checked_cpu = time.monotonic(), cpu_seconds()
    assert {each.status for each in results} == {"success"}, results
    checks = dbt_checks(project)
    failed = {checks[each.unique_id] for each in answers if each.status != "pass"}
    assert {each.status for each in answers} <= {"pass", "warn", "fail"}, answers
    assert Severity.BLOCKING not in {check.severity for check in failed}, failed
    warehouse.close()
    slowest = sorted(results, key=lambda each: -each.seconds)[:6]
    return {
        "compute": computed - began,
        "compute_cpu": computed_cpu - cpu,
        "checks": checked - computed,
        "checks_cpu": checked_cpu - computed_cpu,
        "peak_mb": own_peak_mb(),
        "slowest": ", ".join(f"{each.name} {each.seconds:.1f} s" for each in slowest),
    }


PARTS = {"built": _built, "backfilled": _backfilled}

if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(PARTS[sys.argv[1]](Path(sys.argv[2]))))
