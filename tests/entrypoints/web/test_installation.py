"""The page of the installation: what is done, late and failed, for whoever looks after it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hotdash.base.ids import new_id
from hotdash.governance.lineage.graph import LineageGraph
from hotdash.jobs.trace_lineage import keep_lineage
from hotdash.storage.appdb.repositories.jobs import (
    JobRequest,
    begin_job,
    finish_job,
    move_schedule,
    request_job,
    save_schedule,
)
from hotdash.storage.appdb.repositories.workers import WorkerRecord, say_alive
from tests.fixtures.storefront import OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

PAGE = f"/installation?shop={ROD}"


def html(web: Web) -> str:
    answer = web.client.get(PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


def line(told: str, title: str) -> str:
    begins = told.index(f'data-line="{title}"')
    return told[begins : told.index("</tr>", begins)]


def test_without_a_worker_it_says_how_to_start_one(web: Web) -> None:
    web.sign_in(OWNER)
    told = html(web)
    assert "1 thing needs somebody" in told
    assert "hotdash worker" in line(told, "Workers")
    assert "hotdash lineage trace" in line(told, "Lineage")


def test_jobs_that_are_late_or_failed_are_told_without_what_they_said(web: Web) -> None:
    now = web.storefront.clock.now()
    worker = WorkerRecord(new_id(), "elsewhere", 7, ("light",), "1.2.3", now, now)
    job = JobRequest(new_id(), "tidy", "once", "a test")
    with web.storefront.database.jobs() as session:
        say_alive(session, worker, now)
        say_alive(session, replace(worker, worker_id=new_id(), version="0.9"), now - timedelta(1))
        for name, days in (("parity", 2), ("watch", 0), ("tidy", 0)):
            save_schedule(session, name, "50 4 * * *", "UTC")
            move_schedule(session, name, now - timedelta(days=days), now)
        request_job(session, job, now)
        begin_job(session, job.job_id, worker.worker_id, now)
        finish_job(session, job.job_id, worker.worker_id, now, "kustom-kyoto has no disk.")
    web.sign_in(OWNER)
    told = html(web)
    assert "2 things need somebody" in told
    assert "1 running, of version 1.2.3." in line(told, "Workers")
    assert "late" in line(told, "parity")
    assert "failed" in line(told, "tidy")
    assert "no disk" not in told, "an error may name another shop"


def test_a_traced_lineage_is_told(web: Web, lineage: LineageGraph) -> None:
    keep_lineage(web.context.home, lineage)
    web.sign_in(OWNER)
    assert "Traced as the project is." in line(html(web), "Lineage")


@pytest.mark.parametrize(("who", "status"), [(VIEWER, 403), (STRANGER, 404)])
def test_others_do_not_see_it(web: Web, who: str, status: int) -> None:
    web.sign_in(who)
    assert web.client.get(PAGE).status_code == status
