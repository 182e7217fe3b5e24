"""kill -9 at every boundary of a backfill: under the same id it goes on, and ends like one that was left alone.

One backfill of two chunks and two shops is killed at all of them, one after the other. A seeded sample,
or with KILL_POINTS=all every one, is the only kill of a backfill.
"""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.ids import new_id
from hotdash.pipeline.backfill.status import Status, resource_of
from hotdash.pipeline.lease import hold_lease
from hotdash.pipeline.publish.publish import publish
from hotdash.storage.appdb.repositories.backfill_progress import diff_of
from hotdash.storage.appdb.repositories.backfills import events_of, shops_backfilling
from hotdash.storage.appdb.repositories.publications import (
    CANDIDATE,
    manifests_of_backfills,
    pointer_of,
)
from hotdash.storage.appdb.repositories.runs import running
from hotdash.storage.warehouse.candidate_schema import backfills_with_schemas
from tests.fixtures.fork_server import Ended, Kill, some_of
from tests.fixtures.killed_backfills import SHOPS
from tests.fixtures.run_states import Evidence, FirstRun, Installation
from tests.fixtures.told_shopify import NOW
from tests.fixtures.warehouses import MARTS
from tests.pipeline.backfill.falsified import falsify_revenue

OURS, THEIRS = SHOPS
CHILD = "tests.fixtures.killed_backfills"
RUN = "hotdash.jobs.run_backfill"
RUNS = "hotdash.storage.appdb.repositories.runs"
ENGINE = "hotdash.pipeline.backfill.candidate_engine:CandidateEngine"
SCHEMA = "hotdash.storage.warehouse.candidate_schema"
SHOWING = "hotdash.pipeline.backfill.showing"
MODEL = "dbt.task.run:ModelRunner.execute"


def begins(step: str) -> Kill:
    return Kill(f"{RUNS}:start_step", "before", argument=f"1. {step}")


def is_done_but_not_recorded(step: str) -> Kill:
    return Kill(f"{RUNS}:finish_step", "before", argument=f"1. {step}")


IN_ORDER = [
    Kill(f"{RUN}:lock_shops", "before"),
    Kill(f"{RUN}:add_events", "after"),
    begins("open"),
    Kill(f"{ENGINE}.open", "after"),
    Kill(f"{RUN}:add_chunks", "after"),
    is_done_but_not_recorded("open"),
    Kill(f"{SCHEMA}:lay_out", "before"),
    Kill(f"{SCHEMA}:lay_out", "after"),
    Kill(MODEL, "before", 3),
    Kill(f"{ENGINE}.build", "after"),
    is_done_but_not_recorded("build 1"),
    begins("build 2"),
    Kill(MODEL, "after", 3),
    is_done_but_not_recorded("build 2"),
    begins("check"),
    is_done_but_not_recorded("check"),
    begins("stage"),
    Kill(f"{SHOWING}:add_manifest", "before"),
    Kill(f"{SHOWING}:add_manifest", "after", 2),
    is_done_but_not_recorded("stage"),
    Kill(f"{RUN}:add_diff", "after"),
    is_done_but_not_recorded("compare"),
    Kill(f"{SHOWING}:show_candidate", "before"),
    Kill(f"{SHOWING}:show_candidate", "after"),
    # The first are those that say it runs again.
    Kill(f"{RUN}:add_events", "after", 2),
    is_done_but_not_recorded(f"commit {OURS}"),
    begins(f"commit {THEIRS}"),
    Kill(f"{SHOWING}:show_candidate", "after", argument=THEIRS),
    is_done_but_not_recorded(f"commit {THEIRS}"),
    Kill(f"{SCHEMA}:append_build", "before"),
    Kill(f"{SCHEMA}:append_build", "after"),
    is_done_but_not_recorded("merge"),
    Kill(f"{SCHEMA}:drop", "before"),
    Kill(f"{SCHEMA}:drop", "after"),
    Kill(f"{RUN}:add_events", "before", 2),
    Kill(f"{RUN}:add_events", "after", 2),
]
JUST_COMPLETED = Kill(f"{RUN}:notices_of", "before", 2)


class Backfill:
    """Approved, over a month of both shops that is wrong in the warehouse and in what people see."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        with installation.opened() as opened:
            for shop_id in SHOPS:
                falsify_revenue(opened.warehouse, shop_id)
            as_of = {shop_id: {"shopify": NOW} for shop_id in SHOPS}
            told = (opened.database, opened.warehouse, new_id(), SHOPS, {}, as_of, opened.clock)
            publish(*told)
        self.id: str = self._done(self._call("approved")).result

    def run(self, kill: Kill | None = None) -> Ended:
        return self._call("run_once", kill, backfill=self.id)

    def finish(self) -> dict[str, Any]:
        return self._done(self.run()).result

    def evidence(self) -> Evidence:
        """What must be the same however often it was killed; that nothing is left is asserted here."""
        backfill_id = UUID(self.id)
        with self.installation.opened() as opened:
            marts = {
                mart: sorted(
                    opened.warehouse.query(f"select * from marts.{mart}").to_pylist(), key=str
                )
                for mart in MARTS
            }
            assert backfills_with_schemas(opened.warehouse) == []
            with hold_lease(opened.database, resource_of(backfill_id), opened.clock):
                pass
            with opened.database.jobs() as session:
                assert running(session, resource_of(backfill_id)) == []
                assert shops_backfilling(session) == set()
                left = {reason for _, _, reason in manifests_of_backfills(session)}
                assert CANDIDATE not in left
                events = events_of(session, backfill_id)
                completed = [event for event in events if event.status == Status.COMPLETED]
                assert [event.shop_id for event in completed] == [*SHOPS]
                for event in completed:
                    pointer = pointer_of(session, event.shop_id)
                    assert pointer is not None
                    assert pointer.manifest_id == event.manifest_after != event.manifest_before
                [diff_id] = {event.diff_id for event in completed}
                assert diff_id is not None
                diff = diff_of(session, diff_id)
                parts = session.execute(text("select count(*) from serving.parts")).scalar_one()
        return {
            **self.installation.evidence(),
            "marts": marts,
            "diff": diff,
            "rows": [event.rows_affected for event in completed],
            "parts": parts,
        }

    def _call(self, name: str, kill: Kill | None = None, **arguments: str) -> Ended:
        where = {
            "home": str(self.installation.home),
            "database_url": self.installation.database_url,
        }
        return self.installation.forks.call(f"{CHILD}:{name}", kill=kill, **where, **arguments)

    def _done(self, ended: Ended) -> Ended:
        assert ended.error is None, ended.error
        assert ended.signal is None
        return ended


@pytest.fixture
def backfill(first_run: FirstRun) -> Backfill:
    return Backfill(first_run.restored())


@pytest.fixture(scope="module")
def undisturbed(first_run: FirstRun) -> Evidence:
    backfill = Backfill(first_run.restored())
    wrong = backfill.installation.evidence()
    assert backfill.finish()["resumed"] is False
    right = backfill.evidence()
    assert all(right["served"][shop_id] != wrong["served"][shop_id] for shop_id in SHOPS)
    assert {row.shop_id for row in right["diff"] if row.metric == "gross_sales"} == {*SHOPS}
    return right


@pytest.mark.law(2)
@pytest.mark.timeout(1800)
def test_a_backfill_killed_at_every_boundary_in_turn_ends_like_one_that_was_left_alone(
    backfill: Backfill, undisturbed: Evidence
) -> None:
    for moment in [*IN_ORDER, JUST_COMPLETED]:
        ended = backfill.run(moment)
        assert ended.was_killed, f"{moment}: {ended}"

    assert backfill.evidence() == undisturbed
    again = backfill.run()
    assert again.error is not None
    assert "is completed" in again.error
    assert backfill.evidence() == undisturbed


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("moment", some_of(IN_ORDER, 1), ids=str)
def test_killed_once_and_run_again(moment: Kill, backfill: Backfill, undisturbed: Evidence) -> None:
    ended = backfill.run(moment)
    assert ended.was_killed, ended

    backfill.finish()

    assert backfill.evidence() == undisturbed
