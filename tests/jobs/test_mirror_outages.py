"""A quarter of all calls fails, answers get lost, a day passes without the project: nothing is lost or doubled."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import parse_iso
from hotdash.base.errors import ConflictError, UnavailableError
from hotdash.decisions.analyzer.facts import window_facts
from hotdash.decisions.mirror.event_log import log_files
from hotdash.jobs.keep_analysis import analyze_logs
from hotdash.storage.appdb.repositories import mirrors
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from tests.fixtures.mirror_world import SHOP_ID, MirrorWorld
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.simulator import SimulatorHandle

FACTS, DECISIONS = 500, 120
FIELDS = {
    *("id", "shop_id", "job_run_id", "attempt", "scope", "rows", "status", "http_status", "code"),
    *("latency_ms", "retry_after_s", "will_retry_at", "at"),
}
pytestmark = pytest.mark.usefixtures("shop")

# The mirror in a process of its own, whose time is the machine's.
SEND = """
import sys
from pathlib import Path
from hotdash.base.clock import SystemClock
from hotdash.base.ids import new_id
from hotdash.jobs import mirror
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
url, home = sys.argv[1:]
desk = mirror.MirrorDesk(
    Database(url), SystemClock(), Vault.in_home(Path(home)), Path(home) / "logs", batch=10
)
mirror.run(desk, new_id(), asked_for=True)
"""


@pytest.fixture
def world(simulator: SimulatorHandle, database: Database, tmp_path: Path) -> MirrorWorld:
    return MirrorWorld(simulator, database, tmp_path)


def fail_a_quarter(world: MirrorWorld) -> None:
    for kind, share, more in (
        ("server_error", 0.06, {"status": 503}),
        ("server_error", 0.05, {"status": 502}),
        ("too_many_requests", 0.06, {"seconds": 3}),
        ("reset", 0.06, {}),
        ("internal_error", 0.05, {}),
    ):
        world.fault(kind, share=share, **more)


def run_until_done(world: MirrorWorld) -> int:
    """As the worker does it, every five minutes."""
    for runs in range(1, 100):
        world.run(asked_for=False)
        if world.statuses().keys() == {"sent"}:
            return runs
        world.simulator.advance(timedelta(minutes=5))
    raise AssertionError(world.statuses(), world.state())


def require_same(world: MirrorWorld, facts: int, decisions: int) -> None:
    assert len(world.there("dashboard_facts")) == facts
    assert len(world.there("decisions")) == decisions
    assert world.there("dashboard_facts") == world.here("dashboard_facts")
    assert world.there("decisions") == world.here("decisions")
    events = world.events()
    assert world.calls_told() == world.writes()
    assert max(Counter((each["id"], each["attempt"]) for each in events).values()) == 1
    assert all(each.keys() == FIELDS for each in events)


def test_a_day_of_failures_an_outage_and_a_new_key_lose_and_double_nothing(
    world: MirrorWorld,
) -> None:
    world.add(FACTS // 2, DECISIONS // 2)
    assert world.connect().stopped is None
    fail_a_quarter(world)
    world.switch("lose_answers", times=3)
    run_until_done(world)

    world.switch("outage", on=True)
    world.add(FACTS // 2, DECISIONS // 2)
    for _ in range(24 * 4):
        world.run(asked_for=False)
        world.simulator.advance(timedelta(minutes=15))
    assert world.state().state == "unreachable"
    assert world.statuses() == {"sent": FACTS // 2 + DECISIONS // 2, "waiting": 310}
    world.switch("outage", on=False)

    world.switch("rotate_keys")
    refused = world.run().stopped
    assert refused is not None
    assert refused.state == "key_refused"
    world.simulator.no_faults()
    world.connect()
    fail_a_quarter(world)
    run_until_done(world)

    require_same(world, FACTS, DECISIONS)
    assert world.state().state == "working"
    told = Counter(each["status"] for each in world.events())
    assert told.keys() == {"ok", "retry", "stopped"}
    assert told["ok"] == FACTS + DECISIONS
    assert {each["code"] for each in world.events()} >= {
        *("NO_ANSWER", "HTTP_502", "PGRST002", "57014", "HTTP_429", "HTTP_401"),
    }


def test_killed_within_a_call_it_goes_on_and_the_call_is_on_record(
    world: MirrorWorld, database_urls: DatabaseUrls
) -> None:
    world.add(25, 5)
    world.connect()
    world.fault("latency", times=1, seconds=60)
    command = [sys.executable, "-c", SEND, database_urls.owner, str(world.home)]
    process = subprocess.Popen(command)
    deadline = time.monotonic() + 60
    while not world.writes() and time.monotonic() < deadline:
        time.sleep(0.05)
    with pytest.raises(ConflictError, match="Another process"):
        world.run()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert world.events() == []
    world.run()
    require_same(world, 25, 5)
    interrupted = [each for each in world.events() if each["code"] == "INTERRUPTED"]
    assert len(interrupted) == 10
    again = {each["id"] for each in world.events() if each["attempt"] == 2}
    assert {each["id"] for each in interrupted} == again


def test_a_told_pause_is_obeyed(world: MirrorWorld) -> None:
    world.add(3)
    world.connect()
    world.fault("too_many_requests", times=1, seconds=7)
    assert world.run().sent == 3
    assert world.waits == [7.0]
    first, *_ = world.events()
    assert (first["status"], first["retry_after_s"], first["http_status"]) == ("retry", 7.0, 429)
    assert first["will_retry_at"] == "2026-11-20T18:00:07.000000Z"


def test_an_hour_of_refusals_is_one_window_of_its_log(world: MirrorWorld) -> None:
    """Between two runs it rests for longer than a window may be silent otherwise."""
    world.connect()
    for _ in range(12):
        world.add(1)
        world.run(asked_for=False)
        world.simulator.advance(timedelta(minutes=5))
    world.add(3)
    world.fault("too_many_requests", share=1.0, seconds=3)
    for _ in range(13):
        world.run(asked_for=False)
        world.simulator.advance(timedelta(minutes=5))
    refused = [each["at"] for each in world.events() if each["http_status"] == 429]
    world.simulator.no_faults()
    run_until_done(world)
    found, _ = analyze_logs(log_files(world.home / "logs"), world.home)
    [window] = found.windows
    assert (window.scope, window.key) == ("shop", SHOP_ID)
    assert [window.first_at, window.last_at] == [parse_iso(refused[0]), parse_iso(refused[-1])]
    assert window.last_at - window.first_at > timedelta(minutes=40)
    assert window.refused == window.calls == len(refused) / 3
    still_resting = list(window_facts(found, {SHOP_ID}, window.last_at + timedelta(minutes=6)))
    later = list(window_facts(found, {SHOP_ID}, window.last_at + timedelta(hours=1)))
    assert (len(still_resting), len(later)) == (0, 1)


def test_a_pause_longer_than_a_run_ends_it(world: MirrorWorld) -> None:
    world.add(3)
    world.connect()
    world.fault("too_many_requests", times=1, seconds=1800)
    done = world.run(asked_for=False)
    assert done.stopped is not None
    assert done.stopped.state == world.state().state == "throttled"
    assert done.resumes_at == world.simulator.now() + timedelta(minutes=30)
    world.simulator.advance(timedelta(minutes=29))
    assert world.run(asked_for=False).sent == 0
    world.simulator.advance(timedelta(minutes=1))
    assert world.run(asked_for=False).sent == 3
    assert world.writes() == world.calls_told() == 2


def test_a_project_that_was_away_is_looked_at_once_until_it_is_back(world: MirrorWorld) -> None:
    world.add(3)
    world.connect()
    world.switch("outage", on=True)
    world.run(asked_for=False)
    assert world.writes() == 4
    world.simulator.advance(timedelta(minutes=15))
    world.run(asked_for=False)
    assert world.writes() == 5
    world.simulator.advance(timedelta(seconds=1))
    world.run(asked_for=True)
    assert world.writes() == world.calls_told() == 9


def test_who_what_why_is_refused_before_the_first_write(world: MirrorWorld) -> None:
    world.switch(
        "tables",
        decisions={
            "columns": {
                "shop_id": "text",
                "decision_id": "uuid",
                "scope": "text",
                "subject": "text",
                "decided_at": "timestamptz",
                "detail": "jsonb",
                "who": "text",
                "what": "text",
                "why": "text",
            },
            "key": ["shop_id", "decision_id"],
        },
    )
    world.add(2, 2)
    for done in (world.connect(), world.run()):
        [found] = done.differences
        assert found.table == "decisions"
        assert {"actor", "action", "rationale", "external_ref"} <= set(found.missing)
        assert found.foreign == ("who", "what", "why")
    assert world.state().state == "tables_differ"
    assert "who, what, why" in (world.state().reason or "")
    assert world.writes() == 0
    assert world.events() == []


def test_a_row_that_is_refused_alone_dies_and_can_be_sent_again(world: MirrorWorld) -> None:
    world.add(7, 0)
    world.connect()
    columns = {**_columns("dashboard_facts"), "metadata": "bigint"}
    _swap_behind_its_back(world, columns)
    for _ in range(5):
        world.run()
        world.simulator.advance(timedelta(minutes=20))
    assert world.statuses() == {"dead": 7}
    assert world.calls_told() == world.writes()
    _swap_behind_its_back(world, _columns("dashboard_facts"))
    assert world.redrive() == 7
    assert world.run().sent == 7
    assert world.there("dashboard_facts") == world.here("dashboard_facts")


def test_a_column_that_vanished_stops_and_is_told(world: MirrorWorld) -> None:
    world.add(2)
    world.connect()
    columns = _columns("dashboard_facts")
    del columns["evidence"]
    _swap_behind_its_back(world, columns)
    done = world.run()
    assert done.stopped is not None
    assert done.differences[0].missing == ("evidence",)
    assert {each["status"] for each in world.events()} == {"stopped"}
    assert world.statuses() == {"waiting": 2}


def test_another_address_gets_everything(world: MirrorWorld) -> None:
    world.add(4, 1)
    world.connect()
    assert world.run().sent == 5
    assert world.run().sent == 0
    world.connect()
    assert world.run().sent == 0
    world.connect(url=world.url.replace("127.0.0.1", "localhost"))
    assert world.run().sent == 5
    require_same(world, 4, 1)


def test_a_wrong_key_or_address_is_not_kept(world: MirrorWorld) -> None:
    for key, url in (("nonsense", world.url), (world.key(), f"{world.simulator.base_url}/nothing")):
        with pytest.raises(UnavailableError):
            world.connect(key, url)
    assert world.writes() == 0


@pytest.mark.parametrize("kind", ["anon", "publishable"])
def test_the_public_key_is_refused_before_anything_is_sent(world: MirrorWorld, kind: str) -> None:
    with pytest.raises(UnavailableError, match="public"):
        world.connect(world.key(kind))
    with world.database.jobs() as session:
        vault, now = Vault.in_home(world.home), world.simulator.now()
        mirrors.save_mirror(session, vault, world.url, world.key(kind), "untried", now)
    world.add(1)
    for stopped in (world.check().stopped, world.run().stopped):
        assert stopped is not None
        assert (stopped.state, stopped.code) == ("key_refused", "PUBLIC_KEY")
    assert world.writes() == 0
    world.connect(world.key("secret"))
    assert world.run().sent == 1


def _columns(table: str) -> dict[str, str]:
    return dict(MIRRORED[table].columns)


def _swap_behind_its_back(world: MirrorWorld, columns: dict[str, str]) -> None:
    """After the tables were found right, so that only a write can tell."""
    declared = {"columns": columns, "key": ["shop_id", "fact_id"]}
    world.switch("tables", dashboard_facts=declared)
