"""kill -9 at every boundary of a run: whoever starts next finishes it, and nothing shows that it died.

One run is killed at all of them, one after the other. A seeded sample, or with KILL_POINTS=all every
one, is the only kill of a run.
"""

import pytest

from tests.fixtures.fork_server import Kill, some_of
from tests.fixtures.run_states import Evidence, FirstRun

RUNS = "hotdash.storage.appdb.repositories.runs"
LEDGER = "hotdash.storage.warehouse.load_ledger"
DLT = "dlt.pipeline.pipeline:Pipeline"
BUILD = "hotdash.pipeline.transform.build"
PUBLISH = "hotdash.pipeline.publish.publish"

INGEST_FIRST, INGEST_SECOND = "ingest hot-rod-an", "ingest nordkurve-teile"


def begins(step: str) -> Kill:
    return Kill(f"{RUNS}:start_step", "before", argument=step)


def is_done_but_not_recorded(step: str) -> Kill:
    return Kill(f"{RUNS}:finish_step", "before", argument=step)


IN_ORDER = [
    begins(INGEST_FIRST),
    Kill(f"{LEDGER}:begin", "after"),
    Kill(f"{DLT}.extract", "after"),
    Kill(f"{DLT}.normalize", "after"),
    Kill("dlt.destinations.impl.duckdb.duck:DuckDbCopyJob.run", "after", 3),
    Kill(f"{DLT}.load", "after"),
    Kill(f"{LEDGER}:commit", "before"),
    Kill(f"{LEDGER}:commit", "after"),
    is_done_but_not_recorded(INGEST_FIRST),
    begins(INGEST_SECOND),
    is_done_but_not_recorded(INGEST_SECOND),
    begins("plan"),
    begins("transform"),
    Kill("dbt.task.run:ModelRunner.execute", "before", 9),
    Kill(f"{BUILD}:record_build", "before"),
    is_done_but_not_recorded("transform"),
    begins("check"),
    is_done_but_not_recorded("check"),
    begins("publish"),
    Kill("hotdash.pipeline.publish.staging:Stage.load", "after"),
    Kill(f"{PUBLISH}:move_pointer", "before"),
    Kill(f"{PUBLISH}:move_pointer", "after"),
    Kill(f"{PUBLISH}:move_pointer", "before", argument="nordkurve-teile"),
    is_done_but_not_recorded("publish"),
    is_done_but_not_recorded("notify"),
    Kill(f"{RUNS}:finish_run", "before"),
]


@pytest.fixture(scope="module")
def undisturbed(first_run: FirstRun) -> Evidence:
    installation = first_run.restored()
    installation.finish()
    return installation.evidence()


@pytest.mark.law(2)
def test_a_run_killed_at_every_boundary_in_turn_ends_like_one_that_never_was(
    first_run: FirstRun, undisturbed: Evidence
) -> None:
    installation = first_run.restored()
    for moment in IN_ORDER:
        ended = installation.run(moment)
        assert ended.was_killed, f"{moment}: {ended}"

    report = installation.finish()

    assert report["resumed"] is True
    assert installation.evidence() == undisturbed


@pytest.mark.parametrize("moment", some_of(IN_ORDER, 1), ids=str)
def test_killed_once_and_run_again(
    moment: Kill, first_run: FirstRun, undisturbed: Evidence
) -> None:
    installation = first_run.restored()
    ended = installation.run(moment)
    assert ended.was_killed, ended

    installation.finish()

    assert installation.evidence() == undisturbed


def test_the_second_chapter_changes_what_is_served(
    first_run: FirstRun, undisturbed: Evidence
) -> None:
    assert first_run.restored().evidence() != undisturbed
