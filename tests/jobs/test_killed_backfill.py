"""kill -9 at every boundary of a backfill: run again it ends like one that was never disturbed."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hotdash.base.ids import new_id
from hotdash.pipeline.backfill.candidate_engine import CandidateEngine
from hotdash.pipeline.backfill.engine import (
    Checked,
    Opened,
    Scope,
    Staged,
    as_detail,
    of_detail,
)
from hotdash.pipeline.durable import RunRequest, durable_run
from hotdash.pipeline.lease import hold_lease
from hotdash.pipeline.publish.publish import publish
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.candidate_schema import backfills_with_schemas
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.fork_server import Kill, some_of
from tests.fixtures.run_states import Evidence, FirstRun, Installation
from tests.fixtures.told_shopify import NOW, context
from tests.pipeline.backfill.falsified import falsify_revenue

OURS, THEIRS = "hot-rod-an", "nordkurve-teile"
BACKFILL = UUID(int=0x5EED)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
ENGINE = "hotdash.pipeline.backfill.candidate_engine:CandidateEngine"
SCHEMA = "hotdash.storage.warehouse.candidate_schema"
SHOWING = "hotdash.pipeline.backfill.showing"
RUNS = "hotdash.storage.appdb.repositories.runs"

IN_ORDER = [
    Kill(f"{RUNS}:start_step", "before", argument="open"),
    Kill(f"{RUNS}:finish_step", "before", argument="open"),
    Kill(f"{SCHEMA}:lay_out", "before"),
    Kill(f"{SCHEMA}:lay_out", "after"),
    Kill("dbt.task.run:ModelRunner.execute", "before", 4),
    Kill(f"{ENGINE}.build", "after"),
    Kill("dbt.task.run:ModelRunner.execute", "before", 6),
    Kill(f"{RUNS}:finish_step", "before", argument="build 1"),
    Kill(f"{ENGINE}.check", "after"),
    Kill(f"{SHOWING}:add_manifest", "before"),
    Kill(f"{SHOWING}:add_manifest", "after"),
    Kill(f"{ENGINE}.stage", "after"),
    Kill(f"{SHOWING}:show_candidate", "before"),
    Kill(f"{SHOWING}:show_candidate", "after"),
    Kill(f"{RUNS}:finish_step", "before", argument=f"commit {OURS}"),
    Kill(f"{SCHEMA}:append_build", "before"),
    Kill(f"{SCHEMA}:append_build", "after"),
    Kill(f"{SCHEMA}:merge", "after"),
    Kill(f"{SCHEMA}:drop", "before"),
    Kill(f"{SCHEMA}:drop", "after"),
    Kill(f"{RUNS}:finish_run", "before"),
]


def backfill_once(home: str, database_url: str) -> dict[str, Any]:
    """The steps of a backfill, in a child: each one done is remembered."""
    folder = Path(home)
    warehouse = open_warehouse("duckdb", home=folder, memory_mb=512, url=None)
    setting = context(Database(database_url), warehouse, folder)
    database, clock = setting.database, setting.clock
    engine = CandidateEngine(
        *(database, warehouse, folder / "dbt", clock),
        lambda: hold_lease(database, warehouse.identity, clock),
    )
    asked = RunRequest("backfill", (OURS,), {"backfill": str(BACKFILL)})
    with durable_run(database, f"backfill:{OURS}", asked, clock) as run:
        scope = Scope((OURS,), OCTOBER, models=("fct_revenue",))
        opened = of_detail(
            Opened, run.step("open", lambda: as_detail(engine.open(BACKFILL, scope)))
        )
        halves = ((OCTOBER[0], date(2026, 10, 15)), (date(2026, 10, 16), OCTOBER[1]))
        opened = of_detail(Opened, as_detail(opened) | {"chunks": halves})
        for chunk in range(len(opened.chunks)):
            run.step(f"build {chunk}", lambda chunk=chunk: as_detail(engine.build(opened, chunk)))
        checked = of_detail(Checked, run.step("check", lambda: as_detail(engine.check(opened))))
        staged = of_detail(
            Staged, run.step("stage", lambda: as_detail(engine.stage(opened, checked)))
        )

        def commit() -> dict[str, Any]:
            with database.jobs() as session:
                return {"shown": str(engine.commit(session, opened, staged, OURS))}

        run.step(f"commit {OURS}", commit)
        run.step("merge", lambda: {"rows": engine.merge(opened)})
        engine.close(opened)
    warehouse.close()
    return {"partitions": staged.partitions}


@pytest.fixture
def falsified(first_run: FirstRun) -> Installation:
    return falsify(first_run.restored())


@pytest.fixture(scope="module")
def undisturbed(first_run: FirstRun) -> Evidence:
    installation = falsify(first_run.restored())
    wrong = installation.evidence()
    finish(installation)
    right = installation.evidence()
    assert right["served"][OURS] != wrong["served"][OURS]
    assert right["served"][THEIRS] == wrong["served"][THEIRS]
    return right


def falsify(installation: Installation) -> Installation:
    """A month of our revenue is wrong, in the warehouse and in what people see."""
    with installation.opened() as opened:
        warehouse = opened.warehouse
        falsify_revenue(warehouse, OURS)
        as_of = {OURS: {"shopify": NOW}}
        publish(opened.database, warehouse, new_id(), [OURS], {}, as_of, opened.clock)
    return installation


def run(installation: Installation, kill: Kill | None = None) -> Any:
    return installation.forks.call(
        "tests.jobs.test_killed_backfill:backfill_once",
        kill=kill,
        home=str(installation.home),
        database_url=installation.database_url,
    )


def finish(installation: Installation) -> None:
    ended = run(installation)
    assert ended.error is None, ended.error
    assert ended.result["partitions"] > 0
    with installation.opened() as opened:
        assert backfills_with_schemas(opened.warehouse) == []


@pytest.mark.law(2)
def test_a_backfill_killed_at_every_boundary_in_turn_ends_like_one_that_never_was(
    falsified: Installation, undisturbed: Evidence
) -> None:
    for moment in IN_ORDER:
        ended = run(falsified, moment)
        assert ended.was_killed, f"{moment}: {ended}"

    finish(falsified)

    assert falsified.evidence() == undisturbed


@pytest.mark.parametrize("moment", some_of(IN_ORDER, 1), ids=str)
def test_killed_once_and_run_again(
    moment: Kill, falsified: Installation, undisturbed: Evidence
) -> None:
    ended = run(falsified, moment)
    assert ended.was_killed, ended

    finish(falsified)

    assert falsified.evidence() == undisturbed
