"""The small doors: health, readiness, figures, files, exports."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.errors import UnavailableError
from hotdash.base.ids import new_id
from hotdash.entrypoints.web.charts import ChartBundle
from hotdash.storage.appdb.repositories.jobs import (
    JobRequest,
    begin_job,
    finish_job,
    move_schedule,
    request_job,
    save_schedule,
)
from hotdash.storage.appdb.repositories.workers import WorkerRecord, say_alive
from tests.fixtures.storefront import OWNER, ROD, Storefront
from tests.fixtures.web import Web, web_in_front_of


class TestHealth:
    def test_alive_without_a_database(self, shown_web: Web) -> None:
        assert shown_web.client.get("/healthz").json() == {"status": "ok", "version": "0.1.0"}

    def test_ready(self, shown_web: Web) -> None:
        assert shown_web.client.get("/readyz").json()["status"] == "ready"

    def test_not_ready_before_the_migration(self, web: Web) -> None:
        with web.storefront.database.jobs() as session:
            session.execute(text("update app.alembic_version set version_num = '0001'"))
        answer = web.client.get("/readyz")
        assert answer.status_code == 503
        assert "hotdash migrate" in answer.json()["error"]["hint"]


class TestWork:
    def test_who_watches_the_house_sees_workers_and_what_is_late_or_failed(self, web: Web) -> None:
        now = web.storefront.clock.now()
        assert web.client.get("/readyz").json()["workers"] == 0
        worker = WorkerRecord(new_id(), "elsewhere", 7, ("light",), "1", now, now)
        job = JobRequest(new_id(), "tidy", "once", "a test")
        with web.storefront.database.jobs() as session:
            say_alive(session, worker, now)
            say_alive(session, replace(worker, worker_id=new_id()), now - timedelta(seconds=21))
            for name, days in (("parity", 2), ("watch", 0)):
                save_schedule(session, name, "50 4 * * *", "UTC")
                move_schedule(session, name, now - timedelta(days=days), now)
            request_job(session, job, now)
            begin_job(session, job.job_id, worker.worker_id, now)
            finish_job(session, job.job_id, worker.worker_id, now, "No disk.")
        told = web.client.get("/readyz")
        assert told.status_code == 200, "pages are served without a worker too"
        said = {key: told.json()[key] for key in ("workers", "overdue", "failed")}
        assert said == {"workers": 1, "overdue": ["parity"], "failed": ["tidy"]}
        figures = web.client.get("/metrics").text
        for line in (
            "hotdash_workers_alive 1.0",
            'hotdash_job_overdue{job="parity"} 1.0',
            'hotdash_job_overdue{job="watch"} 0.0',
            'hotdash_job_failed{job="tidy"} 1.0',
        ):
            assert line in figures


class TestFigures:
    def test_they_name_routes_and_no_shop(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)
        shown_web.client.get(f"/today?shop={ROD}")
        shown_web.client.get("/wp-login.php")
        told = shown_web.client.get("/metrics").text
        assert 'hotdash_http_requests_total{method="GET",route="/today",status="200"} 1.0' in told
        assert 'route="unrouted",status="404"' in told
        assert ROD not in told
        assert "wp-login" not in told

    def test_a_public_installation_wants_the_token(
        self, shown_storefront: Storefront, web_home: Path
    ) -> None:
        public = web_in_front_of(
            shown_storefront, web_home, base_url="https://dash.example", metrics_token="m3trics"
        )
        assert public.client.get("/metrics").status_code == 404
        wrong = {"authorization": "Bearer wrong"}
        assert public.client.get("/metrics", headers=wrong).status_code == 404
        right = {"authorization": "Bearer m3trics"}
        assert public.client.get("/metrics", headers=right).status_code == 200

    def test_a_page_elsewhere_cannot_rebind_its_name_to_us(self, shown_web: Web) -> None:
        rebound = {"host": "evil.example:8700"}
        assert shown_web.client.get("/metrics", headers=rebound).status_code == 404


class TestStatic:
    def test_named_by_content_and_kept_for_ever(self, shown_web: Web) -> None:
        url = shown_web.parts.assets.url("base.css")
        answer = shown_web.client.get(url, headers={"accept-encoding": "br"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "br"
        assert answer.headers["content-type"].startswith("text/css")

    @pytest.mark.parametrize("name", ["base.css", "..%2fapp.py", "base.000000000000.css"])
    def test_other_names_are_not_there(self, shown_web: Web, name: str) -> None:
        assert shown_web.client.get(f"/static/{name}").status_code == 404

    def test_a_first_visit_is_light(self, shown_web: Web) -> None:
        """Everything Today asks for, as Chromium gets it: under 350 KB."""
        shown_web.sign_in(OWNER)
        accepts = {"accept-encoding": "gzip, br"}
        page = shown_web.client.get("/today", headers=accepts)
        names = ("tokens.css", "base.css", "today.css", "chart.css", "app.js", "icon.svg")
        urls = [shown_web.parts.assets.url(name) for name in (*names, "days-chart.json")]
        urls += [shown_web.parts.bundle.url, f"/api/v1/metrics/revenue/days?shop={ROD}"]
        answers = [page, *(shown_web.client.get(url, headers=accepts) for url in urls)]
        assert {answer.status_code for answer in answers} == {200}
        assert sum(int(answer.headers["content-length"]) for answer in answers) < 350_000
        assert int(page.headers["content-length"]) < 20_000

    def test_the_chart_bundle_is_made_once(self, shown_web: Web, web_home: Path) -> None:
        made = shown_web.parts.bundle.asset()
        file = web_home / "cache" / shown_web.parts.bundle.name
        written = file.stat().st_mtime_ns
        assert ChartBundle(web_home / "cache").asset() == made
        assert file.stat().st_mtime_ns == written

    def test_a_home_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "cache").mkdir()
        bundle = ChartBundle(tmp_path / "cache")
        (tmp_path / "cache" / bundle.name).mkdir()
        with pytest.raises(UnavailableError, match="could not be made"):
            bundle.asset()


class TestExport:
    def test_it_is_what_the_page_shows(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)
        answer = shown_web.client.get(f"/exports/revenue.csv?shop={ROD}&range=7d")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert (
            "revenue-hot-rod-an-2026-11-13-2026-11-19.csv" in answer.headers["content-disposition"]
        )
        rows = list(csv.reader(io.StringIO(answer.text)))
        exported = {row[0]: row[1] for row in rows if row and row[0].startswith("2026-")}
        asked = {"shop": ROD, "range": "7d"}
        days = shown_web.client.get("/api/v1/metrics/revenue/days", params=asked).json()["days"]
        assert exported == {day["day"]: day["value"] for day in days}
