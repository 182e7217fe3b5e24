"""kill -9 at every boundary of a run: whoever starts next finishes it, and nothing shows that it died.

One run is killed at all of them, one after the other. A seeded sample, or with KILL_POINTS=all every
one, is the only kill of a run.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.jobs.refresh import refresh
from hotdash.storage.appdb.models import Build
from hotdash.storage.appdb.repositories.policies import PolicyDecision, decide_policy
from tests.fixtures.fork_server import Kill, some_of
from tests.fixtures.run_states import Evidence, FirstRun
from tests.fixtures.told_shopify import NOW

RUNS = "hotdash.storage.appdb.repositories.runs"
LEDGER = "hotdash.storage.warehouse.load_ledger"
DLT = "dlt.pipeline.pipeline:Pipeline"
BUILD = "hotdash.pipeline.transform.build"
PUBLISH = "hotdash.pipeline.publish.publish"

RECOMMEND = "recommend hot-rod-an"
POLICIES = "ingest hot-rod-an policies"
INGEST_FIRST, INGEST_SECOND = "ingest hot-rod-an shopify", "ingest nordkurve-teile shopify"


COUNT_PARTIALLY_PAID = PolicyDecision(
    shop_id="hot-rod-an",
    policy="count_partially_paid",
    value="true",
    effective_from=date(2026, 10, 1),
    decided_at=NOW,
    decided_by="owner",
    reason="Deposits are sales here.",
)


def begins(step: str) -> Kill:
    return Kill(f"{RUNS}:start_step", "before", argument=step)


def is_done_but_not_recorded(step: str) -> Kill:
    return Kill(f"{RUNS}:finish_step", "before", argument=step)


IN_ORDER = [
    begins(POLICIES),
    is_done_but_not_recorded(POLICIES),
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
    begins(RECOMMEND),
    Kill("hotdash.jobs.recommend:_store", "after"),
    Kill("hotdash.jobs.recommend:add_outcomes", "after"),
    is_done_but_not_recorded(RECOMMEND),
    Kill("hotdash.jobs.tell_facts:keep", "after"),
    is_done_but_not_recorded("facts hot-rod-an"),
    begins("recommend nordkurve-teile"),
    is_done_but_not_recorded("precompute"),
    is_done_but_not_recorded("tidy"),
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


def test_killed_while_statements_are_sent_that_dbt_made_before(
    first_run: FirstRun, undisturbed: Evidence
) -> None:
    installation = first_run.restored()
    sent = "hotdash.pipeline.transform.sending:_Sender.node"
    assert installation.run(Kill(f"{BUILD}:record_build", "before")).was_killed
    for moment in (Kill(sent, "before", 9), Kill(sent, "after", 20), Kill(sent, "after", 50)):
        ended = installation.run(moment)
        assert ended.was_killed, f"{moment}: {ended}"
    assert installation.run(is_done_but_not_recorded("check")).was_killed
    assert installation.run(Kill(sent, "after", 40)).was_killed

    installation.finish()

    assert installation.evidence() == undisturbed


def test_a_full_rebuild_is_told_while_it_is_made_and_not_forgotten_after_kills(
    first_run: FirstRun,
) -> None:
    installation = first_run.restored()
    with installation.opened() as work, work.database.jobs() as session:
        decide_policy(session, COUNT_PARTIALLY_PAID)

    assert installation.run(Kill("dbt.task.run:ModelRunner.execute", "before", 3)).was_killed
    with installation.opened() as work, work.database.jobs() as session:
        [build] = session.query(Build).filter_by(status="running").all()
        assert (build.mode, build.reason) == ("full", "a metric policy was decided")
    assert installation.run(is_done_but_not_recorded("transform")).was_killed
    report = installation.finish()

    assert report["build_id"] == str(build.build_id)
    assert (report["mode"], report["reason"]) == ("full", "a metric policy was decided")
    with installation.opened() as work, work.database.jobs() as session:
        assert session.get_one(Build, build.build_id).status == "completed"


def test_what_another_version_left_unfinished_is_not_gone_on_with(
    first_run: FirstRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = first_run.restored()
    assert installation.run(begins("check")).was_killed
    monkeypatch.setattr("hotdash.__version__", "99.0")

    with installation.opened() as work:
        report = refresh(work, SilentProgress())

    assert (report.resumed, report.failed) == (False, False)


def test_what_died_before_the_data_grew_stale_is_not_gone_on_with(first_run: FirstRun) -> None:
    installation = first_run.restored()
    assert installation.run(begins("check")).was_killed

    with installation.opened() as work:
        later = FixedClock(work.clock.now() + work.fresh_soft + timedelta(seconds=1))
        report = refresh(replace(work, clock=later), SilentProgress())

    assert report.resumed is False


def test_the_second_chapter_changes_what_is_served(
    first_run: FirstRun, undisturbed: Evidence
) -> None:
    assert first_run.restored().evidence() != undisturbed
