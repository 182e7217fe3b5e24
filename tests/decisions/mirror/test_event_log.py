"""The record of attempts survives a kill at any moment, and never grows without end."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.decisions.mirror.event_log import INTERRUPTED, EventLog, SyncEvent

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


def events(attempt: int = 1, rows: int = 3) -> list[SyncEvent]:
    plain = SyncEvent(
        id="",
        shop_id="hot-rod-an",
        job_run_id="run",
        attempt=attempt,
        scope="ops",
        rows=rows,
        status="",
        http_status=None,
        code=None,
        latency_ms=None,
        retry_after_s=None,
        will_retry_at=None,
        at="2026-11-20T18:00:00Z",
    )
    return [replace(plain, id=str(number)) for number in range(rows)]


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog(tmp_path / "logs", FixedClock(NOW))


def told(log: EventLog) -> list[tuple[str, int, str | None]]:
    lines = [json.loads(line) for line in log.path.read_text().splitlines()]
    return [(each["id"], each["attempt"], each["code"] or each["status"]) for each in lines]


def settled(log: EventLog, attempt: int) -> None:
    log.begin(events(attempt))
    log.settle([replace(each, status="ok") for each in events(attempt)])


def test_a_call_that_nobody_saw_end_is_told_as_interrupted(log: EventLog) -> None:
    settled(log, 1)
    log.begin(events(2))
    assert log.repair() == 3
    assert told(log)[3:] == [(str(number), 2, INTERRUPTED) for number in range(3)]
    assert log.repair() == 0


@pytest.mark.parametrize("kept_bytes", [1, 300, 500])
def test_lines_torn_in_the_middle_are_told_anew(log: EventLog, kept_bytes: int) -> None:
    settled(log, 1)
    before = log.path.read_bytes()
    log.begin(events(2))
    with log.path.open("ab") as file:
        file.write(before[:kept_bytes])
    assert log.repair() == 3
    assert log.path.read_bytes()[: len(before)] == before
    assert len(told(log)) == 6


def test_lines_that_were_written_whole_stay_as_they_are(log: EventLog, tmp_path: Path) -> None:
    log.begin(events())
    side = tmp_path / "logs" / "decision_sync_events.open"
    left = side.read_bytes()
    log.settle([replace(each, status="ok") for each in events()])
    side.write_bytes(left)
    assert log.repair() == 0
    assert told(log) == [(str(number), 1, "ok") for number in range(3)]


def test_a_full_file_is_put_aside_and_the_oldest_go(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    log = EventLog(tmp_path, clock, most_bytes=100, files_kept=2)
    for attempt in range(1, 6):
        clock.instant = NOW.replace(minute=attempt)
        settled(log, attempt)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "decision_sync_events.20261120T180400000000Z.ndjson",
        "decision_sync_events.20261120T180500000000Z.ndjson",
        "decision_sync_events.ndjson",
    ]
    assert told(log) == [(str(number), 5, "ok") for number in range(3)]
