"""The simulators alone, for anybody's client."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.fixtures.commands import Commands
from tests.fixtures.free_ports import free_port
from tests.fixtures.processes import clean_environment

FLAGS = ("--orders", "200", "--until", "2026-11-20", "--frozen")


@contextmanager
def simulating(folder: Path, *flags: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "hotdash", "simulate", *FLAGS, *flags],
        cwd=folder,
        env={**clean_environment(), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def test_machines_get_the_ready_line_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with simulating(tmp_path, "--port", "0", "--json") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        shop = ready["shops"][0]["sources"]["shopify"]
        answer = httpx.post(
            f"{shop['base_url']}/admin/api/2026-10/graphql.json",
            json={"query": "{ shop { name } }"},
            headers={"X-Shopify-Access-Token": shop["access_token"]},
        )
        assert answer.json()["data"]["shop"]["name"] == ready["shops"][0]["name"]
        assert ready["now"].startswith("2026-11-20T00:00:00")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert os.listdir(tmp_path) == [], "it writes nothing where it is started"


def test_people_get_addresses_and_credentials(tmp_path: Path) -> None:
    port = free_port()
    with simulating(tmp_path, "--port", str(port)) as process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
    said = "".join(lines)
    assert f"http://127.0.0.1:{port}/shopify" in said
    assert "shpat_simulated_hot_rod_an" in said
    assert f"http://127.0.0.1:{port}/_simulator" in said


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (("--until", "tomorrow"), "until"),
        (("--plan", "gold"), "plan"),
    ],
)
def test_what_cannot_be_is_named(commands: Commands, flags: tuple[str, ...], field: str) -> None:
    error = commands.error("simulate", *flags)
    assert error["field"] == field
    assert error["hint"]


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with simulating(tmp_path, "--port", str(port), "--json") as process:
            said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert str(port) in json.loads(said)["error"]["message"]
