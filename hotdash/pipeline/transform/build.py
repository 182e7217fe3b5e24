"""One build: what is affected is computed by dbt, then recorded together with the loads it covers."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from hotdash.base.clock import Clock, SystemClock, iso_utc
from hotdash.base.errors import HotdashError
from hotdash.base.paths import dbt_project_folder
from hotdash.base.progress import Progress
from hotdash.pipeline.transform.dbt import DbtProject, TransformError, project_hash
from hotdash.pipeline.transform.rebuild import reason_for_rebuild, refuse_range
from hotdash.pipeline.transform.results import NodeResult
from hotdash.storage.warehouse.attribution_weights import ensure_weights
from hotdash.storage.warehouse.build_ledger import (
    BuiltFrom,
    FinishedBuild,
    newest_build,
    present_state,
    record_build,
    recorded_build,
    tables_in,
)
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.kept_findings import announce_build, forget_findings
from hotdash.storage.warehouse.load_ledger import unbuilt_loads

STAGING = "staging"
INTERMEDIATE = "intermediate"
# What rests on trained weights comes after the training, which rests on everything else.
AFTER_TRAINING = "int_affected_credits+"
_ONLY_TABLES = ("--resource-type", "model", "--resource-type", "seed")


class BuildMode(StrEnum):
    INCREMENTAL = "incremental"
    RANGE = "range"
    FULL = "full"


@dataclass(frozen=True)
class BuildRequest:
    """Days of a range are computed beside those that new loads touch; shops narrow the range.

    What the paused shops read anew is left for a later build, unless everything is computed.
    """

    build_id: str
    as_of: datetime
    mode: BuildMode | None = None
    days: tuple[date, date] | None = None
    shops: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.mode is BuildMode.RANGE) != (self.days is not None):
            raise ValueError("a range has its first and last day, and only a range has them")


@dataclass(frozen=True)
class ModelResult:
    model: str
    status: str
    seconds: float
    rows: int | None


@dataclass(frozen=True)
class BuildOutcome:
    build_id: str
    mode: BuildMode
    reason: str
    loads: list[str]
    models: list[ModelResult] = field(default_factory=list[ModelResult])
    seconds: float = 0.0


Announce = Callable[[BuildMode, str], None]
# Learns from the journeys just computed, and names the loads that hold what it learned.
Train = Callable[[Warehouse, datetime], Sequence[str]]


class NothingLoadedError(HotdashError):
    code = "nothing_loaded"
    http_status = 409


def transform(
    warehouse: Warehouse,
    request: BuildRequest,
    workdir: Path,
    progress: Progress,
    clock: Clock | None = None,
    announce: Announce | None = None,
    train: Train | None = None,
) -> BuildOutcome:
    """Compute what the request and the loads not yet built ask for; safe to repeat after a kill.

    What it will do, and why, is announced before anything is computed.
    """
    started = time.monotonic()
    project = DbtProject(warehouse, workdir)
    clock = clock or SystemClock()
    ensure_weights(warehouse)
    _require_sources(warehouse, project)
    done = recorded_build(warehouse, request.build_id)
    if done is not None:
        # Decided anew it would say "new loads", and the reason of a full rebuild would be lost.
        return BuildOutcome(request.build_id, BuildMode(done.mode), done.reason, done.loads)
    state = present_state(warehouse, project_hash(dbt_project_folder()))
    mode, reason = _decide(request, newest_build(warehouse), state)
    if announce is not None:
        announce(mode, reason)
    paused = () if mode is BuildMode.FULL else request.paused
    loads = [load.load_id for load in unbuilt_loads(warehouse) if load.shop_id not in paused]
    _begin(warehouse, request.build_id, mode)
    first, then = _commands(warehouse, project, mode)
    variables = _variables(request, mode)
    models = _run(project, first, variables, progress)
    if train is not None:
        loads = sorted({*loads, *train(warehouse, clock.now())})
    models += _run(project, then, variables, progress)
    build = FinishedBuild(request.build_id, request.as_of, mode.value, reason, state, loads)
    record_build(warehouse, build, clock.now())
    return BuildOutcome(request.build_id, mode, reason, loads, models, time.monotonic() - started)


def _begin(warehouse: Warehouse, build_id: str, mode: BuildMode) -> None:
    """What the checks found before says nothing about tables that are made anew."""
    if mode is BuildMode.FULL:
        forget_findings(warehouse)
    else:
        announce_build(warehouse, build_id)


def _decide(
    request: BuildRequest, before: BuiltFrom | None, now: BuiltFrom
) -> tuple[BuildMode, str]:
    forced = reason_for_rebuild(before, now)
    if forced is not None and request.mode is BuildMode.RANGE:
        raise refuse_range(forced)
    if forced is not None:
        return BuildMode.FULL, forced
    if request.mode is BuildMode.FULL:
        return BuildMode.FULL, "a full rebuild was asked for"
    if request.mode is BuildMode.RANGE and request.days is not None:
        first, last = request.days
        return BuildMode.RANGE, f"the days {first} to {last} were asked for"
    return BuildMode.INCREMENTAL, "new loads"


def _variables(request: BuildRequest, mode: BuildMode) -> dict[str, Any]:
    variables: dict[str, Any] = {
        "build_id": request.build_id,
        "as_of": iso_utc(request.as_of),
        "mode": mode.value,
        "shops": list(request.shops),
        "paused": list(request.paused),
        "announced": True,
    }
    if request.days is not None:
        first, last = request.days
        variables |= {"range_from": first.isoformat(), "range_to": last.isoformat()}
    return variables


def _run(
    project: DbtProject, arguments: list[str], variables: dict[str, Any], progress: Progress
) -> list[ModelResult]:
    with progress.task("Computing marts", total=len(project.outline.of_kind("model"))) as task:
        results = project.run_known(arguments, variables, lambda _name: task.advance())
    for result in results:
        if result.status == "error":
            raise project.explain(result)
    return [_model_result(result) for result in results]


def _commands(
    warehouse: Warehouse, project: DbtProject, mode: BuildMode
) -> tuple[list[str], list[str]]:
    """Seeds and staging views are the same as long as the project is: a rebuild makes them."""
    if mode is BuildMode.FULL:
        whole = ["--full-refresh"]
        first = ["build", *_ONLY_TABLES, *whole, "--exclude", AFTER_TRAINING]
        return first, ["run", *whole, "--select", AFTER_TRAINING]
    seeds = {node.name for node in project.outline.of_kind("seed")}
    command = ["run"] if seeds <= tables_in(warehouse, INTERMEDIATE) else ["build", *_ONLY_TABLES]
    views = {node.name for node in project.outline.of_kind("model") if node.schema == STAGING}
    made = [f"path:models/{STAGING}"] if views <= tables_in(warehouse, STAGING) else []
    return [*command, "--exclude", AFTER_TRAINING, *made], ["run", "--select", AFTER_TRAINING]


def _model_result(result: NodeResult) -> ModelResult:
    if result.status != "success":
        raise TransformError(
            f"The model {result.name} was {result.status}.",
            hint="Run again; report it if it stays.",
        )
    return ModelResult(result.name, result.status, result.seconds, result.rows)


def _require_sources(warehouse: Warehouse, project: DbtProject) -> None:
    present = tables_in(warehouse, "raw")
    needed = {source.name for source in project.outline.sources.values()}
    missing = sorted(needed - present)
    if missing:
        raise NothingLoadedError(
            f"The warehouse has no table raw.{missing[0]} yet.",
            hint="Connect a shop and run `hotdash run`: the first load makes all raw tables.",
        )
