"""hotdash mirror, as a person types it."""

import json
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from hotdash.base.clock import SystemClock
from hotdash.base.ids import new_id
from hotdash.base.settings import load_settings
from hotdash.decisions.mirror.event_log import EventLog
from hotdash.entrypoints.wiring import open_installation
from hotdash.entrypoints.wiring_worker import job_context
from hotdash.jobs.job_context import Watched
from hotdash.jobs.send_mirror import mirror_troubles, send_mirror
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.mirror_world import MirrorWorld
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.simulator import SimulatorHandle

pytestmark = pytest.mark.usefixtures("shop")


@pytest.fixture
def world(simulator: SimulatorHandle, database: Database, tmp_path: Path) -> MirrorWorld:
    return MirrorWorld(simulator, database, tmp_path / ".hotdash")


def connect(commands: Commands, world: MirrorWorld, code: int = 0) -> dict[str, object]:
    told = json.dumps({"key": world.key()})
    return commands.told("mirror", "connect", world.url, "--secrets-stdin", stdin=told, code=code)


def test_a_project_is_connected_sent_to_and_looked_at(
    commands: Commands, world: MirrorWorld
) -> None:
    world.add(3, 2)
    assert "5 rows wait" in commands.shown("mirror", "status")
    assert commands.error("mirror", "run")["code"] == "no_mirror"
    connect(commands, world)
    assert commands.told("mirror", "run")["sent"] == 5
    shown = commands.shown("mirror", "status")
    assert f"{world.url} is working: 5 rows sent, 0 wait, 0 refused for good" in shown
    assert "is working: 5 rows sent" in commands.shown("status")
    assert commands.told("mirror", "check")["differences"] == []
    [mirror] = [
        each
        for each in json.loads(commands.run("doctor", "--json").stdout)["checks"]
        if each["what"] == "mirror"
    ]
    assert mirror["ok"]
    assert world.there("decisions") == world.here("decisions")


def test_tables_that_differ_are_told_with_the_sql_that_makes_them(
    commands: Commands, world: MirrorWorld, empty_database_urls: DatabaseUrls
) -> None:
    columns = {"shop_id": "text", "who": "text", "what": "text", "why": "text"}
    world.switch("tables", decisions={"columns": columns, "key": "shop_id"})
    told = connect(commands, world, code=1)
    assert told["state"] == "tables_differ"
    assert "has who, what, why, which we do not know" in str(told["reason"])
    shown = commands.shown("mirror", "check", code=1)
    assert "create table if not exists public.decisions" in shown
    assert commands.shown("mirror", "check", "--sql") == told["sql"]
    with psycopg.connect(empty_database_urls.owner) as connection:
        for role in ("anon", "authenticated", "service_role"):
            if not connection.execute("select from pg_roles where rolname = %s", [role]).fetchone():
                connection.execute(f"create role {role}".encode())
        connection.execute("create table public.decisions (shop_id text primary key, who text)")
        connection.execute(str(told["sql"]).encode())
        connection.execute("select who from public.decisions_before_mirror")
        connection.execute("select rationale from public.decisions")
        connection.rollback()
    assert world.writes() == 0


def test_no_key_no_project_and_no_open_connection(commands: Commands, world: MirrorWorld) -> None:
    assert commands.error("mirror", "connect", world.url)["field"] == "key"
    told = json.dumps({"key": "x"})
    for url in ("http://project.example", "project", "https://a@b.example"):
        error = commands.error("mirror", "connect", url, "--secrets-stdin", stdin=told)
        assert error["field"] == "url"


def test_the_worker_sends_and_people_hear_of_what_needs_them(
    commands: Commands, world: MirrorWorld, database_urls: DatabaseUrls
) -> None:
    world.add(2)
    settings = load_settings(home=world.home, database_url=database_urls.owner)
    with open_installation(settings) as house:
        context = job_context(house)
        job = _job()
        send_mirror(context, job)
        assert world.statuses() == {"waiting": 2}
        connect(commands, world)
        send_mirror(context, job)
        assert world.statuses() == {"sent": 2}
        assert _troubles(house.database) == []
        world.add(1)
        world.switch("rotate_keys")
        send_mirror(context, job)
        [told] = _troubles(house.database)
        assert "Invalid API key" in told.sentence
        assert "hotdash mirror connect" in told.mend
    assert commands.told("mirror", "status")["state"] == "key_refused"
    connect(commands, world)
    assert commands.told("mirror", "run")["sent"] == 1


def test_rows_refused_for_good_are_told_and_sent_again(
    commands: Commands, world: MirrorWorld, database: Database
) -> None:
    world.add(1)
    connect(commands, world)
    with database.jobs() as session:
        session.execute(
            text("update app.mirror_outbox set status = 'dead', code = '22P02', reason = 'No.'")
        )
    [told] = _troubles(database)
    assert told.sentence == "The mirror refused 1 rows for good."
    assert "22P02: No." in commands.shown("mirror", "status")
    assert commands.told("mirror", "redrive")["rows"] == 1
    assert commands.told("mirror", "run")["sent"] == 1
    assert commands.told("mirror", "redrive")["rows"] == 0
    assert commands.told("mirror", "redrive", "--everything")["rows"] == 1
    assert commands.told("mirror", "run")["sent"] == 1


def test_what_the_mirror_wrote_is_analysed_also_what_was_put_aside(
    commands: Commands, world: MirrorWorld
) -> None:
    assert commands.error("analyze", "sync")["field"] == "logs"
    world.add(3)
    connect(commands, world)
    world.fault("server_error", times=1, status=503)
    commands.told("mirror", "run")
    EventLog(world.home / "logs", SystemClock(), most_bytes=1).begin([])
    world.add(2)
    commands.told("mirror", "run")
    assert len(list((world.home / "logs").glob("decision_sync_events*.ndjson"))) == 2
    told = commands.told("analyze", "sync")
    assert told["totals"]["attempts"] == len(world.events()) == 8
    assert (told["ids"]["recovered"], told["ids"]["at_once"], told["unreadable"]) == (3, 2, 0)
    assert commands.told("mirror", "status")["log"].endswith("logs/decision_sync_events.ndjson")


def test_a_project_that_is_left_keeps_its_rows_and_another_one_gets_all(
    commands: Commands, world: MirrorWorld
) -> None:
    world.add(1, 1)
    connect(commands, world)
    commands.told("mirror", "run")
    assert commands.told("mirror", "disconnect")["url"] == world.url
    assert commands.error("mirror", "disconnect")["code"] == "no_mirror"
    assert commands.error("mirror", "run")["code"] == "no_mirror"
    world.add(1)
    assert "1 rows wait" in commands.shown("mirror", "status")
    assert len(world.there("dashboard_facts")) == 1
    connect(commands, world)
    assert commands.told("mirror", "run")["sent"] == 3
    assert world.there("dashboard_facts") == world.here("dashboard_facts")
    with world.database.jobs() as session:
        query = text("select action from audit.events where action like '%_mirror' order by at")
        assert list(session.scalars(query)) == [
            *("connect_mirror", "disconnect_mirror", "connect_mirror")
        ]


def _troubles(database: Database) -> list[Watched]:
    return list(mirror_troubles(database, SystemClock().now()))


def _job() -> JobRecord:
    return JobRecord(new_id(), "mirror", "now", (), {}, "a test", SystemClock().now(), "running")
