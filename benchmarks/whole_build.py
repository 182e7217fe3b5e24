"""A large shop transformed and checked in a process of its own, which loads what a build needs and no more."""

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from benchmarks.reference import cpu_seconds
from hotdash.base.progress import SilentProgress
from hotdash.insights.attribution.training import train_weights
from hotdash.pipeline.backfill.candidate import HEAVY
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.pipeline.transform.build import BuildMode, BuildRequest, transform
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.processes import own_peak_mb

MEMORY_MB = 1024


def measured(
    folder: Path, what: str, as_of: datetime, hour: int | None, size: list[Any]
) -> dict[str, Any]:
    warehouse = open_warehouse("duckdb", home=folder, memory_mb=MEMORY_MB, url=None)
    if hour is not None:
        _tell(warehouse, size, hour)
    before = cpu_seconds()
    began = time.monotonic()
    asked = BuildRequest(what, as_of, None if hour is not None else BuildMode.FULL)
    built = transform(warehouse, asked, folder / "dbt", SilentProgress(), train=train_weights)
    transformed = time.monotonic()
    report = ask(warehouse, CheckRequest(what, as_of), folder / "dbt", SilentProgress())
    checked = time.monotonic()
    cpu = cpu_seconds()
    rows = _rows_of_affected_days(warehouse, DbtProject(warehouse, folder / "dbt"))
    assert not [each for each in report.findings if each.severity.value == "blocking"], (
        report.findings
    )
    warehouse.close()
    return {
        "cpu": cpu,
        "beside telling": cpu - before,
        "transform": transformed - began,
        "checks": checked - transformed,
        "peak_mb": own_peak_mb(),
        "rows": rows,
        "models": {model.model: model.seconds for model in built.models},
    }


def _tell(warehouse: Warehouse, size: list[Any], hour: int) -> None:
    # Loaded here, because the connectors that describe raw tables would count as building.
    from benchmarks.raw_shop import Size, tell_an_hour

    tell_an_hour(warehouse, Size(*size), hour)


def _rows_of_affected_days(warehouse: Warehouse, project: DbtProject) -> int:
    return sum(
        warehouse.query(
            f"select count(*) as n from {model.relation_name} where (shop_id, day) in "
            f"(select shop_id, day from intermediate.{_affected_by(model)})"
        ).to_pylist()[0]["n"]
        for model in project.manifest.nodes.values()
        if model.resource_type == "model"
        and model.config.materialized == HEAVY
        and "day" in model.columns
    )


def _affected_by(model: Any) -> str:
    return model.config.extra.get("affected_by", "int_affected_partitions")


if __name__ == "__main__":
    what, as_of, hour, size = json.loads(sys.argv[2])
    told = measured(Path(sys.argv[1]), what, datetime.fromisoformat(as_of), hour, size)
    sys.stdout.buffer.write(orjson.dumps(told))
