"""The commands as a person types them: what they print, how they end, and what bad input gets."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from hotdash.base.clock import SystemClock, local_day
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.processes import clean_environment
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle, started_simulator

TOKEN_LEFT_OUT = "shpat_"


class Terminal:
    """A folder of its own and the app database of the tests; every answer as JSON."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.first_run: Any = None
        self.day_of_first_run = date.min
        self.environment = {**clean_environment(), "HOTDASH_DATABASE_URL": database_url}

    def run(
        self, *arguments: str, stdin: str = "", **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "hotdash", *arguments],
            cwd=self.folder,
            env={**self.environment, **variables},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def told(self, *arguments: str, **more: str) -> Any:
        done = self.run(*arguments, "--json", **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def error(self, *arguments: str, code: int = 1, **more: str) -> Any:
        done = self.run(*arguments, "--json", **more)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return json.loads(done.stdout)["error"]

    def connect(self, simulator: SimulatorHandle, token: str | None = None) -> Any:
        shop = simulator.shops[SHOP_ID]["sources"]["shopify"]
        flags = ("--email", "me@example.com", "--shop", shop["domain"])
        return self.told(
            *("init", *flags, "--address", shop["base_url"], "--token-stdin"),
            stdin=f"{token or shop['access_token']}\n",
        )


@pytest.fixture
def terminal(tmp_path: Path, empty_database_urls: DatabaseUrls) -> Terminal:
    return Terminal(tmp_path, empty_database_urls.owner)


def shops_day() -> date:
    return local_day(SystemClock().now(), "America/Chicago")


def run_on_the_day_of_the_run_before(terminal: Terminal) -> Any:
    """A run after midnight has a new day to tell of."""
    day_of_run_before = terminal.day_of_first_run
    while True:
        began = shops_day()
        told = terminal.told("run")
        if shops_day() == day_of_run_before:
            return told
        day_of_run_before = began


@pytest.fixture(scope="module")
def simulator_of_today() -> Iterator[SimulatorHandle]:
    """Nothing happens in its shops between two runs."""
    with started_simulator("--frozen", until=SystemClock().now()) as handle:
        yield handle


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory,
    template_urls: DatabaseUrls,
    simulator_of_today: SimulatorHandle,
) -> Iterator[Terminal]:
    """One shop, connected and run once; the tests here leave it as they found it."""
    with new_database(template_urls, "template1") as urls:
        terminal = Terminal(tmp_path_factory.mktemp("published"), urls.owner)
        terminal.connect(simulator_of_today)
        terminal.day_of_first_run = shops_day()
        terminal.first_run = terminal.told("run")
        yield terminal


def test_version_says_what_it_stands_on(terminal: Terminal) -> None:
    assert terminal.told("version").keys() >= {"hotdash", "python", "dbt-core", "duckdb"}


def test_a_wrong_flag_is_wrong_use(terminal: Terminal) -> None:
    assert terminal.run("run", "--fast").returncode == 2
    assert terminal.error("status", code=2, HOTDASH_PORT="eighty")["field"] == "port"
    unknown = terminal.run("--set", "prot=1", "status", "--json")
    assert unknown.returncode == 2
    assert json.loads(unknown.stdout)["error"]["field"] == "prot"


def test_from_init_to_a_published_shop(published: Terminal) -> None:
    assert (published.folder / "hotdash.toml").read_text().count("# ") > 10
    assert published.first_run["failed"] is False
    assert published.first_run["shops"][0]["sources"]["shopify"]["rows"]["shopify_orders"] > 100
    second = run_on_the_day_of_the_run_before(published)
    assert {mart["outcome"] for mart in second["shops"][0]["marts"].values()} == {"unchanged"}
    status = published.told("status")
    assert status["shops"][0]["published_at"] is not None
    assert status["last_run"]["status"] == "completed"
    listed = published.told("publish", "list", "--shop", SHOP_ID)
    assert listed["published"]["manifest_id"] == listed["publications"][0]["manifest_id"]
    marts = {mart["mart"]: mart for mart in listed["marts"]}
    assert marts["fct_revenue"]["build"] is not None
    assert marts["fct_revenue"]["last_outcome"] == "unchanged"
    assert [mart for mart in marts if marts[mart]["blocked"]] == []
    healthy = published.told("doctor")
    assert healthy["healthy"] is True
    assert TOKEN_LEFT_OUT not in json.dumps(healthy)


def test_the_calls_of_a_run_are_kept_and_counted(published: Terminal) -> None:
    with psycopg.connect(published.environment["HOTDASH_DATABASE_URL"]) as asking:
        calls = asking.execute(
            "select count(*), count(distinct operation), min(shop_id) from app.api_calls"
            " where run_id = %s and status = 'ok'",
            [published.first_run["run_id"]],
        ).fetchone()
        hours = asking.execute("select sum(calls) from app.api_call_hours").fetchone()
    assert calls is not None
    assert hours is not None
    assert calls[0] >= calls[1] > 5
    assert calls[2] == SHOP_ID
    assert hours[0] >= calls[0]


def test_roll_back_pins_and_release_lets_go(published: Terminal) -> None:
    manifest = published.told("publish", "list", "--shop", SHOP_ID)["published"]["manifest_id"]
    reason = ("--shop", SHOP_ID, "--reason", "tried out")
    published.told("publish", "rollback", manifest, *reason)
    assert published.told("status")["shops"][0]["pinned"] == "tried out"
    published.told("publish", "release", *reason)
    assert published.told("status")["shops"][0]["pinned"] is None


def test_an_unknown_shop_is_named(published: Terminal) -> None:
    refused = published.error("run", "--shop", "nobody")
    assert "nobody" in refused["message"]
    assert SHOP_ID in refused["hint"]
    assert "nobody" in published.error("publish", "list", "--shop", "nobody")["message"]


def test_a_revoked_token_is_named_and_never_shown(
    published: Terminal, simulator_of_today: SimulatorHandle
) -> None:
    simulator_of_today.set_token(SHOP_ID, "shpat_another")
    done = published.run("run", "--json")
    assert done.returncode == 1
    ingest = json.loads(done.stdout)["shops"][0]["sources"]["shopify"]
    assert ingest["status"] == "failed"
    assert "token" in ingest["error"].lower() + ingest["hint"].lower()
    sick = published.run("doctor", "--json")
    simulator_of_today.reset()
    published.connect(simulator_of_today)
    assert published.told("doctor")["healthy"], "a key entered anew is asked with again"
    assert sick.returncode == 1
    checks = {check["what"]: check for check in json.loads(sick.stdout)["checks"]}
    assert checks[f"shopify of {SHOP_ID}"]["ok"] is False
    assert checks[f"shopify of {SHOP_ID}"]["mend"]
    log = (published.folder / ".hotdash/logs/hotdash.ndjson").read_text()
    for text in (done.stdout, done.stderr, sick.stdout, log):
        assert simulator_of_today.shops[SHOP_ID]["sources"]["shopify"]["access_token"] not in text


def test_a_wrong_token_connects_nothing(terminal: Terminal, simulator: SimulatorHandle) -> None:
    shop = simulator.shops[SHOP_ID]["sources"]["shopify"]
    flags = ("--email", "me@example.com", "--shop", shop["domain"], "--address", shop["base_url"])
    terminal.error("init", *flags, "--token-stdin", stdin="shpat_wrong\n")
    assert terminal.told("status")["shops"] == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://me:hunter2@127.0.0.1:1/none", "127.0.0.1:1"),
        ("postgresql://me:hunter2@nowhere.invalid/none", "nowhere.invalid"),
    ],
)
def test_a_database_that_is_not_there(terminal: Terminal, url: str, told: str) -> None:
    error = terminal.error("status", HOTDASH_DATABASE_URL=url)
    assert told in error["message"]
    assert error["hint"]
    assert "hunter2" not in json.dumps(error)


def test_a_database_that_was_never_migrated(terminal: Terminal) -> None:
    assert "hotdash migrate" in terminal.error("status")["hint"]
    assert terminal.told("migrate")["after"]
    assert terminal.told("status")["shops"] == []


def test_an_occupied_port_is_named(published: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        error = published.error("serve", "--port", str(port))
    assert str(port) in error["message"]
    assert error["field"] == "port"


@pytest.fixture
def copied_home(published: Terminal, tmp_path: Path) -> Path:
    """Another home with the same warehouse and keys, to be spoiled."""
    return shutil.copytree(published.folder / ".hotdash", tmp_path / "home")


def test_a_warehouse_of_another_version_is_refused(published: Terminal, copied_home: Path) -> None:
    with duckdb.connect(str(copied_home / "warehouse.duckdb")) as file:
        file.execute("update raw.schema_version set version = 99")
    error = published.error("run", HOTDASH_HOME=str(copied_home))
    assert error["code"] == "warehouse_version"
    assert "99" in error["message"]
    assert error["hint"]


def test_a_file_that_is_no_warehouse_is_refused(published: Terminal, copied_home: Path) -> None:
    (copied_home / "warehouse.duckdb").write_bytes(b"not a database" * 4096)
    error = published.error("run", HOTDASH_HOME=str(copied_home))
    assert "warehouse.duckdb" in error["message"]
    assert error["hint"]


@pytest.mark.parametrize(
    ("size", "codes"),
    [("1m", {"unavailable"}), ("10m", {"transform_failed", "system"})],
    ids=["while reading", "while computing"],
)
def test_a_full_disk_loses_nothing(
    published: Terminal,
    simulator_of_today: SimulatorHandle,
    tmp_path: Path,
    size: str,
    codes: set[str],
) -> None:
    """What fits is read and counts as read; what is published stays, and the mend is named."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    [before] = published.told("status")["shops"]
    simulator_of_today.set_clock(SystemClock().now())
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not allow a small disk to be mounted")
    try:
        shutil.copy2(published.folder / ".hotdash" / "secret.keys", small)
        error = published.error("run", HOTDASH_HOME=str(small))
        assert error["code"] in codes, "the size no longer fills up where this is about"
        assert "space" in error["hint"].lower()
    finally:
        subprocess.run(["umount", str(small)], check=False)
    [after] = published.told("status")["shops"]
    was_read = after["complete_through"]["shopify"] > before["complete_through"]["shopify"]
    assert was_read is ("transform_failed" in codes)
    assert after | {"complete_through": None} == before | {"complete_through": None}


def test_a_second_run_says_who_has_the_warehouse(published: Terminal) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "hotdash", "run", "--json"],
        cwd=published.folder,
        env=published.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for_lease(published)
        # Stopped, so that it has the warehouse for as long as the second one takes to begin.
        first.send_signal(signal.SIGSTOP)
        error = published.error("run")
        assert str(first.pid) in error["message"]
        assert error["hint"]
    finally:
        first.send_signal(signal.SIGCONT)
        told, _ = first.communicate(timeout=120)
        assert first.returncode == 0, told.decode()


def wait_for_lease(terminal: Terminal) -> None:
    with psycopg.connect(terminal.environment["HOTDASH_DATABASE_URL"], autocommit=True) as asking:
        for _ in range(600):
            if asking.execute("select 1 from app.lease_holders").fetchone():
                return
            asking.execute("select pg_sleep(0.05)")
    raise AssertionError("the first run never took the warehouse")
