"""The page of the installation: what is done, late and failed, for whoever looks after it."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import iso_utc
from hotdash.base.ids import new_id
from hotdash.entrypoints.web.backups_seen import BackupsSeen
from hotdash.entrypoints.web.pages.job_words import JOB_WORDS, schedule_words
from hotdash.governance.backup.manifest import id_of
from hotdash.governance.backup.place import Place
from hotdash.governance.lineage.graph import LineageGraph
from hotdash.governance.privacy.erasure_log import Erasure, keep
from hotdash.jobs.job_table import SCHEDULE
from hotdash.jobs.trace_lineage import keep_lineage
from hotdash.storage.appdb.repositories.credentials import EXPIRES_AT, save_credential
from hotdash.storage.appdb.repositories.jobs import (
    JobRequest,
    begin_job,
    finish_job,
    move_schedule,
    request_job,
    save_schedule,
)
from hotdash.storage.appdb.repositories.workers import WorkerRecord, say_alive
from tests.fixtures.recovery import desk_of
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, VIEWER, Storefront
from tests.fixtures.web import Web, web_in_front_of

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


class TestJobs:
    def test_each_is_told_in_words_with_when_it_comes_next(self, web: Web) -> None:
        now = web.storefront.clock.now()
        with web.storefront.database.jobs() as session:
            save_schedule(session, "privacy", "30 2 * * *", "UTC")
            move_schedule(session, "privacy", now, now + timedelta(hours=3, minutes=20))
        web.sign_in(OWNER)
        told = line(html(web), "privacy")
        assert "Answers what vendors ask about people" in told
        assert "daily, 02:30 UTC" in told
        assert "in 3 h 20 min" in told

    def test_every_job_has_words(self) -> None:
        assert {job.name for job in SCHEDULE} == JOB_WORDS.keys()
        assert all(words.does.endswith(".") for words in JOB_WORDS.values())
        for job in SCHEDULE:
            assert "*" not in schedule_words(job.cron, job.timezone)

    @pytest.mark.parametrize(
        ("cron", "told"),
        [
            ("* * * * *", "every minute"),
            ("*/15 * * * *", "every 15 minutes"),
            ("25 * * * *", "every hour, at 25"),
            ("0 6,18 * * *", "daily, 06:00 and 18:00 UTC"),
            ("40 5 * * 0", "Sundays, 05:40 UTC"),
            ("0 8 1 1,4,7,10 *", "first day of a quarter, 08:00 UTC"),
            ("3 4 5 6 *", "3 4 5 6 *"),
        ],
    )
    def test_a_schedule_as_a_person_says_it(self, cron: str, told: str) -> None:
        assert schedule_words(cron, "UTC") == told


class TestBackups:
    def told(self, storefront: Storefront, home: Path, hours: int | None) -> str:
        place = str(home / "backups")
        desk = desk_of(home, storefront.database, place, storefront.clock)
        if hours is not None:
            made = id_of(storefront.clock.now() - timedelta(hours=hours))
            Place(desk.url).put(f"backups/{made}.sealed", b"sealed")
        web = web_in_front_of(storefront, home, open_backups=lambda: desk)
        web.sign_in(OWNER)
        return line(html(web), "Backups")

    def test_the_newest_where_it_lies_and_that_one_disk_takes_both(
        self, storefront: Storefront, tmp_path: Path
    ) -> None:
        told = self.told(storefront, tmp_path, 9)
        assert "The newest is of 9 h ago" in told
        assert "same disk" in told
        assert "HOTDASH_BACKUP_URL" in told

    def test_a_missed_night_needs_somebody(self, storefront: Storefront, tmp_path: Path) -> None:
        told = self.told(storefront, tmp_path, 49)
        assert "late" in told
        assert "hotdash backup create" in told

    def test_before_the_first_night(self, storefront: Storefront, tmp_path: Path) -> None:
        assert "makes one every night" in self.told(storefront, tmp_path, None)

    def test_a_place_out_of_reach_is_told_without_who_signs_in_there(
        self, storefront: Storefront, tmp_path: Path
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        place = f"ftp://keeper:pa55word@127.0.0.1:{port}/hotdash"
        desk = desk_of(tmp_path, storefront.database, place, storefront.clock)
        web = web_in_front_of(storefront, tmp_path, open_backups=lambda: desk)
        web.sign_in(OWNER)
        told = html(web)
        assert f"ftp://127.0.0.1:{port}/hotdash cannot be opened" in line(told, "Backups")
        assert "pa55word" not in told

    def test_a_place_that_hangs_is_asked_once_and_keeps_no_page_waiting(
        self, storefront: Storefront, tmp_path: Path
    ) -> None:
        """It lets everybody come in and says nothing."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            place = f"ftp://127.0.0.1:{silent.getsockname()[1]}/hotdash"
            desk = desk_of(tmp_path, storefront.database, place, storefront.clock)
            web = web_in_front_of(
                *(storefront, tmp_path),
                open_backups=lambda: desk,
                backups_seen=BackupsSeen(patience_seconds=0.2),
            )
            web.sign_in(OWNER)
            for _ in range(2):
                assert "has not answered within 0.2 seconds" in line(html(web), "Backups")
            silent.settimeout(5)
            asking, _ = silent.accept()
            silent.settimeout(0)
            with pytest.raises(BlockingIOError):
                silent.accept()
            asking.close()


def test_an_erasure_that_was_begun_and_a_vendor_that_waits(web: Web) -> None:
    web.sign_in(OWNER)
    assert "None is open" in line(html(web), "Erasures")
    now = web.storefront.clock.now()
    asked = Erasure("an-id", ROD, now, "cli:eve", "letter 12", (7,), (), ())
    keep(web.context.home, asked)
    told = line(html(web), "Erasures")
    assert "1 erasure is not finished." in told
    assert "hotdash privacy replay" in told
    assert "letter 12" not in told
    keep(web.context.home, replace(asked, finished_at=now))
    assert "None is open" in line(html(web), "Erasures")


def test_a_key_that_ends_is_named_to_those_who_see_its_shop(web: Web) -> None:
    assert web.context.vault is not None
    at = web.storefront.clock.now() + timedelta(days=9, minutes=5)
    with web.storefront.database.jobs() as session:
        for shop in (ROD, KYOTO):
            fields = {"token": "x", EXPIRES_AT: iso_utc(at)}
            save_credential(session, web.context.vault, shop, "chatwoot", fields)
    web.sign_in(OWNER)
    told = html(web)
    assert "ends in 9 days" in line(told, f"Key to Chatwoot of {ROD}")
    assert f"hotdash connect chatwoot --shop {ROD}" in told
    assert KYOTO not in told[told.index('id="parts"') :]


@pytest.mark.parametrize("path", ["/sources", "/data-health", "/admin/credentials"])
def test_other_pages_lead_to_it(shown_web: Web, path: str) -> None:
    shown_web.sign_in(OWNER)
    assert f'href="/installation?shop={ROD}"' in shown_web.client.get(f"{path}?shop={ROD}").text
    if path != "/admin/credentials":
        shown_web.sign_in(VIEWER)
        assert "/installation" not in shown_web.client.get(f"{path}?shop={ROD}").text


@pytest.mark.parametrize(("who", "status"), [(VIEWER, 403), (STRANGER, 404)])
def test_others_do_not_see_it(web: Web, who: str, status: int) -> None:
    web.sign_in(who)
    assert web.client.get(PAGE).status_code == status
