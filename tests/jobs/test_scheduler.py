"""Who leads, what is asked for, and who is taken for dead."""

import os
import socket
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.jobs.schedule import ScheduledJob
from hotdash.jobs.scheduler import Leadership, Scheduler, dead_workers
from hotdash.storage.appdb.repositories import jobs, workers
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.appdb.session import Database

NOW = datetime(2026, 11, 20, 12, 1, tzinfo=UTC)
NOBODYS_PID = 4_194_999
SCHEDULE = (
    ScheduledJob("refresh_due", "*/5 * * * *", begins_at_once=True),
    ScheduledJob("tidy", "20 3 * * *"),
)


def asked(database: Database) -> list[tuple[str, str]]:
    with database.jobs() as session:
        return [(job.job, job.slot) for job in jobs.waiting_jobs(session)]


def end_all(database: Database) -> None:
    worker = new_id()
    with database.jobs() as session:
        for job in jobs.waiting_jobs(session):
            jobs.begin_job(session, job.job_id, worker, NOW)
            assert jobs.finish_job(session, job.job_id, worker, NOW)


def test_one_leads_and_the_next_follows_when_it_is_gone(database: Database) -> None:
    with Leadership(database) as second:
        with Leadership(database) as first:
            assert [first.is_mine(), second.is_mine(), first.is_mine()] == [True, False, True]
        assert second.is_mine(), "at once, not when the server has noticed a closed connection"


def test_every_slot_is_asked_for_once_whoever_leads(database: Database) -> None:
    clock = FixedClock(NOW)
    one, other = Scheduler(database, clock, SCHEDULE), Scheduler(database, clock, SCHEDULE)
    one.begin()
    other.begin()
    assert [each.job.name for each in one.ask_for_due()] == ["refresh_due"]
    assert other.ask_for_due() == [], "beside one that waits nothing is asked for"
    end_all(database)
    assert other.ask_for_due() == [], "the slot is done"

    clock.advance(timedelta(hours=40))
    due = other.ask_for_due()
    assert [(each.job.name, each.key) for each in due] == [
        ("refresh_due", "2026-11-22T04:00:00.000000Z"),
        ("tidy", "2026-11-22T03:20:00.000000Z"),
    ], "the night that was missed is caught up once, and the newest of the refreshes"
    assert sorted(asked(database)) == [(each.job.name, each.key) for each in due]
    with database.jobs() as session:
        told = {each.name: each for each in jobs.list_schedules(session)}
    assert told["tidy"].next_slot == datetime(2026, 11, 23, 3, 20, tzinfo=UTC)


def test_a_job_that_nobody_took_for_an_hour_does_not_keep_the_next_from_being_asked_for(
    database: Database,
) -> None:
    clock = FixedClock(NOW)
    scheduler = Scheduler(database, clock, SCHEDULE)
    scheduler.begin()
    scheduler.ask_for_due()
    clock.advance(timedelta(minutes=50))
    assert scheduler.ask_for_due() == []
    clock.advance(timedelta(minutes=11))
    assert [each.key for each in scheduler.ask_for_due()] == ["2026-11-20T13:00:00.000000Z"]


def test_the_dead_are_who_fell_silent_and_sooner_whose_process_is_gone(database: Database) -> None:
    clock = FixedClock(NOW)
    here = socket.gethostname()

    def worker(host: str, pid: int, seconds: int) -> UUID:
        at = NOW - timedelta(seconds=seconds)
        record = WorkerRecord(new_id(), host, pid, ("light",), "1", at, at)
        with database.jobs() as session:
            workers.say_alive(session, record, at)
        return record.worker_id

    myself = worker(here, os.getpid(), 90)
    worker("elsewhere", NOBODYS_PID, 19)
    silent = worker("elsewhere", 1, 21)
    worker(here, os.getpid(), 19)
    worker(here, NOBODYS_PID, 6)
    killed = worker(here, NOBODYS_PID, 8)
    assert set(dead_workers(database, clock, myself)) == {silent, killed}
    with database.jobs() as session:
        [told] = [each for each in workers.list_workers(session) if each.worker_id == killed]
    assert not told.is_alive(NOW), "the page says so at once"


def test_a_slot_is_begun_by_one_and_finished_by_whoever_has_it(database: Database) -> None:
    first, second = new_id(), new_id()
    request = jobs.JobRequest(new_id(), "note", "once", "a test")
    with database.jobs() as session:
        assert jobs.request_job(session, request, NOW)
        again = jobs.JobRequest(new_id(), "note", "once", "another")
        assert not jobs.request_job(session, again, NOW)
        assert jobs.begin_job(session, request.job_id, first, NOW) is not None
        taken = jobs.begin_job(session, request.job_id, second, NOW + timedelta(minutes=1))
        assert taken is not None
        assert taken.started_at == NOW, "it began when it began"
        assert not jobs.finish_job(session, request.job_id, first, NOW)
        assert jobs.finish_job(session, request.job_id, second, NOW, "no disk")
        assert jobs.begin_job(session, request.job_id, first, NOW) is None, "what is over is over"
        ended = jobs.newest_of_each_job(session)["note"]
    assert (ended.status, ended.error, ended.worker_id) == ("failed", "no disk", second)
